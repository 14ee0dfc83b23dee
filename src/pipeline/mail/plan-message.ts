/** The one way to a mail: a row that says what to send to whom and when. Sending is due work of its own. */
import type { Tx } from '../../db/client.ts'
import { type MessageContent, type MessageKind, NO_TALLY } from '../../domain/mail/message.ts'
import type { MessageFacts } from '../../domain/mail/message-row.ts'
import { newId } from '../../domain/new-id.ts'
import { normalizeEmail } from '../../domain/normalize/email.ts'
import { insertMessages, listAddressesOf, listMessagesByKey } from './message-queries.ts'

export interface MessagePlan {
  /** Makes the row unique: `enrollment:<uuid>:<step>`, `confirmation:<uuid>`; the same key again plans nothing new. */
  key: string
  kind: MessageKind
  /** Purpose of the consent that marketing needs; for transactional mail what it is for. */
  purpose: string
  /** The lead it goes to; null for somebody who is none (a seller), then `to` says who. */
  lead_id: string | null
  /** Left out: the address that the lead has now; without one it is a mail to nobody. */
  to?: { email: string | null; name: string | null }
  /** One of both: a template, or subject and bodies in Liquid. */
  template_key?: string
  content?: MessageContent
  sender_key?: string | null
  /** Left out: the language of the lead. */
  locale?: string | null
  /** What the template reads as `data`. */
  data?: Record<string, unknown>
  /** Left out: at once. */
  due_at?: string
  sequence_key?: string
  enrollment_id?: string
  step_key?: string
  variant?: string
  actor: string
  origin?: string | null
}

export interface PlannedMessage {
  /** Of the row that stands for this key, whoever planned it. */
  id: string
  created: boolean
  message: MessageFacts
}

/** Plans one mail; see planMessages. */
export async function planMessage(tx: Tx, plan: MessagePlan, now: Date): Promise<PlannedMessage> {
  const [planned] = await planMessages(tx, [plan], now)
  if (planned === undefined) throw new Error('one plan has one message')
  return planned
}

/**
 * Plans mails in the caller's transaction: exactly one row for each key, however often and by whomever it is planned.
 * A mail to nobody is a row too, withheld with its reason. Hint the work kind `messages` after the commit.
 */
export async function planMessages(tx: Tx, plans: MessagePlan[], now: Date): Promise<PlannedMessage[]> {
  if (plans.length === 0) return []
  const unknown = plans.filter((plan) => plan.to === undefined).flatMap((plan) => plan.lead_id ?? [])
  const addresses = new Map((await listAddressesOf(tx, unknown)).map((lead) => [lead.id, lead]))
  const rows = plans.map((plan) => rowOf(plan, plan.to ?? addresses.get(plan.lead_id ?? '') ?? null, now))
  const created = await insertMessages(tx, rows)
  tx.announce('messages')
  // What was new is as it was written; only what somebody had planned before has to be read.
  const known = await listMessagesByKey(
    tx,
    rows.filter(({ id }) => !created.has(id)).map(({ dedupe_key }) => dedupe_key),
  )
  const stored = new Map([...rows.filter(({ id }) => created.has(id)), ...known].map((row) => [row.dedupe_key, row]))
  return plans.map(({ key }) => {
    const message = stored.get(key)
    if (message === undefined) throw new Error('a planned message has a row')
    return { id: message.id, created: created.has(message.id), message }
  })
}

function rowOf(plan: MessagePlan, to: { email: string | null; name: string | null } | null, now: Date): MessageFacts {
  const at = now.toISOString()
  const email = to?.email == null ? null : normalizeEmail(to.email)
  const fault = email === null ? 'no_address' : email.ok ? null : 'address_invalid'
  return {
    id: newId(),
    dedupe_key: plan.key,
    kind: plan.kind,
    purpose: plan.purpose,
    lead_id: plan.lead_id,
    to_email: email?.ok === true ? email.value : (to?.email ?? null),
    to_name: to?.name ?? null,
    address_key: email?.ok === true ? email.match_key : null,
    sender_key: plan.sender_key ?? null,
    template_key: plan.template_key ?? null,
    template_version: null,
    content: plan.content ?? null,
    locale: plan.locale ?? null,
    data: plan.data ?? {},
    sequence_key: plan.sequence_key ?? null,
    enrollment_id: plan.enrollment_id ?? null,
    step_key: plan.step_key ?? null,
    variant: plan.variant ?? null,
    state: fault === null ? 'planned' : 'withheld',
    reason: fault,
    decision: null,
    due_at: plan.due_at ?? at,
    lease_until: null,
    attempt: 0,
    failures: 0,
    hand_overs: 0,
    subject: null,
    rfc_message_id: null,
    content_hash: null,
    smtp_response: null,
    tally: NO_TALLY,
    actor: plan.actor,
    origin: plan.origin ?? null,
    created_at: at,
    updated_at: at,
    handed_at: null,
    sent_at: null,
    resolved_by: null,
  }
}
