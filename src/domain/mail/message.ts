// A message is one mail to one person, and its row is all that is true about it: planned, claimed by a worker, handed to
// the mail server (from here on a copy may exist), sent. Whatever cannot be known is `in_doubt`, never guessed.

export const MESSAGE_STATES = [
  'planned',
  'claimed',
  'handed',
  'sent',
  'failed',
  'in_doubt',
  'withheld',
  'canceled',
] as const
export type MessageState = (typeof MESSAGE_STATES)[number]

/** Marketing needs consent and goes at most once; transactional mail answers what somebody did, at least once. */
export const MESSAGE_KINDS = ['marketing', 'transactional'] as const
export type MessageKind = (typeof MESSAGE_KINDS)[number]

/** Why a mail was not handed over, or not yet. */
export const WITHHOLD_REASONS = [
  'no_address',
  'address_invalid',
  'suppressed',
  'no_consent',
  'consent_withdrawn',
  'consent_expired',
  'out_of_date',
  'lead_archived',
  'template_missing',
  'template_error',
  'template_timeout',
  'sender_missing',
] as const
export type WithholdReason = (typeof WITHHOLD_REASONS)[number]

/** Subject and bodies that came with a one-off mail. All are Liquid. */
export interface MessageContent {
  subject: string
  html: string | null
  text: string | null
}

/** What the last decision about the hand-over rested on. */
export interface MessageDecision {
  policy: string
  at: string
  allowed: boolean
  reason: string
  /** Entry of the ledger that allowed or forbade it. */
  consent_id: string | null
  suppression_id: string | null
  /** Marketing mails that the person was handed in the window of the cap. */
  recent: number
}

/** What became of it, as far as we were told; machines are counted apart. */
export interface MessageTally {
  delivered_at: string | null
  bounced_at: string | null
  complained_at: string | null
  replied_at: string | null
  unsubscribed_at: string | null
  opened_at: string | null
  clicked_at: string | null
  opens: number
  clicks: number
  machine_opens: number
  machine_clicks: number
}

export const NO_TALLY: MessageTally = {
  delivered_at: null,
  bounced_at: null,
  complained_at: null,
  replied_at: null,
  unsubscribed_at: null,
  opened_at: null,
  clicked_at: null,
  opens: 0,
  clicks: 0,
  machine_opens: 0,
  machine_clicks: 0,
}

/** Marketing mail whose outcome is unknown is never sent again; transactional mail at most this often (P7). */
export const MOST_HAND_OVERS = { marketing: 1, transactional: 3 } as const

/** Tries before a hand-over, or after a clear "later" (4xx), until the mail counts as failed: two days with the waits below. */
export const MOST_ATTEMPTS = 12

/** Wait before the next try in seconds: 30 s doubling to 8 h, as mail servers ask their clients to be patient. */
export function retryDelaySeconds(attempt: number): number {
  return Math.min(30 * 2 ** (attempt - 1), 28_800)
}
