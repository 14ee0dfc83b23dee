/** Statements that read visitors. */
import { type Db, readInWorkspace, type Statement } from '../../db/client.ts'
import type { VisitorRow } from '../../pipeline/events/visitor-queries.ts'

const COLUMNS = 'visitor_id, lead_id, successor_id, first_seen_at, last_seen_at, identified_at, identified_by'

const findStatement: Statement = {
  name: 'find_visitor',
  text: `SELECT ${COLUMNS} FROM visitors WHERE workspace_id = $1 AND visitor_id = $2`,
}

/** One visitor. */
export async function findVisitor(db: Db, workspaceId: string, visitorId: string): Promise<VisitorRow | undefined> {
  const [row] = await readInWorkspace<VisitorRow>(db, workspaceId, findStatement, [workspaceId, visitorId])
  return row
}

const listStatement: Statement = {
  name: 'list_visitors_of_lead',
  text: `SELECT ${COLUMNS} FROM visitors WHERE workspace_id = $1 AND lead_id = $2
    AND ($3::text IS NULL OR visitor_id > $3) ORDER BY visitor_id LIMIT $4`,
}

/** A page of the visitors of a lead, in the order of their ids. */
export async function listVisitorRows(
  db: Db,
  workspaceId: string,
  leadId: string,
  after: string | null,
  limit: number,
): Promise<VisitorRow[]> {
  return await readInWorkspace(db, workspaceId, listStatement, [workspaceId, leadId, after, limit])
}
