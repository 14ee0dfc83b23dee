/** The work of a worker, done in this process and timed, and the requests that prepare it. */
import { loadConfig } from '../src/config.ts'
import type { Ctx } from '../src/ctx.ts'
import { openDatabase } from '../src/db/client.ts'
import { createLog } from '../src/log.ts'
import { createMetrics } from '../src/metrics.ts'
import { createWorkHints } from '../src/queue/work-hints.ts'
import { cpuOfFamily, cpuOfMachine } from './cpu.ts'
import type { Stage } from './stage.ts'

/** A request to the service; throws unless it succeeds. */
export async function send(
  stage: Stage,
  method: string,
  path: string,
  body?: object,
): Promise<Record<string, unknown>> {
  const response = await fetch(`http://127.0.0.1:${stage.port}/v1${path}`, {
    method,
    headers: {
      authorization: `Bearer ${stage.key}`,
      // The teams are there from the start; the rules are not.
      ...(path === '/settings/teams' && { 'if-match': '*' }),
      ...(body && { 'content-type': 'application/json' }),
    },
    ...(body && { body: JSON.stringify(body) }),
  })
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`)
  return (await response.json()) as Record<string, unknown>
}

/** What work runs with; close its `db` afterwards. */
export async function openWorker(stage: Stage): Promise<Ctx> {
  const db = openDatabase({
    connectionString: stage.url,
    max: 10,
    applicationName: 'bench',
    statementTimeoutMs: 60_000,
  })
  return {
    db,
    now: () => new Date(),
    log: createLog('silent'),
    config: loadConfig({ NODE_ENV: 'test' }),
    metrics: createMetrics({ processMetrics: false }),
    hints: createWorkHints(),
    secret: Buffer.alloc(32),
  }
}

export interface Timed {
  rate: number
  nodeUs: number
  pgUs: number
  other: number
}

/** Times work in this process; `count` is how many decisions it makes. */
export async function time(stage: Stage, count: number, work: () => Promise<unknown>): Promise<Timed> {
  const before = { self: process.cpuUsage(), pg: cpuOfFamily(stage.pg.pid), all: cpuOfMachine() }
  const began = performance.now()
  await work()
  const seconds = (performance.now() - began) / 1000
  const { user, system } = process.cpuUsage(before.self)
  const pg = cpuOfFamily(stage.pg.pid) - before.pg
  const other = (cpuOfMachine() - before.all - user - system - pg) / 1e6 / seconds
  return { rate: count / seconds, nodeUs: (user + system) / count, pgUs: pg / count, other: Math.max(0, other) }
}
