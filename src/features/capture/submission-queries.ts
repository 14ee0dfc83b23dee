/** Statements of raw intake. */

import type { Db, Queryable, Statement, Tx } from '../../db/client.ts'
import { readInWorkspace, runInWorkspace } from '../../db/client.ts'
import type { SpamRecord } from '../../domain/spam/decide-spam.ts'
import type { SubmissionContext, SubmissionPayload, SubmissionState } from '../../domain/submission.ts'

export interface SubmissionRow {
  workspace_id: string
  id: string
  form_key: string
  form_version: number
  dedupe_a: string
  dedupe_b: string
  content_hash: string
  payload: SubmissionPayload
  context: SubmissionContext
  state: SubmissionState
  received_at: string
  due_at: string
  attempt: number
}

export const insertSubmissions: Statement = {
  name: 'insert_submissions',
  text: `INSERT INTO form_submissions SELECT * FROM jsonb_populate_recordset(null::form_submissions, $1::jsonb)
    ON CONFLICT DO NOTHING RETURNING id`,
}

/** Commits rows of one workspace; returns the ids that are new (the others repeat an earlier submission). */
export async function commitSubmissions(db: Db, workspaceId: string, rows: SubmissionRow[]): Promise<Set<string>> {
  const [inserted = []] = await runInWorkspace(db, workspaceId, [
    { statement: insertSubmissions, values: [JSON.stringify(rows)] },
  ])
  return new Set(inserted.map((row) => row['id'] as string))
}

const findByKeys: Statement = {
  name: 'find_submission_by_keys',
  text: `SELECT id, content_hash FROM form_submissions WHERE workspace_id = $1 AND (dedupe_a = $2 OR dedupe_b = $3)
    ORDER BY received_at LIMIT 1`,
}

/** The earlier submission that these keys repeat. */
export async function findSubmissionByKeys(
  db: Db,
  row: SubmissionRow,
): Promise<{ id: string; content_hash: string } | undefined> {
  const [found] = await readInWorkspace<{ id: string; content_hash: string }>(db, row.workspace_id, findByKeys, [
    row.workspace_id,
    row.dedupe_a,
    row.dedupe_b,
  ])
  return found
}

export interface StoredSubmission {
  id: string
  form_key: string
  form_version: number
  payload: SubmissionPayload
  context: SubmissionContext
  state: SubmissionState
  received_at: string
  processed_at: string | null
  attempt: number
  lead_id: string | null
  outcome: string | null
  reasons: string[] | null
  receipt_id: string | null
  spam: SpamRecord | null
  released_by: string | null
}

const COLUMNS =
  'id, form_key, form_version, payload, context, state, received_at, processed_at, attempt, lead_id, outcome, reasons, receipt_id, spam, released_by'

const findSubmissionStatement: Statement = {
  name: 'find_submission',
  text: `SELECT ${COLUMNS} FROM form_submissions WHERE workspace_id = $1 AND id = $2`,
}

/** One submission. */
export async function findSubmission(db: Db, workspaceId: string, id: string): Promise<StoredSubmission | undefined> {
  const [row] = await readInWorkspace<StoredSubmission>(db, workspaceId, findSubmissionStatement, [workspaceId, id])
  return row
}

export interface SubmissionFilter {
  form_key: string[]
  state: string[]
  received_after: string | null
  received_before: string | null
}

/** Quarantine has an index of its own, which the planner takes only when the statement names the state. */
const listStatement = (only: 'quarantined' | null): Statement => ({
  name: `list_submissions ${only ?? 'any'}`,
  text: `SELECT ${COLUMNS} FROM form_submissions WHERE workspace_id = $1 ${only === null ? '' : `AND state = '${only}'`}
    AND ($2::text[] IS NULL OR form_key = ANY($2)) AND ($3::text[] IS NULL OR state = ANY($3))
    AND ($4::timestamptz IS NULL OR received_at >= $4) AND ($5::timestamptz IS NULL OR received_at < $5)
    AND ($6::uuid IS NULL OR id < $6) ORDER BY id DESC LIMIT $7`,
})

/** Newest first; ids are UUIDv7, so their order is the order of arrival. */
export async function listSubmissions(
  db: Db,
  workspaceId: string,
  filter: SubmissionFilter,
  before: string | null,
  limit: number,
): Promise<StoredSubmission[]> {
  const orNull = (values: string[]) => (values.length === 0 ? null : values)
  const only = filter.state.length === 1 && filter.state[0] === 'quarantined' ? 'quarantined' : null
  return await readInWorkspace(db, workspaceId, listStatement(only), [
    workspaceId,
    orNull(filter.form_key),
    orNull(filter.state),
    filter.received_after,
    filter.received_before,
    before,
    limit,
  ])
}

