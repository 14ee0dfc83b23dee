// What a buyer's definition may look like, beside the shape that the wire checks. Faults name their place.
import { normalizeCurrency } from '../normalize/currency.ts'
import { normalizeTimeZone } from '../normalize/time-zone.ts'
import type { BuyerCall, BuyerDefinition, NamedTemplate } from './buyer.ts'
import { placeholderFault, placeholdersOf } from './template.ts'

export interface BuyerFault {
  pointer: string
  code: string
  detail: string
}

/** Why a URL may not be called; null when it may. It belongs to the outbound client, which knows the rules. */
export type JudgeUrl = (url: string) => string | null

const HEADER_NAME = /^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}$/
/** The client sets these itself. */
const OWN_HEADERS = /^(?:host|content-length|content-type|transfer-encoding|connection|idempotency-key|user-agent)$/i
const PATH = /^[^.\s]{1,100}(?:\.[^.\s]{1,100}){0,9}$/
const FIELD_NAME = /^[^\x00-\x1f]{1,200}$/

/** All faults of a definition, in its order. */
export function buyerFaults(key: string, definition: BuyerDefinition, judgeUrl: JudgeUrl): BuyerFault[] {
  const { mode, ping, post, currency, time_zone, next_buyers } = definition
  const faults: BuyerFault[] = []
  const add = (pointer: string, code: string, detail: string) => faults.push({ pointer, code, detail })
  if (mode === 'ping_post' && ping === null) add('/ping', 'required', 'A buyer that is pinged needs to know where.')
  if (mode === 'post' && ping !== null) add('/ping', 'not_allowed', 'A buyer of mode post is not pinged.')
  if (ping !== null) faults.push(...callFaults('ping', ping, judgeUrl))
  faults.push(...callFaults('post', post, judgeUrl))
  if (normalizeCurrency(currency) !== currency) add('/currency', 'invalid_currency', 'Not an ISO 4217 code.')
  if (normalizeTimeZone(time_zone) !== time_zone) add('/time_zone', 'unknown_time_zone', 'Not an IANA time zone.')
  for (const [i, next] of next_buyers.entries()) {
    if (next === key) add(`/next_buyers/${i}`, 'not_allowed', 'A buyer does not follow itself.')
    if (next_buyers.indexOf(next) < i) add(`/next_buyers/${i}`, 'duplicate', 'This buyer is listed twice.')
  }
  return faults
}

function callFaults(kind: 'ping' | 'post', call: BuyerCall, judgeUrl: JudgeUrl): BuyerFault[] {
  const faults: BuyerFault[] = []
  const add = (place: string, code: string, detail: string) =>
    faults.push({ pointer: `/${kind}/${place}`, code, detail })
  const refusal = judgeUrl(call.url)
  if (refusal !== null) add('url', refusal, 'This address may not be called.')
  const checkTemplate = (place: string, { value }: NamedTemplate) => {
    for (const name of placeholdersOf(value)) {
      const fault = placeholderFault(name, kind)
      if (fault !== null) add(`${place}/value`, fault.code, fault.detail)
    }
  }
  for (const [i, header] of call.headers.entries()) {
    if (!HEADER_NAME.test(header.name) || OWN_HEADERS.test(header.name))
      add(`headers/${i}/name`, 'invalid_name', 'No header that may be set.')
    checkTemplate(`headers/${i}`, header)
  }
  for (const [i, field] of call.fields.entries()) {
    if (!FIELD_NAME.test(field.name)) add(`fields/${i}/name`, 'invalid_name', 'Empty, or with control characters.')
    if (call.fields.findIndex(({ name }) => clashes(name, field.name, call.format)) < i)
      add(`fields/${i}/name`, 'duplicate', 'Another field has this name or holds it.')
    checkTemplate(`fields/${i}`, field)
  }
  faults.push(...answerFaults(kind, call))
  return faults
}

/** In JSON `a` and `a.b` cannot both be. */
function clashes(one: string, other: string, format: string): boolean {
  if (one === other) return true
  return format === 'json' && (one.startsWith(`${other}.`) || other.startsWith(`${one}.`))
}

function answerFaults(kind: 'ping' | 'post', { answer }: BuyerCall): BuyerFault[] {
  const faults: BuyerFault[] = []
  const at = `/${kind}/answer`
  for (const name of ['accepted_path', 'price_path', 'reference_path', 'reason_path'] as const) {
    const path = answer[name]
    if (path !== null && !PATH.test(path))
      faults.push({ pointer: `${at}/${name}`, code: 'invalid_path', detail: 'Member names with dots between them.' })
  }
  if (answer.accepted_path !== null && answer.accepted_values.length === 0)
    faults.push({ pointer: `${at}/accepted_values`, code: 'required', detail: 'Say which values accept.' })
  return faults
}
