/** Statements that read runs. */
import { type Db, readInWorkspace, type Statement, type Tx, withWorkspace } from '../../db/client.ts'
import { type EnrichmentRun, RUN_COLUMNS } from '../../pipeline/enrich/run-queries.ts'

export interface RunFilter {
  lead_id: string | null
  state: string[]
  cause: string[]
}

/** Runs, newest first. */
export async function listRuns(
  db: Db,
  workspaceId: string,
  filter: RunFilter,
  before: string | null,
  limit: number,
): Promise<EnrichmentRun[]> {
  const values: unknown[] = [workspaceId]
  const add = (value: unknown) => `$${values.push(value)}`
  const terms = ['workspace_id = $1']
  if (filter.lead_id !== null) terms.push(`lead_id = ${add(filter.lead_id)}::uuid`)
  if (filter.state.length > 0) terms.push(`state = ANY(${add(filter.state)}::text[])`)
  if (filter.cause.length > 0) terms.push(`cause = ANY(${add(filter.cause)}::text[])`)
  if (before !== null) terms.push(`id < ${add(before)}::uuid`)
  const text = `SELECT ${RUN_COLUMNS} FROM enrichment_runs WHERE ${terms.join(' AND ')} ORDER BY id DESC LIMIT ${add(limit)}`
  return await withWorkspace(db, workspaceId, (tx) => tx.query<EnrichmentRun>(text, values))
}

const findStatement: Statement = {
  name: 'find_enrichment_run',
  text: `SELECT ${RUN_COLUMNS} FROM enrichment_runs WHERE workspace_id = $1 AND id = $2`,
}

/** One run. */
export async function findRun(db: Db, workspaceId: string, id: string): Promise<EnrichmentRun | undefined> {
  return (await readInWorkspace<EnrichmentRun>(db, workspaceId, findStatement, [workspaceId, id]))[0]
}

const knownStatement: Statement = {
  name: 'count_leads_to_enrich',
  text: 'SELECT count(*)::int AS count FROM leads WHERE workspace_id = $1 AND id = ANY($2::uuid[])',
}

/** How many of these leads the workspace has. */
export async function countKnownLeads(tx: Tx, ids: string[]): Promise<number> {
  return (await tx.query<{ count: number }>(knownStatement, [tx.workspaceId, ids]))[0]?.count ?? 0
}
