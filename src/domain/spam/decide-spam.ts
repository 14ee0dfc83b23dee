// Spam is judged before anybody is looked up, so that a robot never touches a lead. The verdict adds up signs; what is
// doubtful waits in quarantine and can be released: nothing is ever refused or deleted for being spam.

import type { SpamSettings, SpamSignal } from './spam-settings.ts'
import { EXPIRED_OPTIONAL_TOKEN_WEIGHT, SPAM_WEIGHTS, USUAL_LINKS, USUAL_REPEATS } from './spam-weights.ts'

/** Version of this rule, written to receipts. */
export const SPAM_POLICY = 'spam@1'

export type ChallengeState = 'not_asked' | 'missing' | 'solved' | 'failed' | 'unavailable'

/** Everything that the verdict rests on; stored with it, so that it can be explained and repeated. */
export interface SpamFacts {
  honeypot_filled: boolean
  token: 'absent' | 'valid' | 'forged' | 'other_form' | 'expired' | 'reused'
  /** When the form was rendered, RFC 3339; null without a believable token. */
  token_issued_at: string | null
  challenge: ChallengeState
  /** Submissions of this form up to and with this one: from its network and in all, in one rate window. */
  network_count: number
  form_count: number
  /** Submissions of this form with the same long text, in one day. */
  text_count: number
  disposable_email: boolean
  links: number
  link_in_name: boolean
  markup: boolean
}

export interface SpamReason {
  code: SpamSignal
  weight: number
}

export interface SpamVerdict {
  verdict: 'clean' | 'quarantine'
  score: number
  reasons: SpamReason[]
}

/** What is kept of a decision that found anything. */
export interface SpamRecord extends SpamVerdict {
  facts: SpamFacts
}

/** The verdict about a submission that arrived at `now`. */
export function decideSpam(facts: SpamFacts, settings: SpamSettings, now: Date): SpamVerdict {
  const reasons = signalsOf(facts, settings, now)
    .map((code) => ({ code, weight: weightOf(code, settings) }))
    .filter(({ weight }) => weight > 0)
  const score = reasons.reduce((sum, { weight }) => sum + weight, 0)
  return { verdict: score >= settings.quarantine_at ? 'quarantine' : 'clean', score, reasons }
}

function weightOf(code: SpamSignal, settings: SpamSettings): number {
  const own = settings.weights[code]
  if (own !== undefined) return own
  return code === 'token_expired' && !needsToken(settings) ? EXPIRED_OPTIONAL_TOKEN_WEIGHT : SPAM_WEIGHTS[code]
}

/** The token is also the salt of the proof of work. */
const needsToken = (settings: SpamSettings) => settings.require_token || settings.challenge === 'proof_of_work'

function signalsOf(facts: SpamFacts, settings: SpamSettings, now: Date): SpamSignal[] {
  const found: Partial<Record<SpamSignal, boolean>> = {
    honeypot_filled: facts.honeypot_filled,
    token_missing: facts.token === 'absent' && needsToken(settings),
    token_forged: facts.token === 'forged',
    token_of_other_form: facts.token === 'other_form',
    token_expired: facts.token === 'expired',
    token_reused: facts.token === 'reused',
    too_fast: isTooFast(facts, settings, now),
    challenge_missing: facts.challenge === 'missing',
    challenge_failed: facts.challenge === 'failed',
    verifier_unavailable: facts.challenge === 'unavailable',
    network_rate: facts.network_count > settings.max_per_network,
    form_rate: facts.form_count > settings.max_per_form,
    disposable_email: facts.disposable_email,
    repeated_text: facts.text_count > USUAL_REPEATS,
    link_in_name: facts.link_in_name,
    many_links: facts.links > USUAL_LINKS,
    markup: facts.markup,
  }
  return (Object.keys(found) as SpamSignal[]).filter((code) => found[code])
}

function isTooFast(facts: SpamFacts, settings: SpamSettings, now: Date): boolean {
  return (
    facts.token_issued_at !== null && now.getTime() - Date.parse(facts.token_issued_at) < settings.min_seconds * 1000
  )
}
