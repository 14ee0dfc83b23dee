/** Messages as due work: claim under a lease, every later write under the fence of the attempt number. */
import type { Statement, Tx } from '../../db/client.ts'
import type { MessageFacts } from '../../domain/mail/message-row.ts'
import { type MessageRow, RESUMED, toFacts } from './message-queries.ts'

// One step of the index for each workspace, however many mails wait in it; leases are few.
export const sweepDueMessages: Statement = {
  name: 'sweep_due_messages',
  text: `WITH RECURSIVE due AS (
      (SELECT workspace_id, due_at FROM messages WHERE state = 'planned' ORDER BY workspace_id, due_at LIMIT 1)
      UNION ALL
      SELECT n.workspace_id, n.due_at FROM due CROSS JOIN LATERAL (
        SELECT m.workspace_id, m.due_at FROM messages m WHERE m.state = 'planned' AND m.workspace_id > due.workspace_id
        ORDER BY m.workspace_id, m.due_at LIMIT 1) n)
    SELECT workspace_id FROM due WHERE due_at <= now()
    UNION SELECT workspace_id FROM messages WHERE state IN ('claimed', 'handed') AND lease_until < now() LIMIT $1`,
}

/**
 * Marketing mail of one person is handed over one after the other, in the order in which it became due: what waited for
 * the same hour would overtake one another side by side. A claim that is not committed yet shows the earlier mail as
 * planned, so two workers keep the order as well. What has to wait longer (a later moment) lets the others go first.
 */
const IS_FIRST_OF_PERSON = `NOT EXISTS (SELECT FROM messages e WHERE e.workspace_id = $1 AND e.lead_id = m.lead_id
          AND e.kind = 'marketing' AND e.state IN ('planned', 'claimed', 'handed') AND (e.due_at, e.id) < (m.due_at, m.id))`

// While marketing mail is paused, what has grown out of date is taken up all the same, to be told so.
const claimStatement: Statement = {
  name: 'claim_messages',
  text: `UPDATE messages SET state = 'claimed', lease_until = now() + $3 * interval '1 second', attempt = attempt + 1
    WHERE workspace_id = $1 AND id = ANY (ARRAY(
      SELECT id FROM messages m WHERE workspace_id = $1 AND state = 'planned' AND due_at <= now()
        AND ($4 OR kind = 'transactional' OR greatest(due_at, created_at) < $6::timestamptz)
        AND ($5::text[] = '{}' OR split_part(address_key, '@', 2) <> ALL($5))
        AND (kind = 'transactional' OR ${IS_FIRST_OF_PERSON})
      ORDER BY due_at LIMIT $2 FOR UPDATE SKIP LOCKED))
    RETURNING *`,
}

export interface Claim {
  limit: number
  leaseSeconds: number
  /** False while marketing mail is paused. */
  marketing: boolean
  /** Recipient domains that have enough mails in flight. */
  crowded: string[]
  /** Marketing mail of an earlier moment is out of date. */
  outOfDateBefore: Date
}

/** Takes due messages, the longest due first; each claim counts as an attempt even if the process dies. */
export async function claimMessages(
  tx: Tx,
  { limit, leaseSeconds, marketing, crowded, outOfDateBefore }: Claim,
): Promise<MessageFacts[]> {
  const values = [limit, leaseSeconds, marketing, crowded, outOfDateBefore.toISOString()]
  const rows = await tx.query<MessageRow>(claimStatement, [tx.workspaceId, ...values])
  // What was planned first goes first: mails of one person that waited for the same hour keep their order.
  return rows.map(toFacts).sort((a, b) => (a.due_at === b.due_at ? order(a.id, b.id) : order(a.due_at, b.due_at)))
}

const order = (a: string, b: string) => (a < b ? -1 : 1)

const abandonedStatement: Statement = {
  name: 'lock_abandoned_messages',
  text: `SELECT * FROM messages WHERE workspace_id = $1 AND state IN ('claimed', 'handed') AND lease_until < now()
    ORDER BY id LIMIT $2 FOR UPDATE SKIP LOCKED`,
}

/** Messages whose worker is gone, locked. */
export async function lockAbandoned(tx: Tx, limit: number): Promise<MessageFacts[]> {
  return (await tx.query<MessageRow>(abandonedStatement, [tx.workspaceId, limit])).map(toFacts)
}

const renewStatement: Statement = {
  name: 'renew_message_leases',
  text: `UPDATE messages AS m SET lease_until = now() + $4 * interval '1 second'
    FROM unnest($2::uuid[], $3::int[]) AS r (id, attempt)
    WHERE m.workspace_id = $1 AND m.id = r.id AND m.attempt = r.attempt AND m.state IN ('claimed', 'handed')`,
}

/** Keeps messages that are still being worked on. */
export async function renewLeases(
  tx: Tx,
  held: { id: string; attempt: number }[],
  leaseSeconds: number,
): Promise<void> {
  const values = [held.map(({ id }) => id), held.map(({ attempt }) => attempt), leaseSeconds]
  await tx.query(renewStatement, [tx.workspaceId, ...values])
}

const stillOursStatement: Statement = {
  name: 'lock_claimed_messages',
  text: `SELECT m.id FROM messages m JOIN unnest($2::uuid[], $3::int[]) AS r (id, attempt) ON m.id = r.id AND m.attempt = r.attempt
    WHERE m.workspace_id = $1 AND m.state = 'claimed' ORDER BY m.id FOR UPDATE OF m`,
}

