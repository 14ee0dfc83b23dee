/** Statements of form definitions. */

import type { Db, Queryable, Statement, Tx } from '../../db/client.ts'
import { readInWorkspace } from '../../db/client.ts'
import type { FormDefinition } from '../../domain/form.ts'

export interface FormRow {
  id: string
  form_key: string
  public_key: string
  version: number
  definition: FormDefinition
  created_at: string
  updated_at: string
}

const COLUMNS = 'id, form_key, public_key, version, definition, created_at, updated_at'

const findFormStatement: Statement = {
  name: 'find_form',
  text: `SELECT ${COLUMNS} FROM forms WHERE workspace_id = $1 AND form_key = $2`,
}

/** One form by its key. */
export async function findForm(db: Db, workspaceId: string, formKey: string): Promise<FormRow | undefined> {
  const [row] = await readInWorkspace<FormRow>(db, workspaceId, findFormStatement, [workspaceId, formKey])
  return row
}

const lockFormStatement: Statement = { name: 'lock_form', text: `${findFormStatement.text} FOR UPDATE` }

/** One form, locked until the transaction ends. */
export async function lockForm(tx: Tx, formKey: string): Promise<FormRow | undefined> {
  const [row] = await tx.query<FormRow>(lockFormStatement, [tx.workspaceId, formKey])
  return row
}

const listFormsStatement: Statement = {
  name: 'list_forms',
  text: `SELECT ${COLUMNS} FROM forms WHERE workspace_id = $1 AND ($2::text IS NULL OR form_key > $2) ORDER BY form_key LIMIT $3`,
}

/** Forms in the order of their keys. */
export async function listForms(db: Db, workspaceId: string, after: string | null, limit: number): Promise<FormRow[]> {
  return await readInWorkspace(db, workspaceId, listFormsStatement, [workspaceId, after, limit])
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
