// A domain name is stored as DNS knows it: lower-case ASCII, international names as punycode. It needs a
// dot and a real top-level label, so localhost, IP addresses and single words are not domain names here.
import { domainToASCII, domainToUnicode } from 'node:url'

/** Longest domain name in ASCII form (RFC 1035 section 2.3.4: 255 octets on the wire). */
export const MAX_DOMAIN_LENGTH = 253

// Labels of 1 to 63 letters, digits and inner hyphens. The last one is alphabetic or punycode (RFC 3696
// section 2), which also keeps out every spelling of an IPv4 address, for example 0x7f.1.
const DOMAIN_NAME = /^(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+(?:[a-z]{2,63}|xn--[a-z0-9-]{0,58}[a-z0-9])$/
const UNREADABLE_LABEL = /(?:^|\.)xn--/
const NEEDS_IDNA = /[^\0-\x7f]|xn--/i

// `domainToASCII` reads a URL host: it decodes %41, stops at "/" and knows [::1]. None of that may reach it.
const NOT_IN_DOMAIN = /[\0-,/:-@[-`{-\x7f]/

/**
 * Turns a typed domain into lower-case ASCII, or null when it is not a domain name. Unicode is mapped as
 * browsers do (UTS #46 non-transitional), so `faß.de` and `fass.de` stay two names.
 */
export function toAsciiDomain(raw: string): string | null {
  if (raw.length > MAX_DOMAIN_LENGTH || NOT_IN_DOMAIN.test(raw)) return null
  const ascii = NEEDS_IDNA.test(raw) ? readInternational(raw) : raw.toLowerCase()
  return ascii.length <= MAX_DOMAIN_LENGTH && DOMAIN_NAME.test(ascii) ? ascii : null
}

/** Newer engines let a label pass that looks like punycode and is none (`xn--zzzz`); nobody can write to it. */
function readInternational(raw: string): string {
  const ascii = domainToASCII(raw)
  return UNREADABLE_LABEL.test(domainToUnicode(ascii)) ? '' : ascii
}
