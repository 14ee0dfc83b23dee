/**
 * The first page of a company, read like a browser would show it: title, description, name of the site, language and links
 * to its profiles. Asks robots.txt first, follows at most two redirects that stay on the same registrable domain, and
 * reads no more than the outbound client lets through.
 */
import { getDomain } from 'tldts'
import type { CallResult } from '../../domain/enrichment/providers/call-verdict.ts'
import { readPage } from '../../domain/enrichment/providers/read-page.ts'
import { mayRead } from '../../domain/enrichment/providers/robots.ts'
import type { HttpClient, OutboundResult } from '../http-client/http-client.ts'

const MAX_REDIRECTS = 2

/** Reads the page of a domain; the result looks like the JSON answer of a provider. */
export async function readCompanyPage(client: HttpClient, domain: string, timeoutMs: number): Promise<CallResult> {
  const robots = await fetchOn(client, `https://${domain}/robots.txt`, domain, timeoutMs)
  if (!robots.ok) return { ok: false, failure: robots.reason }
  // RFC 9309: no such file allows everything, a server that is in trouble nothing.
  if (robots.status >= 500) return { ok: true, status: robots.status, retryAfter: null, json: null, isJson: false }
  if (robots.status < 300 && !mayRead(robots.body.toString('utf8'), '/')) {
    return { ok: false, failure: 'robots_refused' }
  }
  const page = await fetchOn(client, `https://${domain}/`, domain, timeoutMs)
  if (!page.ok) return { ok: false, failure: page.reason }
  const isHtml = /^text\/html|^application\/xhtml/.test(page.headers['content-type'] ?? '')
  const json = isHtml ? readPage(page.body.toString('utf8')) : null
  return { ok: true, status: page.status, retryAfter: page.headers['retry-after'] ?? null, json, isJson: isHtml }
}

async function fetchOn(client: HttpClient, url: string, domain: string, timeoutMs: number): Promise<OutboundResult> {
  let at = url
  for (let hop = 0; ; hop++) {
    const result = await client.request({ method: 'GET', url: at, timeoutMs })
    if (!result.ok || result.status < 300 || result.status >= 400 || hop === MAX_REDIRECTS) return result
    const target = result.headers['location'] ?? ''
    if (!URL.canParse(target, at)) return result
    const next = new URL(target, at)
    if (getDomain(next.hostname, { allowPrivateDomains: true }) !== domain) return result
    at = next.href
  }
}
