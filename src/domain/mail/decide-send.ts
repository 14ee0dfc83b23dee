// May this mail be handed over now? Asked when it is taken up, and again in the transaction that marks the hand-over, of
// the facts as they are committed then. Marketing needs a consent that stands at that moment; transactional mail needs
// none. A suppression forbids whatever it covers. What comes too early waits; marketing that stood still for too long does
// not go any more.
import { type ConsentFacts, decideConsent } from '../consent.ts'
import type { MessageDecision, MessageKind, WithholdReason } from './message.ts'
import { earliestSend, outOfDateBefore, type SendRules } from './send-window.ts'
import { findSuppression, type SuppressionFacts } from './suppression.ts'

/** Version of this rule, named in every decision. */
export const SEND_POLICY = 'send@2'

export interface SendFacts {
  kind: MessageKind
  purpose: string
  /** As suppressions know it; null when there is no address. */
  address_key: string | null
  /** Null for somebody who is no lead. */
  lead: { archived: boolean } | null
  /** The moment that it was for: a mail that was planned for an earlier one than that of its plan was for that of its plan. */
  since: Date
  /** Its sequence has been paused for this lead. */
  is_paused: boolean
  consents: readonly ConsentFacts[]
  suppressions: readonly SuppressionFacts[]
  /** When the person was handed marketing mail lately. */
  handed_at: readonly Date[]
  time_zone: string
  rules: SendRules
}

export type SendVerdict =
  | { outcome: 'send'; decision: MessageDecision }
  | { outcome: 'wait'; until: Date; decision: MessageDecision }
  | { outcome: 'withhold'; reason: WithholdReason; decision: MessageDecision }

/** Whoever goes on wakes the mails that were held; this is for those that nobody woke. */
const PAUSE_MS = 900_000

/** Decides about one mail. */
export function decideSend(facts: SendFacts, now: Date): SendVerdict {
  const at = now.toISOString()
  const base = { policy: SEND_POLICY, at, consent_id: null, suppression_id: null, recent: facts.handed_at.length }
  const withhold = (reason: WithholdReason, more: Partial<MessageDecision> = {}): SendVerdict => ({
    outcome: 'withhold',
    reason,
    decision: { ...base, ...more, allowed: false, reason },
  })
  const { address_key, kind, purpose, lead } = facts
  if (address_key === null) return withhold('no_address')
  const suppression = findSuppression(facts.suppressions, { address_key, kind, purpose })
  if (suppression !== undefined) return withhold('suppressed', { suppression_id: suppression.id })
  if (facts.is_paused) {
    const until = new Date(now.getTime() + PAUSE_MS)
    return { outcome: 'wait', until, decision: { ...base, allowed: false, reason: 'paused' } }
  }
  if (kind === 'transactional')
    return { outcome: 'send', decision: { ...base, allowed: true, reason: 'transactional' } }
  if (lead?.archived === true) return withhold('lead_archived')
  const consent = decideConsent(facts.consents, { purpose, channel: 'email', at: now })
  const consent_id = consent.decided_by?.id ?? null
  if (!consent.allowed) return withhold(WITHHELD_BY_CONSENT[consent.reason], { consent_id })
  if (facts.since < outOfDateBefore(facts.rules, now)) return withhold('out_of_date', { consent_id })
  const until = earliestSend(facts.rules, facts.handed_at, facts.time_zone, now)
  if (until > now) {
    const reason =
      earliestSend({ ...facts.rules, caps: [] }, [], facts.time_zone, now) > now ? 'quiet_hours' : 'frequency_cap'
    return { outcome: 'wait', until, decision: { ...base, consent_id, allowed: false, reason } }
  }
  return { outcome: 'send', decision: { ...base, consent_id, allowed: true, reason: 'consent' } }
}

const WITHHELD_BY_CONSENT = {
  granted: 'no_consent',
  never_granted: 'no_consent',
  withdrawn: 'consent_withdrawn',
  expired: 'consent_expired',
} as const
