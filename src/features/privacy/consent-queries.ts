/** Statements that page through the consent ledger. */
import { type Db, readInWorkspace, type Statement } from '../../db/client.ts'
import { CONSENT_COLUMNS, type ConsentRow } from '../../pipeline/consent-queries.ts'

const listStatement: Statement = {
  name: 'list_lead_consents',
  text: `SELECT ${CONSENT_COLUMNS} FROM consents WHERE workspace_id = $1 AND lead_id = $2
    AND ($3::timestamptz IS NULL OR (occurred_at, id) > ($3, $4::uuid)) ORDER BY occurred_at, id LIMIT $5`,
}

/** A page of a lead's ledger, oldest first. */
export async function listConsents(
  db: Db,
  workspaceId: string,
  leadId: string,
  after: [string, string] | null,
  limit: number,
): Promise<ConsentRow[]> {
  const values = [workspaceId, leadId, after?.[0] ?? null, after?.[1] ?? null, limit]
  return await readInWorkspace(db, workspaceId, listStatement, values)
}

const findStatement: Statement = {
  name: 'find_consent',
  text: `SELECT ${CONSENT_COLUMNS} FROM consents WHERE workspace_id = $1 AND id = $2`,
}

/** One entry of the ledger. */
export async function findConsent(db: Db, workspaceId: string, id: string): Promise<ConsentRow | undefined> {
  const [row] = await readInWorkspace<ConsentRow>(db, workspaceId, findStatement, [workspaceId, id])
  return row
}

const listAllStatement: Statement = {
  name: 'list_all_lead_consents',
  text: `SELECT ${CONSENT_COLUMNS} FROM consents WHERE workspace_id = $1 AND lead_id = $2 ORDER BY occurred_at, id`,
}

/** The whole ledger of a lead, for a decision. */
export async function listAllConsents(db: Db, workspaceId: string, leadId: string): Promise<ConsentRow[]> {
  return await readInWorkspace(db, workspaceId, listAllStatement, [workspaceId, leadId])
}

const hasLeadStatement: Statement = {
  name: 'has_lead',
  text: 'SELECT 1 FROM leads WHERE workspace_id = $1 AND id = $2',
}

/** True when the lead exists. */
export async function hasLead(db: Db, workspaceId: string, leadId: string): Promise<boolean> {
  return (await readInWorkspace(db, workspaceId, hasLeadStatement, [workspaceId, leadId])).length === 1
}
