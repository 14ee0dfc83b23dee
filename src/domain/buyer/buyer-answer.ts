// What a buyer's answer means. A ping has a bid or none. A post is sold or rejected when the buyer said so, and in doubt
// when it may have arrived and the answer is lost: then nobody else is offered the lead until somebody knows.
import { cutText } from '../cut-text.ts'
import type { AnswerRules } from './buyer.ts'
import { parsePrice } from './money.ts'

/** What came back; `sent` false only where it is certain that the buyer has seen nothing. */
export type BuyerReply = { ok: true; status: number; body: string } | { ok: false; reason: string; sent: boolean }

export interface PingVerdict {
  outcome: 'bid' | 'no_bid'
  bid_minor: number | null
  reference: string | null
  reason: string | null
}

export interface PostVerdict {
  outcome: 'sold' | 'rejected' | 'failed' | 'in_doubt'
  /** The price that the answer names; null when it names none. */
  price_minor: number | null
  reference: string | null
  reason: string | null
}

/** Room for a buyer's own words. */
const MAX_TEXT = 500

/** Reads the answer of a ping; `floor` is the least bid, also for one that accepts without a price. */
export function readPing(reply: BuyerReply, rules: AnswerRules, currency: string, floor: number): PingVerdict {
  const none = (reason: string): PingVerdict => ({ outcome: 'no_bid', bid_minor: null, reference: null, reason })
  if (!reply.ok) return none(reply.reason)
  if (reply.status < 200 || reply.status > 299) return none(`status_${reply.status}`)
  const answer = parseBody(reply.body)
  if (!isAccepted(answer, rules)) return none(textAt(answer, rules.reason_path) ?? 'rejected')
  const bid =
    rules.price_path === null ? floor : parsePrice(valueAt(answer, rules.price_path), rules.price_unit, currency)
  if (bid === null) return none('invalid_price')
  if (bid < floor) return none('bid_too_low')
  return { outcome: 'bid', bid_minor: bid, reference: textAt(answer, rules.reference_path), reason: null }
}

/** Answers that a gateway gives when it has lost the answer of the buyer behind it. */
const LOST_BEHIND_GATEWAY: ReadonlySet<number> = new Set([408, 502, 504])

/** Reads the answer of a post. */
export function readPost(reply: BuyerReply, rules: AnswerRules, currency: string): PostVerdict {
  const say = (outcome: PostVerdict['outcome'], reason: string | null): PostVerdict => ({
    outcome,
    price_minor: null,
    reference: null,
    reason,
  })
  if (!reply.ok) return say(reply.sent ? 'in_doubt' : 'failed', reply.reason)
  if (LOST_BEHIND_GATEWAY.has(reply.status)) return say('in_doubt', `status_${reply.status}`)
  if (reply.status < 200 || reply.status > 299) return say('failed', `status_${reply.status}`)
  const answer = parseBody(reply.body)
  // A buyer that answers something else than agreed may have taken the lead: only people can tell. Null, a list or an
  // object where a word was agreed is no word either, and "no" would have the next buyer get the lead as well.
  if (rules.accepted_path !== null && !isWord(valueAt(answer, rules.accepted_path)))
    return say('in_doubt', 'answer_not_understood')
  if (!isAccepted(answer, rules)) return say('rejected', textAt(answer, rules.reason_path) ?? 'rejected')
  return {
    outcome: 'sold',
    price_minor:
      rules.price_path === null ? null : parsePrice(valueAt(answer, rules.price_path), rules.price_unit, currency),
    reference: textAt(answer, rules.reference_path),
    reason: null,
  }
}

function isAccepted(answer: unknown, { accepted_path, accepted_values }: AnswerRules): boolean {
  if (accepted_path === null) return true
  const value = valueAt(answer, accepted_path)
  if (!isWord(value)) return false
  return accepted_values.some((wanted) => wanted.toLowerCase() === String(value).trim().toLowerCase())
}

const isWord = (value: unknown) => ['string', 'number', 'boolean'].includes(typeof value)

/** Some servers begin every text with a byte order mark, which is no JSON and means nothing. */
function parseBody(given: string): unknown {
  const body = given.replace(/^\uFEFF/, '')
  try {
    return JSON.parse(body)
  } catch {
    // Some buyers answer forms: `status=accepted&price=12.50`.
    return body.includes('=') && !body.includes('<') ? Object.fromEntries(new URLSearchParams(body)) : null
  }
}

/** The value at a path of member names; numbers name items of lists. */
export function valueAt(answer: unknown, path: string): unknown {
  let value = answer
  for (const name of path.split('.')) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined
    value = (value as Record<string, unknown>)[name]
  }
  return value
}

/** A buyer's text, shortened and without what a database cannot hold. */
function textAt(answer: unknown, path: string | null): string | null {
  const value = path === null ? undefined : valueAt(answer, path)
  if (typeof value !== 'string' && typeof value !== 'number') return null
  const text = String(value).replaceAll('\0', '').toWellFormed().trim()
  return text === '' ? null : cutText(text, MAX_TEXT)
}
