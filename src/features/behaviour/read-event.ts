/** What a server says about one event, checked beyond its schema: whose it is, when it was, how large it is. */
import { EVENT_PROPERTIES_BYTES } from '../../domain/behaviour/event.ts'
import { judgeTraffic, type TrafficVerdict, verdictAt } from '../../domain/behaviour/judge-traffic.ts'
import { placeInTime } from '../../domain/behaviour/place-in-time.ts'
import { externalIdentity, type Identity } from '../../domain/intake.ts'
import type { ExternalId } from '../../domain/lead.ts'
import { normalizeEmail } from '../../domain/normalize/email.ts'
import { decodeTypeId } from '../../domain/type-id.ts'
import { type ApiError, notFound, type ProblemItem, validationFailed } from '../../errors.ts'

/** One event as the schema lets it through. */
export interface EventInput {
  name: string
  event_id?: string | null
  occurred_at?: string | null
  lead_id?: string | null
  email?: string | null
  external_id?: ExternalId | null
  visitor_id?: string | null
  properties?: Record<string, unknown>
  url?: string | null
  user_agent?: string | null
  bot_probability?: number | null
}

/** Whose an event is: a lead by its id, a lead by what identifies it, or a visitor. */
export type EventOwner = { lead: string } | { identity: Identity } | { visitor: string }

export interface ReadEvent {
  input: EventInput
  owner: EventOwner
  at: number
  verdict: TrafficVerdict
}

/** The event, or what is wrong with it. */
export function readEvent(
  input: EventInput,
  now: Date,
  keptFrom: number,
  judge: (userAgent: string) => TrafficVerdict,
): ReadEvent | ApiError {
  const faults: ProblemItem[] = []
  const owner = readOwner(input, faults)
  const time = placeInTime(input.occurred_at ?? null, now, keptFrom)
  if (!time.ok) faults.push(faultAt('/occurred_at', time.code, time.detail))
  if (input.properties !== undefined && isTooLarge(input.properties)) {
    faults.push(faultAt('/properties', 'too_large', `Must have at most ${EVENT_PROPERTIES_BYTES} bytes as JSON.`))
  }
  if (owner === null || !time.ok || faults.length > 0) {
    return owner === 'unknown' && faults.length === 0 ? notFound('lead') : validationFailed(faults)
  }
  if (owner === 'unknown') return notFound('lead')
  return { input, owner, at: time.at, verdict: readVerdict(input, judge) }
}

/** Short flat properties, which nearly all are, need not be written out to be known as small. */
export function isTooLarge(properties: Record<string, unknown>): boolean {
  let most = 2
  for (const name in properties) {
    const value = properties[name]
    // A character takes six bytes at most (\\u0000), a number or a word fewer than thirty.
    if (typeof value === 'object' && value !== null) most = Infinity
    else most += (name.length + (typeof value === 'string' ? value.length : 0)) * 6 + 30
  }
  if (most <= EVENT_PROPERTIES_BYTES) return false
  return Buffer.byteLength(JSON.stringify(properties)) > EVENT_PROPERTIES_BYTES
}

const OWNERS = ['lead_id', 'email', 'external_id', 'visitor_id'] as const

/** The owner; null after noting a fault, `unknown` for an id that no lead can have. */
function readOwner(input: EventInput, faults: ProblemItem[]): EventOwner | 'unknown' | null {
  const given = OWNERS.filter((name) => input[name] !== undefined && input[name] !== null)
  const [first, second] = given
  if (first === undefined || second !== undefined) {
    const pointer = second === undefined ? '' : `/${second}`
    faults.push(faultAt(pointer, 'one_owner', `Name exactly one of: ${OWNERS.join(', ')}.`))
    return null
  }
  const { lead_id, email, external_id, visitor_id } = input
  if (lead_id) {
    const lead = decodeTypeId('lead', lead_id)
    return lead === undefined ? 'unknown' : { lead }
  }
  if (external_id) return { identity: externalIdentity(external_id) }
  if (visitor_id) return { visitor: visitor_id }
  const verdict = normalizeEmail(email ?? '')
  if (verdict.ok) return { identity: { kind: 'email', value: verdict.match_key } }
  faults.push(faultAt('/email', verdict.code, verdict.detail))
  return null
}

/** A sender that knows better decides; else what the user agent gives away. */
function readVerdict(
  { bot_probability, user_agent }: EventInput,
  judge: (userAgent: string) => TrafficVerdict,
): TrafficVerdict {
  if (typeof bot_probability === 'number') {
    return { ...verdictAt(bot_probability), bot_signs: null }
  }
  return typeof user_agent === 'string' ? judge(user_agent) : NOT_JUDGED
}

const NOT_JUDGED: TrafficVerdict = { bot_probability: 0, is_bot: false, bot_signs: null }

/** The verdict on a server's word about the browser; the request itself says nothing about the person. */
export function judgeByUserAgent(): (userAgent: string) => TrafficVerdict {
  const known = new Map<string, TrafficVerdict>()
  return (userAgent) => {
    const verdict = known.get(userAgent) ?? judgeTraffic({ ...NOTHING_SEEN, userAgent })
    known.set(userAgent, verdict)
    return verdict
  }
}

const NOTHING_SEEN = { address: null, isPrefetch: false, isProxied: false, isAutomated: false, recentEvents: 0 }

function faultAt(pointer: string, code: string, detail: string): ProblemItem {
  return { code, detail, pointer, parameter: null }
}
