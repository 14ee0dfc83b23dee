/** Statements that plan messages and end them before they are sent. */
import type { Statement, Tx } from '../../db/client.ts'
import type { MessageFacts } from '../../domain/mail/message-row.ts'

const insertStatement: Statement = {
  name: 'insert_messages',
  text: `INSERT INTO messages SELECT * FROM jsonb_populate_recordset(null::messages, $1::jsonb)
    ON CONFLICT (workspace_id, dedupe_key) DO NOTHING RETURNING id`,
}

/** Inserts messages; returns the ids of those whose key was new. */
export async function insertMessages(tx: Tx, rows: MessageFacts[]): Promise<Set<string>> {
  // In the order of their keys: two planners of the same steps wait for each other in one order.
  const sorted = rows.toSorted((a, b) => (a.dedupe_key < b.dedupe_key ? -1 : 1))
  const values = sorted.map((row) => filled({ workspace_id: tx.workspaceId, ...row }))
  const inserted = await tx.query<{ id: string }>(insertStatement, [JSON.stringify(values)])
  return new Set(inserted.map(({ id }) => id))
}

/** A row without what is null in it: left out is null too, and half of a new message is, which cost a third of its insert. */
const filled = (row: object) => Object.fromEntries(Object.entries(row).filter(([, value]) => value !== null))

const byKeyStatement: Statement = {
  name: 'list_messages_by_key',
  text: 'SELECT * FROM messages WHERE workspace_id = $1 AND dedupe_key = ANY($2::text[])',
}

/** The messages that stand for these keys. */
export async function listMessagesByKey(tx: Tx, keys: string[]): Promise<MessageFacts[]> {
  if (keys.length === 0) return []
  return (await tx.query<MessageRow>(byKeyStatement, [tx.workspaceId, keys])).map(toFacts)
}

const addressesStatement: Statement = {
  name: 'list_addresses_of_leads',
  text: 'SELECT id, email, full_name AS name FROM leads WHERE workspace_id = $1 AND id = ANY($2::uuid[])',
}

/** Where mail to these leads goes now. */
export async function listAddressesOf(
  tx: Tx,
  leadIds: string[],
): Promise<{ id: string; email: string | null; name: string | null }[]> {
  return leadIds.length === 0 ? [] : await tx.query(addressesStatement, [tx.workspaceId, leadIds])
}

const cancelStatement: Statement = {
  name: 'cancel_messages_of_enrollments',
  text: `UPDATE messages SET state = 'canceled', reason = $3, updated_at = $4, lease_until = NULL
    WHERE workspace_id = $1 AND enrollment_id = ANY($2::uuid[]) AND lead_id IS NOT NULL AND state IN ('planned', 'claimed')
    RETURNING id`,
}

/** Cancels what some enrollments have not handed over to their leads yet; what sellers are told goes. Returns how many. */
export async function cancelMessagesOf(tx: Tx, enrollmentIds: string[], reason: string, now: Date): Promise<number> {
  if (enrollmentIds.length === 0) return 0
  return (await tx.query(cancelStatement, [tx.workspaceId, enrollmentIds, reason, now.toISOString()])).length
}

/** Says of a mail that a worker holds that its enrollment goes on: who has read the pause puts it back for now. */
export const RESUMED = 'resumed'

const wakeStatement: Statement = {
  name: 'wake_messages_of_enrollment',
  text: `UPDATE messages SET due_at = CASE state WHEN 'planned' THEN $3 ELSE due_at END,
      reason = CASE state WHEN 'planned' THEN reason ELSE '${RESUMED}' END, updated_at = $3
    WHERE workspace_id = $1 AND enrollment_id = $2 AND (state = 'planned' AND reason = 'paused' OR state = 'claimed')`,
}

/** Mails that were held because their enrollment was paused are looked at again now, also those just about to be held. */
export async function wakeMessagesOf(tx: Tx, enrollmentId: string, now: Date): Promise<void> {
  await tx.query(wakeStatement, [tx.workspaceId, enrollmentId, now.toISOString()])
  tx.announce('messages')
}

export type MessageRow = MessageFacts & { workspace_id: string }

/** A row without its tenant. */
export const toFacts = ({ workspace_id: _, ...message }: MessageRow): MessageFacts => message
