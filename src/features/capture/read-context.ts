/** What comes along with the fields: names that tell about the page and the moment, not about the person. */
import type { FastifyRequest } from 'fastify'
import { attributionOf } from '../../domain/attribution.ts'
import { cutText } from '../../domain/cut-text.ts'
import { networkOf } from '../../domain/network.ts'
import { workOf } from '../../domain/proof-of-work.ts'
import { CHALLENGE_NAMES, RESERVED_NAMES } from '../../domain/reserved-names.ts'
import type { SpamSettings } from '../../domain/spam/spam-settings.ts'
import type { ArrivalEvidence, SubmissionContext, SubmissionPayload } from '../../domain/submission.ts'
import { readTimingToken, type TokenForm } from '../../domain/timing-token.ts'

/** Separates the fields of the person from the reserved ones. */
export function splitReserved(values: Record<string, unknown>): {
  payload: SubmissionPayload
  reserved: Record<string, string>
} {
  const payload: SubmissionPayload = {}
  const reserved: Record<string, string> = {}
  for (const [name, given] of Object.entries(values)) {
    const length = RESERVED_NAMES.get(name)
    // A template that puts its hidden inputs in twice means them once.
    const value = length !== undefined && Array.isArray(given) ? given[0] : given
    if (length === undefined) payload[name] = value
    else if (typeof value === 'string' || typeof value === 'number') reserved[name] = cutText(String(value), length)
  }
  return { payload, reserved }
}

/** What only this moment can tell: the worth of the token and of the work; null when there is nothing of the kind. */
export function readEvidence(
  secret: Uint8Array,
  form: TokenForm,
  settings: SpamSettings,
  reserved: Record<string, string>,
  now: Date,
): ArrivalEvidence | null {
  const evidence: ArrivalEvidence = {}
  const token = reserved['_token']
  if (token) {
    const verdict = readTimingToken(secret, form, token, now, settings.token_lifetime_seconds)
    const { state, token_id, issued_at } = verdict
    Object.assign(evidence, { token: state, token_id, token_issued_at: issued_at })
    if (reserved['_pow']) evidence.work_bits = workOf(token, reserved['_pow'])
  }
  const response = CHALLENGE_NAMES.map((name) => reserved[name]).find(Boolean)
  if (response) evidence.challenge_response = response
  return Object.keys(evidence).length === 0 ? null : evidence
}

/** What the reserved names tell, and what brought the visitor here. */
export function readReserved(payload: SubmissionPayload, reserved: Record<string, string>): SubmissionContext {
  const { _page_url, _landing_page, _referrer, _visitor_id, _language } = reserved
  const attribution = attributionOf(payload, _page_url, _landing_page)
  return withoutBlanks({
    referrer: _referrer,
    page_url: _page_url,
    landing_page: _landing_page,
    language: isLanguage(_language) ? _language : undefined,
    visitor_id: _visitor_id,
    attribution: Object.keys(attribution).length > 0 ? attribution : undefined,
  })
}

/** The circumstances of a submission: what its page told, else what the browser did. The address is kept as its network. */
export function readContext(
  request: FastifyRequest,
  payload: SubmissionPayload,
  reserved: Record<string, string>,
): SubmissionContext {
  const { headers } = request
  const language = headers['accept-language']?.split(/[,;]/)[0]?.trim()
  const told = { ...reserved }
  told['_page_url'] ||= headers.referer?.slice(0, 2000) ?? ''
  told['_language'] ||= language ?? ''
  return withoutBlanks({
    ip_prefix: networkOf(request.ip),
    user_agent: headers['user-agent']?.slice(0, 500),
    origin: headers.origin?.slice(0, 300),
    ...readReserved(payload, told),
  })
}

const isLanguage = (tag: string | undefined) => tag !== undefined && /^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$/.test(tag)

/** The circumstances that are known; what nobody told has no member. */
function withoutBlanks(
  values: { [K in keyof SubmissionContext]: SubmissionContext[K] | undefined },
): SubmissionContext {
  const known: Record<string, unknown> = {}
  for (const [name, value] of Object.entries(values)) {
    if (value !== undefined && value !== '') known[name] = value
  }
  return known
}
