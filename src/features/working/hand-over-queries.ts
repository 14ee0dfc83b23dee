/** Statements that find what a seller has, to be handed over. */
import type { Statement, Tx } from '../../db/client.ts'

/** The seller's open assignments that began before the hand-over was asked for. */
const IS_HELD = 'workspace_id = $1 AND user_id = $2 AND ended_at IS NULL AND assigned_at <= $3'

const countStatement: Statement = {
  name: 'count_held_assignments',
  text: `SELECT count(*)::int AS count FROM assignments WHERE ${IS_HELD}`,
}

/** How many leads a seller has. */
export async function countHeld(tx: Tx, userId: string, until: string): Promise<number> {
  const [row] = await tx.query<{ count: number }>(countStatement, [tx.workspaceId, userId, until])
  return row?.count ?? 0
}

/** Where a page of what a seller has ended. */
export interface HeldPlace {
  assigned_at: string
  id: string
}

export interface HeldAssignment extends HeldPlace {
  lead_id: string
  pool_key: string | null
}

const pageStatement: Statement = {
  name: 'page_held_assignments',
  text: `SELECT id, lead_id, pool_key, assigned_at FROM assignments WHERE ${IS_HELD}
      AND ($4::timestamptz IS NULL OR (assigned_at, id) > ($4, $5::uuid))
    ORDER BY assigned_at, id LIMIT $6`,
}

/** The next ones, the longest held first. */
export async function pageHeld(
  tx: Tx,
  userId: string,
  until: string,
  after: HeldPlace | null,
  limit: number,
): Promise<HeldAssignment[]> {
  const place = after === null ? [null, null] : [after.assigned_at, after.id]
  return await tx.query(pageStatement, [tx.workspaceId, userId, until, ...place, limit])
}

const lockStatement: Statement = {
  name: 'lock_held_assignments',
  text: `SELECT id FROM assignments WHERE workspace_id = $1 AND id = ANY($2::uuid[]) AND ended_at IS NULL ORDER BY id FOR UPDATE`,
}

/** Those that are still open, locked; their leads are locked before. */
export async function lockHeld(tx: Tx, ids: string[]): Promise<Set<string>> {
  return new Set((await tx.query<{ id: string }>(lockStatement, [tx.workspaceId, ids])).map(({ id }) => id))
}