const reopenStatement: Statement = {
  name: 'reopen_submission',
  text: `UPDATE form_submissions SET state = 'received', due_at = $3, attempt = 0, lease_until = NULL, processed_at = NULL
    WHERE workspace_id = $1 AND id = $2 AND state <> 'received' RETURNING id`,
}

/** Makes a submission due again; false when it is waiting already or does not exist. */
export async function reopenSubmission(tx: Queryable, workspaceId: string, id: string, at: string): Promise<boolean> {
  return (await tx.query(reopenStatement, [workspaceId, id, at])).length === 1
}

const releaseStatement: Statement = {
  name: 'release_submissions',
  text: `UPDATE form_submissions SET state = 'received', due_at = $4, attempt = 0, lease_until = NULL, processed_at = NULL,
      released_by = $3, released_at = $4
    WHERE workspace_id = $1 AND id = ANY($2::uuid[]) AND state = 'quarantined' RETURNING id`,
}

/** Makes quarantined submissions due; returns the ids of those that were in quarantine. */
export async function releaseRows(tx: Tx, ids: string[], actor: string, at: string): Promise<string[]> {
  const rows = await tx.query<{ id: string }>(releaseStatement, [tx.workspaceId, ids, actor, at])
  return rows.map(({ id }) => id)
}

const listStatesStatement: Statement = {
  name: 'list_submission_states',
  text: 'SELECT id, state FROM form_submissions WHERE workspace_id = $1 AND id = ANY($2::uuid[])',
}

/** States by id; what does not exist is missing. */
export async function listStates(tx: Tx, ids: string[]): Promise<Map<string, SubmissionState>> {
  const rows = await tx.query<{ id: string; state: SubmissionState }>(listStatesStatement, [tx.workspaceId, ids])
  return new Map(rows.map(({ id, state }) => [id, state]))
}

const quarantineStatement: Statement = {
  name: 'quarantine_submission',
  text: `UPDATE form_submissions AS s SET state = 'quarantined', outcome = 'quarantined', reasons = '["marked_by_person"]',
      released_by = NULL, released_at = NULL, lease_until = NULL, attempt = s.attempt + 1, processed_at = $3
    FROM (SELECT id, state FROM form_submissions WHERE workspace_id = $1 AND id = $2 FOR UPDATE) AS before
    WHERE s.workspace_id = $1 AND s.id = before.id AND before.state <> 'quarantined' RETURNING s.form_key, before.state`,
}

/** Puts a submission into quarantine; returns what it was before, undefined when it was there already or is unknown. */
export async function quarantineRow(
  tx: Tx,
  id: string,
  at: string,
): Promise<{ form_key: string; state: SubmissionState } | undefined> {
  const [row] = await tx.query<{ form_key: string; state: SubmissionState }>(quarantineStatement, [
    tx.workspaceId,
    id,
    at,
  ])
  return row
}

const findFileStatement: Statement = {
  name: 'find_submission_file',
  text: `SELECT file_name, content FROM submission_files WHERE workspace_id = $1 AND submission_id = $2 AND id = $3`,
}

/** A file of a submission with its bytes. */
export async function findSubmissionFile(
  db: Db,
  workspaceId: string,
  submissionId: string,
  fileId: string,
): Promise<{ file_name: string; content: Buffer } | undefined> {
  const values = [workspaceId, submissionId, fileId]
  const [row] = await readInWorkspace<{ file_name: string; content: Buffer }>(
    db,
    workspaceId,
    findFileStatement,
    values,
  )
  return row
}

const insertFilesStatement: Statement = {
  name: 'insert_submission_files',
  text: `INSERT INTO submission_files (workspace_id, id, submission_id, field_name, file_name, content_type, size_bytes, sha256, content, created_at)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
}

export interface SubmissionFile {
  id: string
  field_name: string
  file_name: string
  content_type: string
  content: Buffer
  sha256: Buffer
}

/** Stores the bytes of a file, one statement each: files are few and large. */
export async function insertSubmissionFile(
  tx: Tx,
  submissionId: string,
  file: SubmissionFile,
  at: string,
): Promise<void> {
  await tx.query(insertFilesStatement, [
    tx.workspaceId,
    file.id,
    submissionId,
    file.field_name,
    file.file_name,
    file.content_type,
    file.content.length,
    file.sha256,
    file.content,
    at,
  ])
}
