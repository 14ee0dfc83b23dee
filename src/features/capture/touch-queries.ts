/** Statements that read touches: what brought a person here, each time. */
import { type Db, readInWorkspace, type Statement } from '../../db/client.ts'

export interface TouchRow {
  id: string
  occurred_at: string
  kind: string
  source_key: string | null
  campaign_key: string | null
  attribution: Record<string, string>
  submission_id: string | null
  is_first: boolean
  is_last: boolean
}

const order = (direction: 'ASC' | 'DESC') =>
  `(SELECT id FROM touches WHERE workspace_id = $1 AND lead_id = $2 ORDER BY occurred_at ${direction}, id ${direction} LIMIT 1)`

const listTouchesStatement: Statement = {
  name: 'list_lead_touches',
  text: `SELECT id, occurred_at, kind, source_key, campaign_key, attribution, submission_id,
      id = ${order('ASC')} AS is_first, id = ${order('DESC')} AS is_last
    FROM touches WHERE workspace_id = $1 AND lead_id = $2 AND ($3::timestamptz IS NULL OR (occurred_at, id) > ($3, $4::uuid))
    ORDER BY occurred_at, id LIMIT $5`,
}

/** Touches of a lead, oldest first. */
export async function listTouches(
  db: Db,
  workspaceId: string,
  leadId: string,
  after: [string, string] | null,
  limit: number,
): Promise<TouchRow[]> {
  const values = [workspaceId, leadId, after?.[0] ?? null, after?.[1] ?? null, limit]
  return await readInWorkspace(db, workspaceId, listTouchesStatement, values)
}

const hasLeadStatement: Statement = {
  name: 'has_lead',
  text: 'SELECT 1 FROM leads WHERE workspace_id = $1 AND id = $2',
}

/** True when the lead exists. */
export async function hasLead(db: Db, workspaceId: string, leadId: string): Promise<boolean> {
  return (await readInWorkspace(db, workspaceId, hasLeadStatement, [workspaceId, leadId])).length === 1
}
