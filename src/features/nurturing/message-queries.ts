/** Statements that read messages, their events and bodies. */
import { type Db, readInWorkspace, type Statement, type Tx } from '../../db/client.ts'
import type { MessageFacts } from '../../domain/mail/message-row.ts'
import { type MessageRow, toFacts } from '../../pipeline/mail/message-queries.ts'

const findStatement: Statement = {
  name: 'find_message',
  text: 'SELECT * FROM messages WHERE workspace_id = $1 AND id = $2',
}

/** One message. */
export async function findMessage(db: Db, workspaceId: string, id: string): Promise<MessageFacts | undefined> {
  const [row] = await readInWorkspace<MessageRow>(db, workspaceId, findStatement, [workspaceId, id])
  return row && toFacts(row)
}

const lockStatement: Statement = { name: 'lock_message', text: `${findStatement.text} FOR UPDATE` }

/** One message, locked until the transaction ends. */
export async function lockMessage(tx: Tx, id: string): Promise<MessageFacts | undefined> {
  const [row] = await tx.query<MessageRow>(lockStatement, [tx.workspaceId, id])
  return row && toFacts(row)
}

export interface MessageFilter {
  state: string[]
  lead_id: string | null
  enrollment_id: string | null
  template_key: string | null
}

const listStatement: Statement = {
  name: 'list_messages',
  text: `SELECT * FROM messages WHERE workspace_id = $1
    AND ($2::text[] = '{}' OR state = ANY($2)) AND ($3::uuid IS NULL OR lead_id = $3)
    AND ($4::uuid IS NULL OR enrollment_id = $4) AND ($5::text IS NULL OR template_key = $5)
    AND ($6::timestamptz IS NULL OR (created_at, id) < ($6, $7::uuid)) ORDER BY created_at DESC, id DESC LIMIT $8`,
}

/** Messages, newest first. */
export async function listMessages(
  db: Db,
  workspaceId: string,
  filter: MessageFilter,
  before: [string, string] | null,
  limit: number,
): Promise<MessageFacts[]> {
  const { state, lead_id, enrollment_id, template_key } = filter
  const [at = null, id = null] = before ?? []
  const values = [workspaceId, state, lead_id, enrollment_id, template_key, at, id, limit]
  return (await readInWorkspace<MessageRow>(db, workspaceId, listStatement, values)).map(toFacts)
}

const resolveStatement: Statement = {
  name: 'resolve_message',
  text: `UPDATE messages SET state = $3, reason = $4, due_at = $5, sent_at = $6, resolved_by = $7, updated_at = $5, lease_until = NULL
    WHERE workspace_id = $1 AND id = $2`,
}

/** Writes what somebody decided about a message. */
export async function resolveMessageRow(tx: Tx, message: MessageFacts, at: string): Promise<void> {
  const { id, state, reason, sent_at, resolved_by } = message
  await tx.query(resolveStatement, [tx.workspaceId, id, state, reason, at, sent_at, resolved_by])
}

export interface MessageEventRow {
  id: string
  message_id: string
  type: string
  occurred_at: string
  machine_percent: number
  url: string | null
  data: Record<string, unknown>
}

const eventsStatement: Statement = {
  name: 'list_message_events',
  text: `SELECT id, message_id, type, occurred_at, machine_percent, url, data FROM message_events WHERE workspace_id = $1 AND message_id = $2
    AND ($3::timestamptz IS NULL OR (occurred_at, id) > ($3, $4::uuid)) ORDER BY occurred_at, id LIMIT $5`,
}

/** What happened to a message, oldest first. */
export async function listMessageEvents(
  db: Db,
  workspaceId: string,
  messageId: string,
  after: [string, string] | null,
  limit: number,
): Promise<MessageEventRow[]> {
  const [at = null, id = null] = after ?? []
  return await readInWorkspace(db, workspaceId, eventsStatement, [workspaceId, messageId, at, id, limit])
}

const bodyStatement: Statement = {
  name: 'find_message_body',
  text: 'SELECT mime, links FROM message_bodies WHERE workspace_id = $1 AND message_id = $2',
}

/** The frozen rendering of a message. */
export async function findMessageBody(
  db: Db,
  workspaceId: string,
  messageId: string,
): Promise<{ mime: Buffer; links: string[] } | undefined> {
  const [row] = await readInWorkspace<{ mime: Buffer; links: string[] }>(db, workspaceId, bodyStatement, [
    workspaceId,
    messageId,
  ])
  return row
}

const sourcesStatement: Statement = {
  name: 'find_message_sources',
  text: `SELECT EXISTS (SELECT 1 FROM templates WHERE workspace_id = $1 AND template_key = $2 AND NOT deleted) AS template,
    EXISTS (SELECT 1 FROM mail_senders WHERE workspace_id = $1 AND sender_key = $3) AS sender,
    EXISTS (SELECT 1 FROM leads WHERE workspace_id = $1 AND id = $4::uuid) AS lead`,
}

/** Which of the things that a mail names are there. */
export async function findSources(
  tx: Tx,
  templateKey: string | null,
  senderKey: string | null,
  leadId: string | null,
): Promise<{ template: boolean; sender: boolean; lead: boolean }> {
  const values = [tx.workspaceId, templateKey, senderKey, leadId]
  const [row] = await tx.query<{ template: boolean; sender: boolean; lead: boolean }>(sourcesStatement, values)
  return row ?? { template: false, sender: false, lead: false }
}

const countStatement: Statement = {
  name: 'count_messages_by_state',
  text: `SELECT state, count(*)::int AS count FROM (SELECT state FROM messages WHERE workspace_id = $1
    AND state IN ('planned', 'claimed', 'handed', 'in_doubt') LIMIT 100000) m GROUP BY state`,
}

/** Messages that are not at their end, by state; counted up to 100,000. */
export async function countOpenMessages(db: Db, workspaceId: string): Promise<Record<string, number>> {
  const rows = await readInWorkspace<{ state: string; count: number }>(db, workspaceId, countStatement, [workspaceId])
  return Object.fromEntries(rows.map(({ state, count }) => [state, count]))
}
