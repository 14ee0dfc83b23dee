/** Contents page of the background: every kind of due work and every scheduled job, by hand. */
import { forgetOldChanges } from './changes/forget-changes.ts'
import type { Ctx } from './ctx.ts'
import { replayRunner } from './features/distribution/replay-runner.ts'
import { forgetOldDeliveries } from './features/webhooks/forget-deliveries.ts'
import { redeliveryRunner } from './features/webhooks/run-redelivery.ts'
import { webhookSender } from './features/webhooks/sending/sender.ts'
import { sweepDueWebhooks } from './features/webhooks/sending-queries.ts'
import { handOverRunner } from './features/working/hand-over-service.ts'
import { forgetOldAnswers } from './http/repeat/kept-answers.ts'
import { forgetOldOperations } from './operations/forget-operations.ts'
import { sweepDueOperations } from './operations/operation-queries.ts'
import { type OperationRunner, runOperations } from './operations/run-operations.ts'
import { forgetEnrichmentAnswers } from './pipeline/enrich/answer-queries.ts'
import { enrichLeads } from './pipeline/enrich/enrich-leads.ts'
import { runEnrichments } from './pipeline/enrich/run-enrichments.ts'
import { sweepDueRuns } from './pipeline/enrich/run-queries.ts'
import { evaluateSegment } from './pipeline/evaluate-segment.ts'
import { forgetEventKeys } from './pipeline/events/forget-event-keys.ts'
import { forgetVisitors } from './pipeline/events/forget-visitors.ts'
import { keepEventPartitions } from './pipeline/events/partitions.ts'
import { judgeLeads } from './pipeline/judge/judge-leads.ts'
import { sweepDueLeads } from './pipeline/judge/lead-work-queries.ts'
import { stages } from './pipeline/judge/stages.ts'
import { sendMessages } from './pipeline/mail/send-messages.ts'
import { sweepDueMessages } from './pipeline/mail/send-queries.ts'
import { markAllLeads } from './pipeline/mark-all-leads.ts'
import { processSubmissions } from './pipeline/process-submissions.ts'
import { rescoreLeads } from './pipeline/score/rescore-leads.ts'
import { simulateScores } from './pipeline/score/simulate-scores.ts'
import { runSales } from './pipeline/sell/run-sales.ts'
import { sweepDueSales } from './pipeline/sell/sale-queries.ts'
import { sweepDueEnrollments } from './pipeline/sequences/enrollment-queries.ts'
import { runEnrollments } from './pipeline/sequences/run-enrollments.ts'
import { simulateLifecycle } from './pipeline/simulate-lifecycle.ts'
import { sweepDueClocks } from './pipeline/sla/clock-queries.ts'
import { runDueClocks } from './pipeline/sla/run-due-clocks.ts'
import { sweepDueSubmissions } from './pipeline/submission-queries.ts'
import type { DueWork } from './queue/due-work.ts'
import { inSpan } from './tracing.ts'

/** Long work by its kind. */
// biome-ignore format: one runner a line, so that runners that come at the same time do not meet.
const operationRunners: OperationRunner[] = [
  redeliveryRunner,
  markAllLeads,
  simulateLifecycle,
  rescoreLeads,
  simulateScores,
  enrichLeads,
  replayRunner,
  handOverRunner,
  evaluateSegment,
]

/** Due rows and what to do with them. */
export function dueWork(ctx: Ctx): DueWork[] {
  return [
    {
      kind: 'submissions',
      sweep: sweepDueSubmissions,
      drain: (workspaceId, isStopping) =>
        inSpan('process_submissions', { 'leadwell.workspace_id': workspaceId }, () =>
          processSubmissions(ctx, workspaceId, isStopping),
        ),
    },
    {
      kind: 'operations',
      isLong: true,
      sweep: sweepDueOperations,
      drain: (workspaceId, isStopping) => runOperations(ctx, operationRunners, workspaceId, isStopping),
    },
    {
      kind: 'enrichment',
      sweep: sweepDueRuns,
      drain: (workspaceId, isStopping) =>
        inSpan('run_enrichments', { 'leadwell.workspace_id': workspaceId }, () =>
          runEnrichments(ctx, workspaceId, isStopping),
        ),
    },
    {
      kind: 'leads',
      sweep: sweepDueLeads,
      drain: (workspaceId, isStopping) =>
        inSpan('judge_leads', { 'leadwell.workspace_id': workspaceId }, () =>
          judgeLeads(ctx, stages, workspaceId, isStopping),
        ),
    },
    {
      kind: 'enrollments',
      sweep: sweepDueEnrollments,
      drain: (workspaceId, isStopping) =>
        inSpan('run_enrollments', { 'leadwell.workspace_id': workspaceId }, () =>
          runEnrollments(ctx, workspaceId, isStopping),
        ),
    },
    {
      kind: 'webhooks',
      sweep: sweepDueWebhooks,
      drain: (workspaceId, isStopping) => webhookSender(ctx).drain(workspaceId, isStopping),
      settle: () => webhookSender(ctx).settle(),
    },
    {
      kind: 'messages',
      sweep: sweepDueMessages,
      drain: (workspaceId, isStopping) =>
        inSpan('send_messages', { 'leadwell.workspace_id': workspaceId }, () =>
          sendMessages(ctx, workspaceId, isStopping),
        ),
    },
    {
      kind: 'sla',
      sweep: sweepDueClocks,
      drain: (workspaceId, isStopping) =>
        inSpan('run_due_clocks', { 'leadwell.workspace_id': workspaceId }, () =>
          runDueClocks(ctx, workspaceId, isStopping),
        ),
    },
    {
      kind: 'sales',
      sweep: sweepDueSales,
      drain: (workspaceId, isStopping) =>
        inSpan('run_sales', { 'leadwell.workspace_id': workspaceId }, () => runSales(ctx, workspaceId, isStopping)),
    },
  ]
}

/** What is done by the clock, once over all processes. */
export interface ScheduledJob {
  name: string
  /** Five fields, UTC. */
  cron: string
  run(): Promise<unknown>
}

/** Jobs by the clock. */
export function scheduledJobs(ctx: Ctx): ScheduledJob[] {
  return [
    { name: 'forget_old_answers', cron: '17 * * * *', run: () => forgetOldAnswers(ctx.db) },
    { name: 'forget_enrichment_answers', cron: '53 3 * * *', run: () => forgetEnrichmentAnswers(ctx.db) },
    { name: 'keep_event_partitions', cron: '23 * * * *', run: () => keepEventPartitions(ctx) },
    { name: 'forget_event_keys', cron: '41 3 * * *', run: () => forgetEventKeys(ctx.db) },
    { name: 'forget_visitors', cron: '47 3 * * *', run: () => forgetVisitors(ctx) },
    { name: 'forget_old_operations', cron: '23 3 * * *', run: () => forgetOldOperations(ctx.db) },
    { name: 'forget_old_changes', cron: '11 * * * *', run: () => forgetOldChanges(ctx.db) },
    { name: 'forget_old_deliveries', cron: '43 * * * *', run: () => forgetOldDeliveries(ctx) },
  ]
}
