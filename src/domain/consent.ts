// Consent is a ledger: every grant and every withdrawal is an entry of its own, with the proof of what was read. Whether
// somebody may be contacted is never stored; it is decided from the entries, as of any moment. Silence is no withdrawal:
// a check box that a returning person leaves empty changes nothing.

export const CONSENT_CHANNELS = ['email', 'phone', 'sms', 'whatsapp', 'post', 'any'] as const
export type ConsentChannel = (typeof CONSENT_CHANNELS)[number]

export const CONSENT_ACTIONS = ['granted', 'withdrawn'] as const
export type ConsentAction = (typeof CONSENT_ACTIONS)[number]

/** Purpose of a withdrawal of everything. Consent itself must be specific, so nothing can be granted for it. */
export const EVERY_PURPOSE = 'all'

/** Version of this rule, named in every decision. */
export const CONSENT_POLICY = 'consent@1'

/** What the decision needs to know of an entry. */
export interface ConsentFacts {
  id: string
  purpose: string
  channel: string
  action: ConsentAction
  /** RFC 3339 in UTC with milliseconds. */
  occurred_at: string
  /** A grant ends by itself at this moment; null means it lasts until it is withdrawn. */
  expires_at: string | null
}

export interface ConsentQuestion {
  purpose: string
  channel: string
  at: Date
}

export type ConsentReason = 'granted' | 'withdrawn' | 'expired' | 'never_granted'

export interface ConsentVerdict<Entry> {
  allowed: boolean
  reason: ConsentReason
  /** The entry that decided; null when there is none. */
  decided_by: Entry | null
  /** All entries that were considered, oldest first. */
  chain: Entry[]
  policy: string
}

/**
 * May we contact this person for a purpose on a channel at a moment? The latest entry up to that moment which covers
 * purpose and channel decides; of two at the same moment the withdrawal does. An entry for channel `any` covers every
 * channel, a withdrawal for purpose `all` every purpose.
 */
export function decideConsent<Entry extends ConsentFacts>(
  entries: readonly Entry[],
  { purpose, channel, at }: ConsentQuestion,
): ConsentVerdict<Entry> {
  const moment = at.toISOString()
  const chain = entries
    .filter((entry) => entry.occurred_at <= moment && covers(entry, purpose, channel))
    .toSorted(inOrder)
  const last = chain.at(-1)
  const reason = reasonOf(last, moment)
  return { allowed: reason === 'granted', reason, decided_by: last ?? null, chain, policy: CONSENT_POLICY }
}

function covers(entry: ConsentFacts, purpose: string, channel: string): boolean {
  const samePurpose = entry.purpose === purpose || (entry.action === 'withdrawn' && entry.purpose === EVERY_PURPOSE)
  return samePurpose && (entry.channel === channel || entry.channel === 'any')
}

function inOrder(a: ConsentFacts, b: ConsentFacts): number {
  const rank = (entry: ConsentFacts) => `${entry.occurred_at} ${entry.action === 'withdrawn' ? 1 : 0} ${entry.id}`
  return rank(a) < rank(b) ? -1 : 1
}

function reasonOf(last: ConsentFacts | undefined, moment: string): ConsentReason {
  if (last === undefined) return 'never_granted'
  if (last.action === 'withdrawn') return 'withdrawn'
  return last.expires_at !== null && last.expires_at <= moment ? 'expired' : 'granted'
}
