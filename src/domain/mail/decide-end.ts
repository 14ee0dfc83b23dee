// What a mail becomes after a try to deliver it (reliability.md 1.1, steps 6 and 7). Only a numeric reply is believed. An
// unknown end after the hand-over is `in_doubt` for marketing mail, which is never sent again by itself; transactional
// mail goes again, same bytes and same Message-ID, at most three times in all.
import { type MessageKind, type MessageState, MOST_ATTEMPTS, MOST_HAND_OVERS, retryDelaySeconds } from './message.ts'

/** What a try came to; `at` says which part of the conversation a reply was about. */
export type TryOutcome =
  | { outcome: 'accepted'; response: string }
  | { outcome: 'refused'; status: number; response: string; at: 'session' | 'sender' | 'recipient' | 'content' }
  | { outcome: 'unreached'; detail: string }
  | { outcome: 'unknown'; detail: string }

export interface TryEnd {
  state: MessageState
  reason: string | null
  /** Seconds until the next try; null when there is none. */
  retry_seconds: number | null
  /** True when the reply says that this mailbox takes no mail. */
  bounced: boolean
  response: string | null
}

/** The end of a try of a message that has failed `failures` times before. */
export function decideEnd(
  message: { kind: MessageKind; hand_overs: number; failures: number },
  tried: TryOutcome,
): TryEnd {
  const final = { retry_seconds: null, bounced: false }
  const later = (reason: string, response: string | null): TryEnd =>
    message.failures + 1 >= MOST_ATTEMPTS
      ? { ...final, state: 'failed', reason: 'gave_up', response }
      : { ...final, state: 'planned', reason, retry_seconds: retryDelaySeconds(message.failures + 1), response }
  switch (tried.outcome) {
    case 'accepted':
      return { ...final, state: 'sent', reason: null, response: tried.response }
    case 'unreached':
      return later('unreachable', tried.detail)
    case 'unknown':
      return message.kind === 'transactional' && message.hand_overs < MOST_HAND_OVERS.transactional
        ? later('in_doubt_resend', tried.detail)
        : { ...final, state: 'in_doubt', reason: 'no_reply', response: tried.detail }
    case 'refused': {
      const { status, response, at } = tried
      if (status < 500) return later('deferred', response)
      // A refused login or sender is a fault of the set-up, not of this mail: it is tried again once mended.
      if (at === 'session' || at === 'sender') return later('refused_setup', response)
      return { ...final, state: 'failed', reason: 'refused', bounced: isDeadMailbox(response, at), response }
    }
  }
}

/** Enhanced codes (RFC 3463) about something else than the mailbox: full, too large, content, policy. */
const NOT_THE_MAILBOX = /\b5\.(2\.[234]|3\.\d+|6\.\d+|7\.\d+)\b/
const ABOUT_THE_MAILBOX = /\b5\.(1\.\d+|2\.[01]|4\.4)\b/

/** True when a permanent refusal is about the mailbox: at the recipient any, after the content only a code that says so. */
export function isDeadMailbox(response: string, at: 'recipient' | 'content'): boolean {
  return at === 'recipient' ? !NOT_THE_MAILBOX.test(response) : ABOUT_THE_MAILBOX.test(response)
}

/** The same for the status of a report (RFC 3464), `5.1.1`. */
export const isDeadMailboxStatus = (status: string) => status.startsWith('5.') && !NOT_THE_MAILBOX.test(status)
