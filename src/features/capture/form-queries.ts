/** Statements of form definitions. */

import type { Db, Queryable, Statement, Tx } from '../../db/client.ts'
import { readInWorkspace } from '../../db/client.ts'
import type { Wording } from '../../domain/consent-wording.ts'
import { completeDefinition, type FormDefinition } from '../../domain/form.ts'

export interface FormRow {
  id: string
  form_key: string
  public_key: string
  version: number
  definition: FormDefinition
  has_challenge_secret: boolean
  created_at: string
  updated_at: string
}

const COLUMNS = `id, form_key, public_key, version, definition, created_at, updated_at,
    EXISTS (SELECT 1 FROM form_secrets s WHERE s.workspace_id = f.workspace_id AND s.form_key = f.form_key) AS has_challenge_secret`

const findFormStatement: Statement = {
  name: 'find_form',
  text: `SELECT ${COLUMNS} FROM forms f WHERE workspace_id = $1 AND form_key = $2`,
}

/** Stored by this release or an earlier one, complete. */
const complete = <Row extends { definition: FormDefinition }>(row: Row): Row => ({
  ...row,
  definition: completeDefinition(row.definition),
})

/** One form by its key. */
export async function findForm(db: Db, workspaceId: string, formKey: string): Promise<FormRow | undefined> {
  const [row] = await readInWorkspace<FormRow>(db, workspaceId, findFormStatement, [workspaceId, formKey])
  return row && complete(row)
}

const lockFormStatement: Statement = { name: 'lock_form', text: `${findFormStatement.text} FOR UPDATE OF f` }

/** One form, locked until the transaction ends. */
export async function lockForm(tx: Tx, formKey: string): Promise<FormRow | undefined> {
  const [row] = await tx.query<FormRow>(lockFormStatement, [tx.workspaceId, formKey])
  return row && complete(row)
}

const listFormsStatement: Statement = {
  name: 'list_forms',
  text: `SELECT ${COLUMNS} FROM forms f WHERE workspace_id = $1 AND ($2::text IS NULL OR form_key > $2) ORDER BY form_key LIMIT $3`,
}

/** Forms in the order of their keys. */
export async function listForms(db: Db, workspaceId: string, after: string | null, limit: number): Promise<FormRow[]> {
  const rows = await readInWorkspace<FormRow>(db, workspaceId, listFormsStatement, [workspaceId, after, limit])
  return rows.map(complete)
}

export interface FormVersionRow {
  form_key: string
  version: number
  definition: FormDefinition
  actor: string
  created_at: string
}

const VERSION_COLUMNS = 'form_key, version, definition, actor, created_at'

const findVersionStatement: Statement = {
  name: 'read_form_version',
  text: `SELECT ${VERSION_COLUMNS} FROM form_versions WHERE workspace_id = $1 AND form_key = $2 AND version = $3`,
}
const listVersionsStatement: Statement = {
  name: 'list_form_versions',
  text: `SELECT ${VERSION_COLUMNS} FROM form_versions WHERE workspace_id = $1 AND form_key = $2
    AND ($3::int IS NULL OR version < $3) ORDER BY version DESC LIMIT $4`,
}

/** A form as it was under one version number. */
export async function findVersion(
  db: Db,
  workspaceId: string,
  formKey: string,
  version: number,
): Promise<FormVersionRow | undefined> {
  const values = [workspaceId, formKey, version]
  const [row] = await readInWorkspace<FormVersionRow>(db, workspaceId, findVersionStatement, values)
  return row && complete(row)
}

/** Versions of a form, newest first. */
export async function listVersions(
  db: Db,
  workspaceId: string,
  formKey: string,
  before: number | null,
  limit: number,
): Promise<FormVersionRow[]> {
  const values = [workspaceId, formKey, before, limit]
  const rows = await readInWorkspace<FormVersionRow>(db, workspaceId, listVersionsStatement, values)
  return rows.map(complete)
}

