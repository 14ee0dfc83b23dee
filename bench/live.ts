/** What benchmarks of background work share: requests with the key, waiting for an end, and the CPU that it took. */
import { cpuOf, cpuOfFamily, cpuOfMachine } from './cpu.ts'
import type { Stage } from './stage.ts'

export interface Timed {
  seconds: number
  node: number
  pg: number
  other: number
}

/** Does work and tells what it took of the service and of PostgreSQL, in microseconds. */
export async function timed(stage: Stage, work: () => Promise<void>): Promise<Timed> {
  const pid = stage.service.pid ?? 0
  const before = { node: cpuOf(pid), pg: cpuOfFamily(stage.pg.pid), all: cpuOfMachine() }
  const began = performance.now()
  await work()
  const seconds = (performance.now() - began) / 1000
  const node = cpuOf(pid) - before.node
  const pg = cpuOfFamily(stage.pg.pid) - before.pg
  return { seconds, node, pg, other: Math.max(0, (cpuOfMachine() - before.all - node - pg) / 1e6 / seconds) }
}

/** Waits until a statement finds nothing left. It looks for one row only, but behind entries of rows that have gone: seldom. */
export async function until(stage: Stage, statement: string): Promise<void> {
  for (;;) {
    const [row] = await stage.db.query<{ left: number }>(statement, [stage.workspaceId])
    if (row?.left === 0) return
    await new Promise((resolve) => setTimeout(resolve, 200))
  }
}

export const SUBMISSIONS_LEFT = `SELECT count(*) AS left FROM (
  SELECT FROM form_submissions WHERE workspace_id = $1 AND state = 'received' LIMIT 1) AS one`
export const DUE_LEFT = `SELECT count(*) AS left FROM (
  SELECT FROM lead_work WHERE workspace_id = $1 AND due_at <= now() LIMIT 1) AS one`

/** A request with the secret key; again while the service is busy. */
export async function call(
  stage: Stage,
  method: string,
  path: string,
  body?: object,
  headers: Record<string, string> = {},
): Promise<{ json: Record<string, unknown>; etag: string }> {
  const answer = await fetch(`http://127.0.0.1:${stage.port}/v1${path}`, {
    method,
    headers: { authorization: `Bearer ${stage.key}`, ...(body && { 'content-type': 'application/json' }), ...headers },
    ...(body && { body: JSON.stringify(body) }),
  })
  const json = (await answer.json()) as Record<string, unknown>
  if (answer.status === 503) {
    await new Promise((resolve) => setTimeout(resolve, 500))
    return await call(stage, method, path, body, headers)
  }
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(json)}`)
  return { json, etag: answer.headers.get('etag') ?? '' }
}

/** Waits for the end of an operation; returns its result. */
export async function finish(stage: Stage, operationId: string): Promise<Record<string, unknown>> {
  for (;;) {
    const { json: operation } = await call(stage, 'GET', `/operations/${operationId}`)
    if (operation['status'] === 'failed') throw new Error(JSON.stringify(operation['error']))
    if (operation['status'] === 'succeeded') return operation['result'] as Record<string, unknown>
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

/** A condition of one term. */
export const term = (field: string, op: string, value: string) => ({ any: [{ all: [{ field, op, value }] }] })
