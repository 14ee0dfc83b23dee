// A website tells which company a lead works for, by its registrable domain: www.shop.example.co.uk belongs
// to example.co.uk. Only web addresses a person may click are taken: http or https, no user name inside.
import { getDomain } from 'tldts'
import { toAsciiDomain } from './domain-name.ts'
import { type Refusal, refuse } from './verdict.ts'

export type WebsiteRefusalCode = 'blank' | 'too_long' | 'forbidden_character' | 'bad_scheme' | 'user_info' | 'bad_host'

/**
 * `url` is the canonical URL, `host` its lower-case ASCII host name or IP address without port.
 * `registrable_domain` is null for an IP address or a bare public suffix (`co.uk`, `github.io`).
 */
export type Website = { ok: true; url: string; host: string; registrable_domain: string | null }
export type WebsiteVerdict = Website | Refusal<WebsiteRefusalCode>

// The length browsers and search engines are known to carry; escapes count, so it is checked twice.
const MAX_URL_LENGTH = 2048

// `URL` silently drops tabs and line breaks and reads a backslash as a slash.
const FORBIDDEN = /[\p{Cc}\p{Z}\p{Cs}\\]/u
const WEB_SCHEME = /^https?:\/\//i
// "example.com:8080" is a host with a port, "mailto:anna" is another scheme.
const OTHER_SCHEME = /^[a-z][a-z0-9+.-]*:(?!\d)/i

// `URL` writes every spelling of an IPv4 address as four decimals and an IPv6 address in brackets.
const IP_HOST = /^(?:\d+\.\d+\.\d+\.\d+|\[.*\])$/

// Sites below a shared suffix (acme.github.io, acme.myshopify.com) are different companies.
const SUFFIX_OPTIONS = { allowPrivateDomains: true, extractHostname: false }

/** Normalizes one typed web address; `https://` is assumed when no scheme is typed. Never throws. */
export function normalizeWebsite(raw: string): WebsiteVerdict {
  const typed = raw.trim()
  if (typed === '') return refuse('blank', 'The web address is empty.')
  if (typed.length > MAX_URL_LENGTH) return tooLong()
  if (FORBIDDEN.test(typed)) {
    return refuse('forbidden_character', 'Spaces, line breaks and backslashes are not allowed.')
  }
  if (!WEB_SCHEME.test(typed) && OTHER_SCHEME.test(typed)) {
    return refuse('bad_scheme', 'Only http:// and https:// addresses are allowed.')
  }
  const url = parseUrl(WEB_SCHEME.test(typed) ? typed : `https://${typed.replace(/^\/\//, '')}`)
  return url === null ? badHost() : readUrl(url)
}

function readUrl(url: URL): WebsiteVerdict {
  if (url.username !== '' || url.password !== '') {
    return refuse('user_info', 'A user name or password in the address is not allowed.')
  }
  if (url.href.length > MAX_URL_LENGTH) return tooLong()
  if (IP_HOST.test(url.hostname)) {
    return { ok: true, url: url.href, host: url.hostname, registrable_domain: null }
  }
  if (url.hostname.endsWith('.')) url.hostname = url.hostname.slice(0, -1)
  const host = toAsciiDomain(url.hostname)
  if (host === null) return badHost()
  return { ok: true, url: url.href, host, registrable_domain: getDomain(host, SUFFIX_OPTIONS) }
}

function parseUrl(text: string): URL | null {
  // Asking first is cheaper than a thrown error.
  return URL.canParse(text) ? new URL(text) : null
}

function badHost(): Refusal<'bad_host'> {
  return refuse('bad_host', 'The address holds no host name such as www.example.com.')
}

function tooLong(): Refusal<'too_long'> {
  return refuse('too_long', `At most ${MAX_URL_LENGTH} characters are allowed.`)
}
