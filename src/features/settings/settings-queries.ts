/** Statements of the document of custom fields. */
import { type Db, readInWorkspace, type Statement, type Tx } from '../../db/client.ts'
import { type CustomFieldDocument, NO_CUSTOM_FIELDS } from '../../domain/custom-field.ts'
import { CUSTOM_FIELDS_KEY } from '../../pipeline/custom-fields.ts'

export interface StoredDocument {
  document: CustomFieldDocument
  version: number
  updated_at: string | null
}

/** What a workspace has before anybody defines anything. */
const UNTOUCHED: StoredDocument = { document: NO_CUSTOM_FIELDS, version: 1, updated_at: null }

const findStatement: Statement = {
  name: 'find_settings_document',
  text: 'SELECT document, version, updated_at FROM settings WHERE workspace_id = $1 AND settings_key = $2',
}

/** The definitions of a workspace. */
export async function findCustomFields(db: Db, workspaceId: string): Promise<StoredDocument> {
  const values = [workspaceId, CUSTOM_FIELDS_KEY]
  const [row] = await readInWorkspace<StoredDocument>(db, workspaceId, findStatement, values)
  return row ?? UNTOUCHED
}

const insertStatement: Statement = {
  name: 'insert_settings_document',
  text: `INSERT INTO settings (workspace_id, settings_key, version, document, created_at, updated_at)
    VALUES ($1, $2, 1, $3, $4, $4) ON CONFLICT DO NOTHING RETURNING version`,
}

/** Writes the first definitions of a workspace; false when there were some. */
export async function insertCustomFields(tx: Tx, document: CustomFieldDocument, at: string): Promise<boolean> {
  const values = [tx.workspaceId, CUSTOM_FIELDS_KEY, JSON.stringify(document), at]
  return (await tx.query(insertStatement, values)).length === 1
}

const lockStatement: Statement = { name: 'lock_settings_document', text: `${findStatement.text} FOR UPDATE` }

/** The definitions, locked until the transaction ends; made when there were none, so that there is a row to lock. */
export async function lockCustomFields(tx: Tx, at: string): Promise<StoredDocument> {
  await insertCustomFields(tx, NO_CUSTOM_FIELDS, at)
  const [row] = await tx.query<StoredDocument>(lockStatement, [tx.workspaceId, CUSTOM_FIELDS_KEY])
  return row ?? UNTOUCHED
}

const updateStatement: Statement = {
  name: 'update_settings_document',
  text: `UPDATE settings SET document = $3, version = $4, updated_at = $5 WHERE workspace_id = $1 AND settings_key = $2`,
}

/** Replaces the definitions. */
export async function updateCustomFields(
  tx: Tx,
  document: CustomFieldDocument,
  version: number,
  at: string,
): Promise<void> {
  await tx.query(updateStatement, [tx.workspaceId, CUSTOM_FIELDS_KEY, JSON.stringify(document), version, at])
}

const formsStatement: Statement = {
  name: 'list_forms_that_write',
  text: `SELECT form_key FROM forms WHERE workspace_id = $1 AND definition->'fields' @> $2::jsonb ORDER BY form_key LIMIT 10`,
}

/** Forms whose fields write this custom field of leads. */
export async function listFormsThatWrite(tx: Tx, key: string): Promise<string[]> {
  const wanted = JSON.stringify([{ maps_to: `custom_fields.${key}` }])
  const rows = await tx.query<{ form_key: string }>(formsStatement, [tx.workspaceId, wanted])
  return rows.map(({ form_key }) => form_key)
}
