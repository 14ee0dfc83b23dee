/** Statements that read the change feed. */
import { type Db, readInWorkspace, type Statement } from '../../db/client.ts'

export interface ChangeRow {
  sequence: number
  id: string
  type: string
  object: string
  object_id: string
  actor: string
  origin: string | null
  occurred_at: string
  data: Record<string, unknown>
}

const listStatement: Statement = {
  name: 'list_changes',
  text: `SELECT sequence, id, type, object, object_id, actor, origin, occurred_at, data FROM changes
    WHERE workspace_id = $1 AND sequence > $2 AND ($3::text[] IS NULL OR type LIKE ANY($3)) AND ($4::text IS NULL OR origin IS DISTINCT FROM $4)
    ORDER BY sequence LIMIT $5`,
}

/** Changes after a sequence number; `patterns` are LIKE patterns of types, `notFrom` leaves out one writer's own. */
export async function listChanges(
  db: Db,
  workspaceId: string,
  after: number,
  patterns: string[] | null,
  notFrom: string | null,
  limit: number,
): Promise<ChangeRow[]> {
  return await readInWorkspace(db, workspaceId, listStatement, [workspaceId, after, patterns, notFrom, limit])
}

const lastStatement: Statement = {
  name: 'find_last_sequence',
  text: 'SELECT last_sequence FROM change_counters WHERE workspace_id = $1',
}

/** The newest sequence number of a workspace. */
export async function findLastSequence(db: Db, workspaceId: string): Promise<number> {
  const [row] = await readInWorkspace<{ last_sequence: number }>(db, workspaceId, lastStatement, [workspaceId])
  return row?.last_sequence ?? 0
}