const saveFormStatement: Statement = {
  name: 'save_form',
  text: `INSERT INTO forms (workspace_id, id, form_key, public_key, version, definition, created_at, updated_at)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
    ON CONFLICT (workspace_id, form_key) DO UPDATE SET version = excluded.version, definition = excluded.definition, updated_at = excluded.updated_at`,
}
const insertVersionStatement: Statement = {
  name: 'insert_form_version',
  text: 'INSERT INTO form_versions (workspace_id, form_key, version, definition, actor, created_at) VALUES ($1, $2, $3, $4, $5, $6)',
}
const saveAddressStatement: Statement = {
  name: 'save_form_address',
  text: 'INSERT INTO form_addresses (public_key, workspace_id, form_key) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING',
}

/** Writes a form and its new version, and makes its public address known. */
export async function saveForm(tx: Tx, form: FormRow, actor: string): Promise<void> {
  const definition = JSON.stringify(form.definition)
  const head = [
    tx.workspaceId,
    form.id,
    form.form_key,
    form.public_key,
    form.version,
    definition,
    form.created_at,
    form.updated_at,
  ]
  await tx.query(saveFormStatement, head)
  await tx.query(insertVersionStatement, [
    tx.workspaceId,
    form.form_key,
    form.version,
    definition,
    actor,
    form.updated_at,
  ])
  await tx.query(saveAddressStatement, [form.public_key, tx.workspaceId, form.form_key])
}

const insertWordingsStatement: Statement = {
  name: 'insert_consent_wordings',
  text: `INSERT INTO consent_wordings SELECT * FROM jsonb_populate_recordset(null::consent_wordings, $1::jsonb) ON CONFLICT DO NOTHING`,
}

/** Keeps the wordings of a version, so that what an older page shows can still be proven. */
export async function insertWordings(tx: Tx, form: FormRow, wordings: Wording[]): Promise<void> {
  if (wordings.length === 0) return
  const rows = wordings.map(({ consent_key, hash, text, locale }) => ({
    workspace_id: tx.workspaceId,
    form_key: form.form_key,
    consent_key,
    hash,
    wording: text,
    locale,
    form_version: form.version,
    created_at: form.updated_at,
  }))
  await tx.query(insertWordingsStatement, [JSON.stringify(rows)])
}

const saveSecretStatement: Statement = {
  name: 'save_form_secret',
  text: `INSERT INTO form_secrets (workspace_id, form_key, challenge_secret, updated_at) VALUES ($1, $2, $3, $4)
    ON CONFLICT (workspace_id, form_key) DO UPDATE SET challenge_secret = excluded.challenge_secret, updated_at = excluded.updated_at`,
}
const deleteSecretStatement: Statement = {
  name: 'delete_form_secret',
  text: 'DELETE FROM form_secrets WHERE workspace_id = $1 AND form_key = $2',
}

/** Replaces the sealed secret of a form's challenge; null removes it. */
export async function saveChallengeSecret(tx: Tx, formKey: string, sealed: Buffer | null, at: string): Promise<void> {
  if (sealed === null) await tx.query(deleteSecretStatement, [tx.workspaceId, formKey])
  else await tx.query(saveSecretStatement, [tx.workspaceId, formKey, sealed, at])
}

const findAddressStatement: Statement = {
  name: 'find_form_address',
  text: 'SELECT workspace_id, form_key FROM form_addresses WHERE public_key = $1',
}
const findDefaultWorkspaceStatement: Statement = {
  name: 'find_default_workspace',
  text: 'SELECT default_workspace_id AS workspace_id FROM installation',
}

/** Where a public key leads; no tenant table is read. */
export async function findFormAddress(
  db: Queryable,
  publicKey: string,
): Promise<{ workspace_id: string; form_key: string } | undefined> {
  const [row] = await db.query<{ workspace_id: string; form_key: string }>(findAddressStatement, [publicKey])
  return row
}

/** The workspace that answers for slugs that come without a key. */
export async function findDefaultWorkspace(db: Queryable): Promise<string | undefined> {
  const [row] = await db.query<{ workspace_id: string }>(findDefaultWorkspaceStatement)
  return row?.workspace_id
}
