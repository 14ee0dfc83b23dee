// How much each sign speaks against a submission. 100 is enough for quarantine by itself: signs that no person gives.
// The others need company: half of them also happen to honest visitors.

import type { SpamSignal } from './spam-settings.ts'

/** Built-in weights; a form may have its own. */
export const SPAM_WEIGHTS: Record<SpamSignal, number> = {
  honeypot_filled: 100,
  token_missing: 100,
  token_forged: 100,
  token_of_other_form: 100,
  token_expired: 100,
  token_reused: 100,
  too_fast: 100,
  challenge_missing: 100,
  challenge_failed: 100,
  verifier_unavailable: 100,
  network_rate: 100,
  // With repeated text still below 100: a campaign that works brings many people with one question.
  form_rate: 20,
  // Some honest people use throw-away addresses for a first contact.
  disposable_email: 60,
  repeated_text: 60,
  link_in_name: 100,
  many_links: 50,
  markup: 50,
}

/** A page that lay open overnight is no spam where a token is not even required. */
export const EXPIRED_OPTIONAL_TOKEN_WEIGHT = 40

/** More links than an honest first message has: a web site and a profile. */
export const USUAL_LINKS = 2

/** The same long text from so many submissions of one form in a day is a campaign, not a coincidence. */
export const USUAL_REPEATS = 5
