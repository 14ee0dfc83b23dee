/** Statements that read the list of those whom no mail goes to. */
import { type Db, readInWorkspace, type Statement } from '../../db/client.ts'
import type { SuppressionRow } from '../../domain/mail/suppression-row.ts'

export interface SuppressionFilter {
  /** Address or domain as it is compared. */
  value: string | null
  reason: string | null
  /** True shows lifted ones too. */
  lifted: boolean
}

const COLUMNS =
  'id, kind, shown, value, scope, purpose, reason, note, message_id, actor, created_at, lifted_at, lifted_by'

const listStatement: Statement = {
  name: 'list_suppressions',
  text: `SELECT ${COLUMNS} FROM suppressions WHERE workspace_id = $1 AND ($2::text IS NULL OR value IN ($2, erased_address($2)))
    AND ($3::text IS NULL OR reason = $3) AND ($4 OR lifted_at IS NULL)
    AND ($5::timestamptz IS NULL OR (created_at, id) < ($5, $6::uuid)) ORDER BY created_at DESC, id DESC LIMIT $7`,
}

/** Suppressions, newest first. */
export async function listSuppressions(
  db: Db,
  workspaceId: string,
  { value, reason, lifted }: SuppressionFilter,
  before: [string, string] | null,
  limit: number,
): Promise<SuppressionRow[]> {
  const values = [workspaceId, value, reason, lifted, before?.[0] ?? null, before?.[1] ?? null, limit]
  return await readInWorkspace(db, workspaceId, listStatement, values)
}

const findStatement: Statement = {
  name: 'find_suppression',
  text: `SELECT ${COLUMNS} FROM suppressions WHERE workspace_id = $1 AND id = $2`,
}

/** One suppression. */
export async function findSuppressionRow(db: Db, workspaceId: string, id: string): Promise<SuppressionRow | undefined> {
  const [row] = await readInWorkspace<SuppressionRow>(db, workspaceId, findStatement, [workspaceId, id])
  return row
}
