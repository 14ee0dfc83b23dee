// Was it a person? No single sign proves a machine, and some proxies look like one, so each sign has a weight and the
// verdict is a probability: 1 minus the product of what each sign leaves to chance. From 0.6 on an event counts as a
// bot's: kept, but left out of conditions and scores until somebody decides otherwise.
import { AUTOMATED_BROWSERS, DATA_CENTRES, DECLARED_BOTS, HTTP_LIBRARIES, LINK_SCANNERS, NO_BOTS } from './bot-lists.ts'

/** The threshold of the field's example (two of three signs, mautic #16263). */
const BOT_FROM = 0.6

/** What speaks for a machine, and how much. Alone sufficient are only those that a program says of itself. */
export const TRAFFIC_WEIGHTS = {
  declared_bot: 0.98,
  link_scanner: 0.9,
  http_library: 0.9,
  automated_browser: 0.9,
  prefetch: 0.7,
  no_user_agent: 0.5,
  rapid: 0.5,
  data_centre: 0.35,
  proxy: 0.1,
} as const

export type TrafficSign = keyof typeof TRAFFIC_WEIGHTS

/** What is known of the request that brought events. */
export interface TrafficFacts {
  /** Undefined when nobody could know it; empty when there should be one. */
  readonly userAgent: string | undefined
  /** The address, which is looked at and not kept; null when it tells nothing. */
  readonly address: string | null
  /** The page was loaded before anybody asked for it. */
  readonly isPrefetch: boolean
  /** Somebody passes requests on. */
  readonly isProxied: boolean
  /** The page says that a program drives the browser. */
  readonly isAutomated: boolean
  /** Events of this visitor in the last ten seconds. */
  readonly recentEvents: number
}

export interface TrafficVerdict {
  readonly bot_probability: number
  readonly is_bot: boolean
  readonly bot_signs: TrafficSign[] | null
}

/** More in ten seconds than a person clicks. */
const RAPID_EVENTS = 20

/** The verdict on one request. */
export function judgeTraffic(facts: TrafficFacts): TrafficVerdict {
  const signs: TrafficSign[] = facts.userAgent === undefined ? [] : signsOfUserAgent(facts.userAgent)
  if (facts.isAutomated && !signs.includes('automated_browser')) signs.push('automated_browser')
  if (facts.isPrefetch) signs.push('prefetch')
  if (facts.isProxied) signs.push('proxy')
  if (facts.recentEvents > RAPID_EVENTS) signs.push('rapid')
  if (facts.address !== null && isDataCentre(facts.address)) signs.push('data_centre')
  return verdictOf(signs)
}

/** The verdict that signs add up to. */
export function verdictOf(signs: TrafficSign[]): TrafficVerdict {
  if (signs.length === 0) return { bot_probability: 0, is_bot: false, bot_signs: null }
  const chance = signs.reduce((left, sign) => left * (1 - TRAFFIC_WEIGHTS[sign]), 1)
  return { ...verdictAt(1 - chance), bot_signs: signs }
}

/** The verdict of a probability: kept to three decimals, which is more than anybody knows. */
export function verdictAt(probability: number): Pick<TrafficVerdict, 'bot_probability' | 'is_bot'> {
  const rounded = Math.round(probability * 1000) / 1000
  return { bot_probability: rounded, is_bot: rounded >= BOT_FROM }
}

const LISTS: [TrafficSign, string[]][] = [
  ['automated_browser', AUTOMATED_BROWSERS],
  ['http_library', HTTP_LIBRARIES],
  ['link_scanner', LINK_SCANNERS],
  ['declared_bot', DECLARED_BOTS],
]

function signsOfUserAgent(userAgent: string): TrafficSign[] {
  const text = NO_BOTS.reduce((rest, name) => rest.replaceAll(name, ''), userAgent.toLowerCase().trim())
  if (text === '') return ['no_user_agent']
  return LISTS.filter(([, names]) => names.some((name) => text.includes(name))).map(([sign]) => sign)
}

interface Range {
  first: number
  last: number
}

const RANGES: Range[] = DATA_CENTRES.map((cidr) => {
  const [base = '', bits = '32'] = cidr.split('/')
  const size = 2 ** (32 - Number(bits))
  const first = Math.floor((numberOf(base) ?? 0) / size) * size
  return { first, last: first + size - 1 }
})

function isDataCentre(address: string): boolean {
  const number = numberOf(address.replace(/^::ffff:/, ''))
  return number !== null && RANGES.some(({ first, last }) => number >= first && number <= last)
}

/** An IPv4 address as a number; the list knows no others. */
function numberOf(address: string): number | null {
  const parts = address.split('.').map(Number)
  if (parts.length !== 4 || parts.some((part) => !(part >= 0 && part <= 255))) return null
  return parts.reduce((number, part) => number * 256 + part, 0)
}
