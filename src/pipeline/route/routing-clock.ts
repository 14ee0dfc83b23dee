/** The one row that puts everything that decides about owners into one order: routing, and the facts it is made from. */
import type { Statement, Tx } from '../../db/client.ts'

export interface RoutingClock {
  /** Decisions made so far. */
  decisions: number
  /** Moves with every change of sellers or teams. */
  people_revision: number
  /** The last day of which `routing_days` tells. */
  snapshot_day: string | null
}

const ensureStatement: Statement = {
  name: 'ensure_routing_clock',
  text: 'INSERT INTO routing_clocks (workspace_id, decisions, people_revision) VALUES ($1, 0, 0) ON CONFLICT DO NOTHING',
}
const lockStatement: Statement = {
  name: 'lock_routing_clock',
  text: 'SELECT decisions, people_revision, snapshot_day FROM routing_clocks WHERE workspace_id = $1 FOR UPDATE',
}
const countStatement: Statement = {
  name: 'count_decisions',
  text: 'UPDATE routing_clocks SET decisions = decisions + $2 WHERE workspace_id = $1',
}
const reviseStatement: Statement = {
  name: 'revise_people',
  text: 'UPDATE routing_clocks SET people_revision = people_revision + 1 WHERE workspace_id = $1',
}

/** Waits for whoever routes in this workspace now. Locks of leads are taken before this one. */
export async function lockRouting(tx: Tx): Promise<RoutingClock> {
  const [row] = await tx.query<RoutingClock>(lockStatement, [tx.workspaceId])
  if (row !== undefined) return row
  await tx.query(ensureStatement, [tx.workspaceId])
  const [made] = await tx.query<RoutingClock>(lockStatement, [tx.workspaceId])
  if (made === undefined) throw new Error('the workspace has no routing clock')
  return made
}

/** The same, and `read` under the lock: it travels right behind it, so that others wait for one answer less. */
export async function lockRoutingAnd<T>(tx: Tx, read: (tx: Tx) => Promise<T>): Promise<[RoutingClock, T]> {
  const [[row], found] = await Promise.all([tx.query<RoutingClock>(lockStatement, [tx.workspaceId]), read(tx)])
  if (row !== undefined) return [row, found]
  // Nothing was locked, so what was read may have moved since.
  const clock = await lockRouting(tx)
  return [clock, await read(tx)]
}

const readStatement: Statement = {
  name: 'read_routing_clock',
  text: 'SELECT decisions, people_revision, snapshot_day FROM routing_clocks WHERE workspace_id = $1',
}

/** The clock as it is, for who decides nothing. */
export async function readRoutingClock(tx: Tx): Promise<RoutingClock> {
  const [row] = await tx.query<RoutingClock>(readStatement, [tx.workspaceId])
  return row ?? { decisions: 0, people_revision: 0, snapshot_day: null }
}

/** Counts decisions that were made under the lock. */
export function countDecisions(tx: Tx, decisions: number): void {
  if (decisions > 0) tx.send(countStatement, [tx.workspaceId, decisions])
}

/** Makes every process read sellers and teams anew; under the lock, in the transaction that changes them. */
export async function revisePeople(tx: Tx): Promise<void> {
  await tx.query(reviseStatement, [tx.workspaceId])
}
