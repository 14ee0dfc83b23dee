/** All leads of a workspace, page by page in the order of their ids: memory stays bounded whatever there is. */
import type { Statement, Tx } from '../db/client.ts'
import { familySources } from '../db/condition-families-sql.ts'
import { conditionToSql } from '../db/condition-sql.ts'
import type { CompiledCondition } from '../domain/condition/compiled-condition.ts'
import type { LeadFacts } from '../domain/lead.ts'

/** Before every id. */
export const FIRST_ID = '00000000-0000-0000-0000-000000000000'

const idsStatement: Statement = {
  name: 'page_lead_ids',
  text: 'SELECT id FROM leads WHERE workspace_id = $1 AND id > $2 ORDER BY id LIMIT $3',
}

/** The next ids after one; fewer than `limit` at the end. */
export async function pageLeadIds(tx: Tx, after: string, limit: number): Promise<string[]> {
  return (await tx.query<{ id: string }>(idsStatement, [tx.workspaceId, after, limit])).map(({ id }) => id)
}

/** The next leads that a condition holds for, archived ones left out. */
export async function pageLeads(
  tx: Tx,
  condition: CompiledCondition,
  after: string,
  limit: number,
  now: Date,
): Promise<LeadFacts[]> {
  const sources = familySources(tx.workspaceId)
  const { text, values } = conditionToSql(condition, { firstParameter: 4, alias: 'l', now, sources })
  const statement = `SELECT l.* FROM leads l WHERE l.workspace_id = $1 AND l.id > $2 AND NOT l.archived AND ${text} ORDER BY l.id LIMIT $3`
  const rows = await tx.query<LeadFacts & { workspace_id: string }>(statement, [
    tx.workspaceId,
    after,
    limit,
    ...values,
  ])
  return rows.map(({ workspace_id: _, ...lead }) => lead)
}

const countStatement: Statement = {
  name: 'count_leads',
  text: 'SELECT count(*) AS count FROM leads WHERE workspace_id = $1',
}

/** How many leads there are. */
export async function countLeads(tx: Tx): Promise<number> {
  const [row] = await tx.query<{ count: number }>(countStatement, [tx.workspaceId])
  return row?.count ?? 0
}
