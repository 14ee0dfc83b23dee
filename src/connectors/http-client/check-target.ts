/** What a URL must look like before anything is looked up or connected. */
import { isAddressLiteral, isPublicAddress, withoutBrackets } from './public-address.ts'

export interface TargetRules {
  /** Ports that may be called, e.g. 80 and 443. */
  ports: ReadonlySet<number>
  /** `host:port` that may be called although it is not public: a receiver in the own network, or a test. */
  trusted: ReadonlySet<string>
  /** Takes every address for trusted: for development and tests. */
  trustsAll?: boolean
}

export type TargetRefusal =
  | 'invalid_url'
  | 'scheme_refused'
  | 'credentials_refused'
  | 'port_refused'
  | 'address_refused'

export type TargetVerdict = { ok: true; url: URL; trusted: boolean } | { ok: false; reason: TargetRefusal }

const DEFAULT_PORTS: Record<string, number> = { 'http:': 80, 'https:': 443 }

/** Judges a URL by its text; names are judged again when they have become addresses. */
export function checkTarget(text: string, rules: TargetRules): TargetVerdict {
  const refuse = (reason: TargetRefusal): TargetVerdict => ({ ok: false, reason })
  if (text.length > 2048 || !URL.canParse(text)) return refuse('invalid_url')
  const url = new URL(text)
  const defaultPort = DEFAULT_PORTS[url.protocol]
  if (defaultPort === undefined) return refuse('scheme_refused')
  if (url.username !== '' || url.password !== '') return refuse('credentials_refused')
  const port = url.port === '' ? defaultPort : Number(url.port)
  if (rules.trustsAll || rules.trusted.has(`${url.hostname}:${port}`)) return { ok: true, url, trusted: true }
  if (!rules.ports.has(port)) return refuse('port_refused')
  if (isAddressLiteral(url.hostname) && !isPublicAddress(withoutBrackets(url.hostname)))
    return refuse('address_refused')
  return { ok: true, url, trusted: false }
}
