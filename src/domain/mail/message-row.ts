// A message as it is stored, and as the world sees it: the same in answers, in the change feed and in webhooks.
import { encodeTypeId, type IdKind } from '../type-id.ts'
import type { MessageContent, MessageDecision, MessageKind, MessageState, MessageTally } from './message.ts'

export interface MessageFacts {
  id: string
  dedupe_key: string
  kind: MessageKind
  purpose: string
  lead_id: string | null
  to_email: string | null
  to_name: string | null
  address_key: string | null
  sender_key: string | null
  template_key: string | null
  template_version: number | null
  content: MessageContent | null
  locale: string | null
  data: Record<string, unknown>
  sequence_key: string | null
  enrollment_id: string | null
  step_key: string | null
  variant: string | null
  state: MessageState
  reason: string | null
  decision: MessageDecision | null
  due_at: string
  lease_until: string | null
  attempt: number
  failures: number
  hand_overs: number
  subject: string | null
  rfc_message_id: string | null
  content_hash: string | null
  smtp_response: string | null
  tally: MessageTally
  actor: string
  origin: string | null
  created_at: string
  updated_at: string
  handed_at: string | null
  sent_at: string | null
  resolved_by: string | null
}

const wireId = (kind: IdKind, id: string | null) => (id === null ? null : encodeTypeId(kind, id))

/** The wire form of a message. */
export function toMessage(row: MessageFacts) {
  const { decision, tally } = row
  return {
    id: encodeTypeId('message', row.id),
    kind: row.kind,
    purpose: row.purpose,
    state: row.state,
    reason: row.reason,
    lead_id: wireId('lead', row.lead_id),
    to_email: row.to_email,
    to_name: row.to_name,
    sender_key: row.sender_key,
    template_key: row.template_key,
    template_version: row.template_version,
    locale: row.locale,
    subject: row.subject,
    sequence_key: row.sequence_key,
    enrollment_id: wireId('enrollment', row.enrollment_id),
    step_key: row.step_key,
    variant: row.variant,
    due_at: row.due_at,
    attempt: row.attempt,
    rfc_message_id: row.rfc_message_id,
    content_hash: row.content_hash,
    smtp_response: row.smtp_response,
    decision:
      decision === null
        ? null
        : {
            ...decision,
            consent_id: wireId('consent', decision.consent_id),
            suppression_id: wireId('suppression', decision.suppression_id),
          },
    tally,
    actor: row.actor,
    resolved_by: row.resolved_by,
    created_at: row.created_at,
    updated_at: row.updated_at,
    handed_at: row.handed_at,
    sent_at: row.sent_at,
  }
}
