/** Statements of the consent ledger. Rows are added and read, never changed. */

import type { Queryable, Statement, Tx } from '../db/client.ts'
import type { ConsentAction } from '../domain/consent.ts'

/** One entry of the ledger as it is stored. */
export interface ConsentRow {
  id: string
  lead_id: string
  purpose: string
  channel: string
  action: ConsentAction
  occurred_at: string
  recorded_at: string
  expires_at: string | null
  method: string
  actor: string
  form_key: string | null
  consent_key: string | null
  submission_id: string | null
  wording_hash: string | null
  wording_version: string | null
  wording: string | null
  locale: string | null
  ip_prefix: string | null
  evidence: Record<string, string>
}

const insertConsentsStatement: Statement = {
  name: 'insert_consents',
  text: `INSERT INTO consents SELECT * FROM jsonb_populate_recordset(null::consents, $1::jsonb) ON CONFLICT DO NOTHING RETURNING id`,
}

/** Adds entries; returns the ids of those that were not there before (a replayed submission adds nothing). */
export async function insertConsents(tx: Tx, rows: ConsentRow[]): Promise<Set<string>> {
  if (rows.length === 0) return new Set()
  const values = rows.map((row) => ({ workspace_id: tx.workspaceId, ...row }))
  const inserted = await tx.query<{ id: string }>(insertConsentsStatement, [JSON.stringify(values)])
  return new Set(inserted.map(({ id }) => id))
}

export const CONSENT_COLUMNS =
  'id, lead_id, purpose, channel, action, occurred_at, recorded_at, expires_at, method, actor, form_key, consent_key, submission_id, wording_hash, wording_version, wording, locale, ip_prefix, evidence'

const listConsentsOfStatement: Statement = {
  name: 'list_consents_of_leads',
  text: `SELECT ${CONSENT_COLUMNS} FROM consents WHERE workspace_id = $1 AND lead_id = ANY($2::uuid[]) ORDER BY occurred_at, id`,
}

/** All entries of some leads, oldest first. */
export async function listConsentsOf(db: Queryable, workspaceId: string, leadIds: string[]): Promise<ConsentRow[]> {
  return leadIds.length === 0 ? [] : await db.query(listConsentsOfStatement, [workspaceId, leadIds])
}

const findWordingStatement: Statement = {
  name: 'find_consent_wording',
  text: `SELECT wording, locale, form_version FROM consent_wordings
    WHERE workspace_id = $1 AND form_key = $2 AND consent_key = $3 AND hash = $4`,
}

/** A wording that an earlier version of a form had. */
export async function findWording(
  tx: Tx,
  formKey: string,
  consentKey: string,
  hash: string,
): Promise<{ wording: string; locale: string; form_version: number } | undefined> {
  const [row] = await tx.query<{ wording: string; locale: string; form_version: number }>(findWordingStatement, [
    tx.workspaceId,
    formKey,
    consentKey,
    hash,
  ])
  return row
}
