/** Statements of templates and their versions. */
import { type Db, readInWorkspace, type Statement, type Tx } from '../../db/client.ts'
import type { TemplateDefinition } from '../../domain/mail/template.ts'

export interface TemplateRow {
  template_key: string
  version: number
  definition: TemplateDefinition
  deleted: boolean
  created_at: string
  updated_at: string
}

const COLUMNS = 'template_key, version, definition, deleted, created_at, updated_at'

const findStatement: Statement = {
  name: 'find_template',
  text: `SELECT ${COLUMNS} FROM templates WHERE workspace_id = $1 AND template_key = $2 AND NOT deleted`,
}

/** One template. */
export async function findTemplate(db: Db, workspaceId: string, key: string): Promise<TemplateRow | undefined> {
  const [row] = await readInWorkspace<TemplateRow>(db, workspaceId, findStatement, [workspaceId, key])
  return row
}

const lockStatement: Statement = {
  name: 'lock_template',
  text: `SELECT ${COLUMNS} FROM templates WHERE workspace_id = $1 AND template_key = $2 FOR UPDATE`,
}

/** One template, deleted ones too, locked until the transaction ends. */
export async function lockTemplate(tx: Tx, key: string): Promise<TemplateRow | undefined> {
  const [row] = await tx.query<TemplateRow>(lockStatement, [tx.workspaceId, key])
  return row
}

const listStatement: Statement = {
  name: 'list_templates',
  text: `SELECT ${COLUMNS} FROM templates WHERE workspace_id = $1 AND NOT deleted
    AND ($2::text IS NULL OR template_key > $2) ORDER BY template_key LIMIT $3`,
}

/** Templates in the order of their keys. */
export async function listTemplates(
  db: Db,
  workspaceId: string,
  after: string | null,
  limit: number,
): Promise<TemplateRow[]> {
  return await readInWorkspace(db, workspaceId, listStatement, [workspaceId, after, limit])
}

const saveStatement: Statement = {
  name: 'save_template',
  text: `INSERT INTO templates (workspace_id, template_key, version, definition, deleted, created_at, updated_at)
    VALUES ($1, $2, $3, $4, false, $5, $6)
    ON CONFLICT (workspace_id, template_key) DO UPDATE SET version = excluded.version, definition = excluded.definition,
      deleted = false, updated_at = excluded.updated_at
    WHERE templates.version = excluded.version - 1 RETURNING version`,
}
const insertVersionStatement: Statement = {
  name: 'insert_template_version',
  text: `INSERT INTO template_versions (workspace_id, template_key, version, definition, actor, created_at)
    VALUES ($1, $2, $3, $4, $5, $6)`,
}

/** Writes a template and its new version; false when somebody else wrote that version first. */
export async function saveTemplate(tx: Tx, row: TemplateRow, actor: string): Promise<boolean> {
  const definition = JSON.stringify(row.definition)
  const { template_key, version, created_at, updated_at } = row
  const head = [tx.workspaceId, template_key, version, definition, created_at, updated_at]
  const written = await tx.query(saveStatement, head)
  if (written.length === 0) return false
  await tx.query(insertVersionStatement, [tx.workspaceId, template_key, version, definition, actor, updated_at])
  return true
}

const deleteStatement: Statement = {
  name: 'delete_template',
  text: 'UPDATE templates SET deleted = true, updated_at = $3 WHERE workspace_id = $1 AND template_key = $2',
}

/** Hides a template; its versions stay. */
export async function deleteTemplate(tx: Tx, key: string, at: string): Promise<void> {
  await tx.query(deleteStatement, [tx.workspaceId, key, at])
}

export interface TemplateVersionRow {
  template_key: string
  version: number
  definition: TemplateDefinition
  actor: string
  created_at: string
}

const VERSION_COLUMNS = 'template_key, version, definition, actor, created_at'

const versionStatement: Statement = {
  name: 'find_template_version',
  text: `SELECT ${VERSION_COLUMNS} FROM template_versions WHERE workspace_id = $1 AND template_key = $2 AND version = $3`,
}

/** A template as it was under one version number. */
export async function findTemplateVersion(
  db: Db,
  workspaceId: string,
  key: string,
  version: number,
): Promise<TemplateVersionRow | undefined> {
  const [row] = await readInWorkspace<TemplateVersionRow>(db, workspaceId, versionStatement, [
    workspaceId,
    key,
    version,
  ])
  return row
}

const versionsStatement: Statement = {
  name: 'list_template_versions',
  text: `SELECT ${VERSION_COLUMNS} FROM template_versions WHERE workspace_id = $1 AND template_key = $2
    AND ($3::int IS NULL OR version < $3) ORDER BY version DESC LIMIT $4`,
}

/** Versions of a template, newest first. */
export async function listTemplateVersions(
  db: Db,
  workspaceId: string,
  key: string,
  before: number | null,
  limit: number,
): Promise<TemplateVersionRow[]> {
  return await readInWorkspace(db, workspaceId, versionsStatement, [workspaceId, key, before, limit])
}

const usesStatement: Statement = {
  name: 'list_sequences_that_mail_with',
  text: `SELECT DISTINCT v.policy_key AS key FROM policy_versions v JOIN policies p
      ON p.workspace_id = v.workspace_id AND p.kind = v.kind AND p.policy_key = v.policy_key
    WHERE v.workspace_id = $1 AND v.kind = 'sequence' AND v.definition->'steps' @> $2::jsonb
      AND (p.published_version = v.version OR p.published_version IS NOT NULL AND EXISTS (SELECT FROM enrollments e
        WHERE e.workspace_id = $1 AND e.sequence_key = v.policy_key AND e.version = v.version AND e.status <> 'ended'))
    ORDER BY key LIMIT 10`,
}

/** Sequences in use whose mails are made with this; also a former version, as long as somebody walks through it. */
export async function listSequencesWith(
  tx: Tx,
  email: { template_key: string } | { sender_key: string },
): Promise<string[]> {
  const rows = await tx.query<{ key: string }>(usesStatement, [tx.workspaceId, JSON.stringify([{ email }])])
  return rows.map(({ key }) => key)
}
