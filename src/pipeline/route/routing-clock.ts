/** The one row that puts everything that decides about owners into one order: routing, and the facts it is made from. */
import type { Statement, Tx } from '../../db/client.ts'

const ensureStatement: Statement = {
  name: 'ensure_routing_clock',
  text: 'INSERT INTO routing_clocks (workspace_id, decisions) VALUES ($1, 0) ON CONFLICT DO NOTHING',
}
const lockStatement: Statement = {
  name: 'lock_routing_clock',
  text: 'SELECT decisions FROM routing_clocks WHERE workspace_id = $1 FOR UPDATE',
}
const moveStatement: Statement = {
  name: 'move_routing_clock',
  text: 'UPDATE routing_clocks SET decisions = decisions + $2 WHERE workspace_id = $1',
}

/** Waits for whoever routes in this workspace now; returns how many decisions were made so far. Leads are locked first. */
export async function lockRouting(tx: Tx): Promise<number> {
  const [row] = await tx.query<{ decisions: number }>(lockStatement, [tx.workspaceId])
  if (row !== undefined) return row.decisions
  await tx.query(ensureStatement, [tx.workspaceId])
  const [made] = await tx.query<{ decisions: number }>(lockStatement, [tx.workspaceId])
  return made?.decisions ?? 0
}

/** Counts decisions that were made under the lock. */
export async function countDecisions(tx: Tx, decisions: number): Promise<void> {
  await tx.query(moveStatement, [tx.workspaceId, decisions])
}