/** Those of these messages that this attempt still holds, locked. */
export async function lockClaimed(tx: Tx, held: { id: string; attempt: number }[]): Promise<Set<string>> {
  const values = [tx.workspaceId, held.map(({ id }) => id), held.map(({ attempt }) => attempt)]
  return new Set((await tx.query<{ id: string }>(stillOursStatement, values)).map(({ id }) => id))
}

const freezeStatement: Statement = {
  name: 'freeze_messages',
  text: `UPDATE messages AS m SET subject = r.subject, rfc_message_id = r.rfc_message_id, content_hash = r.content_hash,
      template_version = r.template_version, sender_key = r.sender_key, locale = r.locale
    FROM jsonb_populate_recordset(null::messages, $2::jsonb) AS r
    WHERE m.workspace_id = $1 AND m.id = r.id AND m.attempt = r.attempt AND m.state = 'claimed' RETURNING m.id`,
}
const insertBodiesStatement: Statement = {
  name: 'insert_message_bodies',
  text: `INSERT INTO message_bodies (workspace_id, message_id, mime, links, created_at)
    SELECT $1, r.message_id, decode(r.mime, 'base64'), r.links, $3
    FROM jsonb_to_recordset($2::jsonb) AS r (message_id uuid, mime text, links jsonb) ON CONFLICT DO NOTHING`,
}

export interface FrozenMessage {
  id: string
  attempt: number
  subject: string
  rfc_message_id: string
  content_hash: string
  template_version: number | null
  sender_key: string | null
  locale: string
  mime: Uint8Array
  links: string[]
}

/** Stores renderings for good; returns the ids of the messages that this attempt still holds. */
export async function freezeMessages(tx: Tx, frozen: FrozenMessage[], now: Date): Promise<Set<string>> {
  if (frozen.length === 0) return new Set()
  const heads = frozen.map(({ mime: _, links: __, ...head }) => head)
  const written = await tx.query<{ id: string }>(freezeStatement, [tx.workspaceId, JSON.stringify(heads)])
  const ours = new Set(written.map(({ id }) => id))
  const bodies = frozen
    .filter(({ id }) => ours.has(id))
    .map(({ id, mime, links }) => ({ message_id: id, mime: Buffer.from(mime).toString('base64'), links }))
  await tx.query(insertBodiesStatement, [tx.workspaceId, JSON.stringify(bodies), now.toISOString()])
  return ours
}

const bodiesStatement: Statement = {
  name: 'list_message_bodies',
  text: 'SELECT message_id, mime, links FROM message_bodies WHERE workspace_id = $1 AND message_id = ANY($2::uuid[])',
}

/** Frozen renderings by message. */
export async function listBodies(tx: Tx, ids: string[]): Promise<Map<string, { mime: Buffer; links: string[] }>> {
  if (ids.length === 0) return new Map()
  const rows = await tx.query<{ message_id: string; mime: Buffer; links: string[] }>(bodiesStatement, [
    tx.workspaceId,
    ids,
  ])
  return new Map(rows.map(({ message_id, ...body }) => [message_id, body]))
}

/** What is written about a message when its state changes. */
export type MessageEnd = Pick<
  MessageFacts,
  | 'id'
  | 'attempt'
  | 'failures'
  | 'state'
  | 'reason'
  | 'decision'
  | 'due_at'
  | 'hand_overs'
  | 'smtp_response'
  | 'handed_at'
  | 'sent_at'
>

const endStatement: Statement = {
  name: 'end_messages',
  text: `UPDATE messages AS m SET state = r.state, reason = r.reason, decision = r.decision,
      due_at = CASE WHEN r.reason = 'paused' AND m.reason = '${RESUMED}' THEN $3 ELSE r.due_at END,
      hand_overs = r.hand_overs, failures = r.failures,
      smtp_response = r.smtp_response, handed_at = r.handed_at, sent_at = r.sent_at, updated_at = $3,
      lease_until = CASE WHEN r.state = 'handed' THEN m.lease_until END
    FROM jsonb_to_recordset($2::jsonb) AS r (id uuid, attempt int, failures int, state text, reason text, decision jsonb,
      due_at timestamptz, hand_overs int, smtp_response text, handed_at timestamptz, sent_at timestamptz)
    WHERE m.workspace_id = $1 AND m.id = r.id AND m.attempt = r.attempt AND m.state IN ('claimed', 'handed') RETURNING m.id`,
}

const endColumns = (end: MessageEnd): MessageEnd => ({
  id: end.id,
  attempt: end.attempt,
  failures: end.failures,
  state: end.state,
  reason: end.reason,
  decision: end.decision,
  due_at: end.due_at,
  hand_overs: end.hand_overs,
  smtp_response: end.smtp_response,
  handed_at: end.handed_at,
  sent_at: end.sent_at,
})

/** Writes new states; returns the ids of those that were still ours: a worker that lost its lease matches nothing. */
export async function endMessages(tx: Tx, ends: MessageEnd[], now: Date): Promise<Set<string>> {
  if (ends.length === 0) return new Set()
  // Callers hold whole messages; only what is written travels.
  const sorted = ends.toSorted((a, b) => (a.id < b.id ? -1 : 1)).map(endColumns)
  const rows = await tx.query<{ id: string }>(endStatement, [tx.workspaceId, JSON.stringify(sorted), now.toISOString()])
  return new Set(rows.map(({ id }) => id))
}
