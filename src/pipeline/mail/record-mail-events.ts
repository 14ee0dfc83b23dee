/** What is told about a message after it left: each event once, its tally, its change, and what follows from it. */
import type { ChangeType } from '../../changes/change.ts'
import { recordChanges } from '../../changes/record-change.ts'
import type { Statement, Tx } from '../../db/client.ts'
import { addToTally, type MailEvent } from '../../domain/mail/mail-event.ts'
import type { MessageFacts } from '../../domain/mail/message-row.ts'
import { newId } from '../../domain/new-id.ts'
import { insertRows } from '../desk-queries.ts'
import { markWork } from '../mark-work.ts'
import { lockMailGate } from './mail-gate.ts'
import { type MessageRow, toFacts } from './message-queries.ts'
import { suppress } from './suppress.ts'
import { activityOf, messageChange, shareLeads } from './tell-message.ts'
import { watchComplaints } from './watch-complaints.ts'

const CHANGE_OF: Partial<Record<MailEvent['type'], ChangeType>> = {
  delivered: 'message.delivered',
  clicked: 'message.clicked',
  bounced: 'message.bounced',
  complained: 'message.complained',
  replied: 'message.replied',
}

/** Lines of the timeline: what the person did, and what keeps mail from reaching them. */
const ACTIVITY_OF: Partial<Record<MailEvent['type'], string>> = {
  clicked: 'email_clicked',
  bounced: 'email_bounced',
  complained: 'email_complained',
  replied: 'email_replied',
  unsubscribed: 'email_unsubscribed',
}

/** From this percentage on a machine counts as having done it. */
export const MACHINE_PERCENT = 50

const findStatement: Statement = {
  name: 'list_messages_of_events',
  text: 'SELECT * FROM messages WHERE workspace_id = $1 AND id = ANY($2::uuid[])',
}
const lockStatement: Statement = {
  name: 'lock_messages_of_events',
  text: `${findStatement.text} ORDER BY id FOR UPDATE`,
}
const insertStatement: Statement = {
  name: 'insert_message_events',
  text: `INSERT INTO message_events SELECT * FROM jsonb_populate_recordset(null::message_events, $1::jsonb)
    ON CONFLICT (workspace_id, dedupe_key) DO NOTHING RETURNING dedupe_key`,
}
const tallyStatement: Statement = {
  name: 'write_message_tallies',
  text: `UPDATE messages AS m SET tally = r.tally, updated_at = $3
    FROM jsonb_populate_recordset(null::messages, $2::jsonb) AS r WHERE m.workspace_id = $1 AND m.id = r.id`,
}

/** Records events of messages of this workspace; unknown messages and repeated events change nothing. Returns what was new. */
export async function recordMailEvents(tx: Tx, events: MailEvent[], now: Date): Promise<MailEvent[]> {
  if (events.length === 0) return []
  const ids = [...new Set(events.map((event) => event.message_id))]
  const known = await tx.query<MessageRow>(findStatement, [tx.workspaceId, ids])
  await shareLeads(tx, known)
  // Before the messages, in the order of locks that the judge has too.
  await markWork(tx, [...new Set(known.flatMap(({ lead_id }) => lead_id ?? []))].sort(), 'mail')
  if (events.some(({ type }) => type === 'bounced' || type === 'complained')) await lockMailGate(tx)
  const messages = new Map(
    (await tx.query<MessageRow>(lockStatement, [tx.workspaceId, ids])).map((row) => [row.id, toFacts(row)]),
  )
  const fresh = await insertEvents(
    tx,
    events.filter(({ message_id }) => messages.has(message_id)),
  )
  for (const event of fresh) {
    const message = messages.get(event.message_id)
    if (message !== undefined) await follow(tx, event, message, messages, now)
  }
  const touched = [...new Set(fresh.map(({ message_id }) => message_id))].flatMap((id) => messages.get(id) ?? [])
  if (touched.length === 0) return []
  const tallies = touched.map(({ id, tally }) => ({ id, tally }))
  await tx.query(tallyStatement, [tx.workspaceId, JSON.stringify(tallies), now.toISOString()])
  if (fresh.some(({ type }) => type === 'complained')) await watchComplaints(tx, now)
  return fresh
}

async function insertEvents(tx: Tx, events: MailEvent[]): Promise<MailEvent[]> {
  const once = [...new Map(events.map((event) => [event.dedupe_key, event])).values()]
  if (once.length === 0) return []
  const rows = once.map((event) => ({
    workspace_id: tx.workspaceId,
    id: newId(),
    message_id: event.message_id,
    type: event.type,
    occurred_at: event.occurred_at,
    machine_percent: event.machine_percent ?? 0,
    url: event.url ?? null,
    data: event.data ?? {},
    dedupe_key: event.dedupe_key,
  }))
  const inserted = await tx.query<{ dedupe_key: string }>(insertStatement, [JSON.stringify(rows)])
  const fresh = new Set(inserted.map(({ dedupe_key }) => dedupe_key))
  return once.filter(({ dedupe_key }) => fresh.has(dedupe_key))
}

/** What one new event means for its message: `messages` gets the new tally. */
async function follow(
  tx: Tx,
  event: MailEvent,
  message: MessageFacts,
  messages: Map<string, MessageFacts>,
  now: Date,
): Promise<void> {
  const byMachine = (event.machine_percent ?? 0) >= MACHINE_PERCENT
  const after = { ...message, tally: addToTally(message.tally, event, byMachine) }
  messages.set(message.id, after)
  const change = CHANGE_OF[event.type]
  if (change !== undefined && !byMachine)
    recordChanges(tx, [messageChange(change, after, { tally: message.tally }, now)])
  const activity = ACTIVITY_OF[event.type]
  if (activity !== undefined && !byMachine) {
    const details = event.url === undefined ? {} : { url: event.url }
    await insertRows(tx, 'activities', activityOf(after, activity, now, details))
  }
  await suppressAfter(tx, event, after, now)
}

async function suppressAfter(tx: Tx, event: MailEvent, message: MessageFacts, now: Date): Promise<void> {
  const isDead = event.type === 'bounced' && event.data?.['dead_mailbox'] === true
  const { address_key: value, to_email: shown } = message
  if (value === null || shown === null || !(isDead || event.type === 'complained')) return
  const reason = isDead ? ('hard_bounce' as const) : ('complaint' as const)
  const wanted = { kind: 'address' as const, shown, value, scope: 'all' as const, purpose: '', reason }
  await suppress(tx, [{ ...wanted, actor: 'system', message_id: message.id }], null, now)
}
