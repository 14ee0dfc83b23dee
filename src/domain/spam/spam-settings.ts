// What the owner of a form decides about spam. Every limit errs on the side of the visitor: what is quarantined can be
// released, and a released submission is processed as if it had just arrived.

export const CHALLENGES = ['none', 'proof_of_work', 'turnstile', 'hcaptcha', 'recaptcha'] as const
export type ChallengeKind = (typeof CHALLENGES)[number]

/** Everything that can speak against a submission. */
export const SPAM_SIGNALS = [
  'honeypot_filled',
  'token_missing',
  'token_forged',
  'token_of_other_form',
  'token_expired',
  'token_reused',
  'too_fast',
  'challenge_missing',
  'challenge_failed',
  'verifier_unavailable',
  'network_rate',
  'form_rate',
  'disposable_email',
  'repeated_text',
  'link_in_name',
  'many_links',
  'markup',
] as const
export type SpamSignal = (typeof SPAM_SIGNALS)[number]

export interface SpamSettings {
  /** Name of an input that people do not see; whoever fills it in is no person. */
  honeypot_field: string
  /** Least seconds between the rendering of the form and its submission; needs a timing token to be known. */
  min_seconds: number
  /** True quarantines submissions without a valid timing token: plain forms and other programs cannot have one. */
  require_token: boolean
  token_lifetime_seconds: number
  /** Most submissions of the form from one network (/24, /48) in one window of RATE_WINDOW_SECONDS. */
  max_per_network: number
  /** Most submissions of the form in one such window; a burst alone is no spam, it only adds to other doubts. */
  max_per_form: number
  /** Score from which a submission is quarantined. */
  quarantine_at: number
  /** Own weights instead of the built-in ones; 0 switches a signal off. */
  weights: Partial<Record<SpamSignal, number>>
  challenge: ChallengeKind
  /** Public key of the challenge's widget. */
  challenge_site_key: string | null
  /** Leading zero bits of the proof of work. */
  proof_of_work_bits: number
  /** Least score of verifiers that give one (reCAPTCHA v3). */
  challenge_min_score: number
  /** What happens when the verifier cannot be asked. */
  on_verifier_down: 'quarantine'
}

/** Length of the windows in which submissions are counted. */
export const RATE_WINDOW_SECONDS = 600

/** Longest life of a timing token: for so long its single use must be remembered. */
export const LONGEST_TOKEN_LIFETIME_SECONDS = 7 * 86_400

export const DEFAULT_SPAM_SETTINGS: SpamSettings = {
  honeypot_field: '_hp',
  // Nobody reads and fills a form in less; auto-fill and a click take about three seconds.
  min_seconds: 2,
  require_token: false,
  token_lifetime_seconds: 86_400,
  // A class room or an office behind one address is about this busy; the goal of 10 a minute (reliability.md 4) sheds first.
  max_per_network: 30,
  max_per_form: 1_000,
  quarantine_at: 100,
  weights: {},
  challenge: 'none',
  challenge_site_key: null,
  // 65,536 hashes on average: about half a second in a browser of a cheap phone.
  proof_of_work_bits: 16,
  challenge_min_score: 0.5,
  on_verifier_down: 'quarantine',
}
