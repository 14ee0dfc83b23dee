/** Statements that read what happened to a lead and why. */
import { type Db, readInWorkspace, type Statement } from '../../db/client.ts'
import type { ActivityFacts } from '../../domain/activity.ts'
import type { FieldSources } from '../../domain/lead.ts'

const timelineStatement: Statement = {
  name: 'list_lead_timeline',
  text: `SELECT id, lead_id, type, occurred_at, actor, subject, body, data, assignee_id, due_at, done_at, receipt_id, version,
      updated_at FROM activities
    WHERE workspace_id = $1 AND lead_id = $2 AND ($3::timestamptz IS NULL OR (occurred_at, id) < ($3, $4::uuid))
    ORDER BY occurred_at DESC, id DESC LIMIT $5`,
}

/** A page of a lead's timeline, newest first. */
export async function listTimeline(
  db: Db,
  workspaceId: string,
  leadId: string,
  before: [string, string] | null,
  limit: number,
): Promise<ActivityFacts[]> {
  const [at = null, id = null] = before ?? []
  return await readInWorkspace(db, workspaceId, timelineStatement, [workspaceId, leadId, at, id, limit])
}

const sourcesStatement: Statement = {
  name: 'find_field_sources',
  text: 'SELECT sources FROM lead_field_sources WHERE workspace_id = $1 AND lead_id = $2',
}

/** Where the fields of a lead come from; undefined when there is no such lead. */
export async function findFieldSources(db: Db, workspaceId: string, leadId: string): Promise<FieldSources | undefined> {
  const [row] = await readInWorkspace<{ sources: FieldSources }>(db, workspaceId, sourcesStatement, [
    workspaceId,
    leadId,
  ])
  return row?.sources
}

export interface ReceiptRow {
  id: string
  lead_id: string | null
  kind: string
  decided_at: string
  policy: string
  inputs: Record<string, unknown>
  outcome: Record<string, unknown>
  rejected: Record<string, unknown>[]
}

const RECEIPT_COLUMNS = 'id, lead_id, kind, decided_at, policy, inputs, outcome, rejected'

const findReceiptStatement: Statement = {
  name: 'find_receipt',
  text: `SELECT ${RECEIPT_COLUMNS} FROM receipts WHERE workspace_id = $1 AND id = $2`,
}

/** One receipt. */
export async function findReceipt(db: Db, workspaceId: string, id: string): Promise<ReceiptRow | undefined> {
  const [row] = await readInWorkspace<ReceiptRow>(db, workspaceId, findReceiptStatement, [workspaceId, id])
  return row
}

const listReceiptsStatement: Statement = {
  name: 'list_lead_receipts',
  text: `SELECT ${RECEIPT_COLUMNS} FROM receipts
    WHERE workspace_id = $1 AND lead_id = $2 AND ($3::timestamptz IS NULL OR (decided_at, id) < ($3, $4::uuid))
    ORDER BY decided_at DESC, id DESC LIMIT $5`,
}

/** A page of the decisions about a lead, newest first. */
export async function listReceipts(
  db: Db,
  workspaceId: string,
  leadId: string,
  before: [string, string] | null,
  limit: number,
): Promise<ReceiptRow[]> {
  const [at = null, id = null] = before ?? []
  return await readInWorkspace(db, workspaceId, listReceiptsStatement, [workspaceId, leadId, at, id, limit])
}
