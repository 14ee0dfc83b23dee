// Opens and clicks that no person made: gateways look at every link within seconds of the delivery, and ask for heads
// only. Proxies of mailboxes (Gmail, Yahoo) load pictures when the person opens the mail: they hide who, not whether, and
// are no sign against an open. All is kept with its probability; figures leave machines out.
import { judgeTraffic } from '../behaviour/judge-traffic.ts'

export interface MailVisit {
  kind: 'open' | 'click'
  isHead: boolean
  userAgent: string
  address: string | null
  isPrefetch: boolean
  /** Since the mail was handed over; null when it never was. */
  sinceHandedMs: number | null
  /** Different links of the same mail that were followed in the last ten seconds, this one included. */
  recentLinks: number
}

/** Faster than mail arrives and anybody reads (mautic #16263). */
const TOO_FAST_MS = 2_000
/** Nobody follows so many links of a mail within ten seconds. */
const TOO_MANY_LINKS = 3
const MAILBOX_PROXY = /GoogleImageProxy|YahooMailProxy/gi

/** How likely a machine made the visit, in percent. */
export function judgeVisit(visit: MailVisit): number {
  const isProxied = visit.kind === 'open' && visit.userAgent.search(MAILBOX_PROXY) >= 0
  const { bot_probability: byTraffic } = judgeTraffic({
    userAgent: isProxied ? visit.userAgent.replace(MAILBOX_PROXY, '') : visit.userAgent,
    // The address is that of the proxy.
    address: isProxied ? null : visit.address,
    isPrefetch: visit.isPrefetch,
    isProxied,
    isAutomated: false,
    recentEvents: 0,
  })
  const signs = [
    byTraffic,
    visit.isHead ? 0.95 : 0,
    visit.sinceHandedMs === null ? 0.9 : visit.sinceHandedMs < TOO_FAST_MS ? 0.7 : 0,
    visit.recentLinks >= TOO_MANY_LINKS ? 0.7 : 0,
  ]
  return Math.round((1 - signs.reduce((left, sign) => left * (1 - sign), 1)) * 100)
}
