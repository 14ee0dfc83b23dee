/** Prometheus metrics of one process; names end in their unit. */
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'

export type Metrics = ReturnType<typeof createMetrics>

/** A fresh registry for each app, so that tests in one process do not share counters. */
export function createMetrics(options: { processMetrics: boolean }) {
  const registry = new Registry()
  if (options.processMetrics) collectDefaultMetrics({ register: registry })
  const registers = [registry]
  return {
    registry,
    requests: new Histogram({
      name: 'http_request_duration_seconds',
      help: 'Time to answer, by operation and status.',
      labelNames: ['operation', 'status'],
      buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5],
      registers,
    }),
    rejectedInput: new Counter({
      name: 'db_rejected_input_total',
      help: 'Input that only the database refused. Each one is a gap in our own checks: it should stay 0.',
      labelNames: ['sqlstate'],
      registers,
    }),
    captured: new Counter({
      name: 'submissions_captured_total',
      help: 'Public submissions committed.',
      labelNames: ['outcome'],
      registers,
    }),
    processed: new Counter({
      name: 'submissions_processed_total',
      help: 'Submissions that reached a terminal state, by state.',
      labelNames: ['state'],
      registers,
    }),
    pipelineSeconds: new Histogram({
      name: 'pipeline_batch_duration_seconds',
      help: 'Time of one pipeline batch.',
      buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5],
      registers,
    }),
    judgeSeconds: new Histogram({
      name: 'judge_batch_duration_seconds',
      help: 'Time of one batch of judged leads.',
      buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5],
      registers,
    }),
    judged: new Counter({
      name: 'leads_judged_total',
      help: 'Leads that passed the stages, or failed to and were postponed or parked.',
      labelNames: ['outcome'],
      registers,
    }),
    staleLeases: new Counter({
      name: 'stale_lease_writes_total',
      help: 'Completions refused because another worker had taken the work over.',
      registers,
    }),
    webhookAttempts: new Counter({
      name: 'webhook_attempts_total',
      help: 'Calls to webhook endpoints, by what came of them.',
      labelNames: ['outcome'],
      registers,
    }),
    webhookSeconds: new Histogram({
      name: 'webhook_call_duration_seconds',
      help: 'Time of a call to a webhook endpoint.',
      buckets: [0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 15],
      registers,
    }),
    shed: new Counter({
      name: 'requests_shed_total',
      help: 'Requests refused with 503 to protect the service.',
      labelNames: ['rate_class'],
      registers,
    }),
    poolWaiting: new Gauge({
      name: 'db_pool_waiting_requests',
      help: 'Calls that wait for a database connection.',
      registers,
    }),
  }
}
