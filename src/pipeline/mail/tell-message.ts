/** What a message leaves behind when its state changes: a change, a line of the timeline, the receipt of the decision. */
import type { ChangeType, PendingChange } from '../../changes/change.ts'
import { recordChanges } from '../../changes/record-change.ts'
import type { Statement, Tx } from '../../db/client.ts'
import { SEND_POLICY } from '../../domain/mail/decide-send.ts'
import type { MessageState } from '../../domain/mail/message.ts'
import { type MessageFacts, toMessage } from '../../domain/mail/message-row.ts'
import { newId } from '../../domain/new-id.ts'
import { insertRows } from '../desk-queries.ts'

const CHANGE_OF: Partial<Record<MessageState, ChangeType>> = {
  sent: 'message.sent',
  failed: 'message.failed',
  in_doubt: 'message.in_doubt',
  withheld: 'message.withheld',
}

const lockKeysStatement: Statement = {
  name: 'share_lead_keys',
  text: 'SELECT id FROM leads WHERE workspace_id = $1 AND id = ANY($2::uuid[]) ORDER BY id FOR KEY SHARE',
}

/** Leads come first in the order of locks; a line of the timeline needs theirs. */
export async function shareLeads(tx: Tx, messages: { lead_id: string | null }[]): Promise<void> {
  const ids = [...new Set(messages.flatMap(({ lead_id }) => lead_id ?? []))]
  if (ids.length > 0) await tx.query(lockKeysStatement, [tx.workspaceId, ids])
}

/** A change of messages in their new state, `former` in the order of `messages`. */
export function messageChange(type: ChangeType, message: MessageFacts, previous: object, now: Date): PendingChange {
  return {
    type,
    object_id: message.id,
    actor: message.actor,
    origin: message.origin,
    occurred_at: now.toISOString(),
    object: toMessage(message),
    changed_fields: Object.keys(previous),
    previous: { ...previous },
  }
}

/** Tells that messages have come to the end of sending; the leads of sent ones must be shared. */
export async function tellEnds(
  tx: Tx,
  ended: { before: MessageFacts; after: MessageFacts }[],
  now: Date,
): Promise<void> {
  const changes = ended.flatMap(({ before, after }) => {
    const type = CHANGE_OF[after.state]
    return type === undefined || after.state === before.state
      ? []
      : [messageChange(type, after, { state: before.state, reason: before.reason }, now)]
  })
  recordChanges(tx, changes)
  const after = ended.map((one) => one.after)
  const sent = after.filter(({ state }) => state === 'sent')
  const judged = after.filter(({ state }) => state === 'sent' || state === 'withheld')
  // Sent together: one round trip.
  await Promise.all([
    insertRows(
      tx,
      'activities',
      sent.flatMap((message) => activityOf(message, 'email_sent', now)),
    ),
    insertRows(
      tx,
      'receipts',
      judged.flatMap((message) => receiptOf(message, now)),
    ),
  ])
}

/** The line of a lead's timeline about a message; none for somebody who is no lead. */
export function activityOf(message: MessageFacts, type: string, now: Date, data: Record<string, unknown> = {}) {
  if (message.lead_id === null) return []
  return [
    {
      id: newId(),
      lead_id: message.lead_id,
      type,
      occurred_at: now.toISOString(),
      actor: message.actor,
      subject: message.subject,
      data: { message_id: message.id, template_key: message.template_key, ...data },
      receipt_id: null,
    },
  ]
}

function receiptOf(message: MessageFacts, now: Date) {
  if (message.lead_id === null) return []
  const { id, kind, purpose, state, reason, decision, template_key, template_version } = message
  return [
    {
      id: newId(),
      lead_id: message.lead_id,
      kind: 'send',
      decided_at: now.toISOString(),
      policy: decision?.policy ?? SEND_POLICY,
      inputs: { message_id: id, kind, purpose, template_key, template_version },
      outcome: {
        state,
        reason: reason ?? decision?.reason ?? null,
        consent_id: decision?.consent_id ?? null,
        suppression_id: decision?.suppression_id ?? null,
      },
      rejected: [],
    },
  ]
}
