// How a provider is asked: templates with `{{lead.<field>}}`, `{{credential.<key>}}` and `{{run.id}}`. What a lead holds is
// never code: in a URL it is percent-encoded and cannot leave its place (no other host, no other path), in a JSON body it
// is a value inside a text, and headers take credentials only.
import { canonicalJson } from '../../audit-entry.ts'
import type { LeadFacts } from '../../lead.ts'
import type { ProviderRequest } from './enrichment-policy.ts'

const PLACEHOLDER = /\{\{\s*([a-z]+)\.([a-z][a-z0-9_.-]*)\s*\}\}/g
/** Scheme and host are plain: a lead never decides whom we call. */
const FIXED_ORIGIN = /^https?:\/\/[^/?#{}\\@\s]+(?=[/?#]|$)/

export interface Reference {
  kind: string
  name: string
}

/** Every placeholder of a text, and whether any braces are none. */
export function readTemplate(text: string): { references: Reference[]; isWhole: boolean } {
  const references = [...text.matchAll(PLACEHOLDER)].map(([, kind = '', name = '']) => ({ kind, name }))
  return { references, isWhole: !/\{\{|\}\}/.test(text.replace(PLACEHOLDER, '')) }
}

/** True when a URL template names its host in plain letters. */
export const hasFixedOrigin = (url: string) => FIXED_ORIGIN.test(url)

/** The URL with a plain word in each place, as far as it can be judged before it is used. */
export const sampleUrl = (url: string) => url.replace(PLACEHOLDER, 'x')

/** All texts of a JSON value. */
export function textsOf(value: unknown): string[] {
  if (typeof value === 'string') return [value]
  if (typeof value !== 'object' || value === null) return []
  return Object.values(value).flatMap(textsOf)
}

/** Every placeholder of a request. */
export function referencesOf({ url, headers, body }: ProviderRequest): Reference[] {
  return [url, ...headers.map(({ value }) => value), ...textsOf(body)].flatMap((text) => readTemplate(text).references)
}

export interface TemplateValues {
  lead: LeadFacts
  /** Null leaves the places of credentials open: so a request is recognized without its secrets. */
  credentials: ReadonlyMap<string, string> | null
  runId: string
}

export interface RenderedRequest {
  method: 'GET' | 'POST'
  url: string
  headers: Record<string, string>
  body: string | null
}

export type Rendering =
  | { ok: true; request: RenderedRequest }
  /** The lead lacks a field, the workspace a credential, or a value would change the address. */
  | { ok: false; reason: 'missing_input' | 'missing_credential' | 'unsafe_input' }

class Missing extends Error {
  readonly reason: 'missing_input' | 'missing_credential'
  constructor(reason: 'missing_input' | 'missing_credential') {
    super(reason)
    this.reason = reason
  }
}

/** Fills in a request. */
export function renderRequest({ method, url, headers, body }: ProviderRequest, values: TemplateValues): Rendering {
  const fill = (text: string, encode: (value: string) => string) =>
    text.replace(PLACEHOLDER, (whole, kind: string, name: string) => {
      if (kind === 'credential' && values.credentials === null) return encode === String ? whole : encode(whole)
      return encode(fillValue(kind, name, values))
    })
  try {
    const filled = fill(url, encodeURIComponent)
    if (!staysInPlace(url, filled)) return { ok: false, reason: 'unsafe_input' }
    return {
      ok: true,
      request: {
        method,
        url: filled,
        headers: Object.fromEntries(headers.map(({ name, value }) => [name.toLowerCase(), fill(value, String)])),
        body: body === null ? null : JSON.stringify(mapTexts(body, (text) => fill(text, String))),
      },
    }
  } catch (error) {
    if (error instanceof Missing) return { ok: false, reason: error.reason }
    // Half of a surrogate pair cannot be percent-encoded.
    if (error instanceof URIError) return { ok: false, reason: 'unsafe_input' }
    throw error
  }
}

function fillValue(kind: string, name: string, { lead, credentials, runId }: TemplateValues): string {
  if (kind === 'run') return runId
  if (kind === 'credential') {
    const secret = credentials?.get(name)
    if (secret === undefined) throw new Missing('missing_credential')
    return secret
  }
  const value = inputOf(lead, name)
  if (value === null) throw new Missing('missing_input')
  return value
}

/** What a lead gives for a placeholder; null when it has no such value. */
export function inputOf(lead: LeadFacts, name: string): string | null {
  const custom = name.startsWith('custom_fields.') ? name.slice('custom_fields.'.length) : null
  const fields: Record<string, unknown> = custom === null ? { ...lead } : lead.custom_fields
  const key = custom ?? name
  const value = Object.hasOwn(fields, key) ? fields[key] : null
  if (typeof value === 'number' || typeof value === 'boolean') return String(value)
  return typeof value === 'string' && value !== '' ? value : null
}

/** A dot segment cannot be encoded away (`%2e%2e` is one too), so the path must be the template's, word for word. */
function staysInPlace(template: string, filled: string): boolean {
  if (!URL.canParse(filled)) return false
  const [sample, real] = [new URL(sampleUrl(template)), new URL(filled)]
  return (
    sample.origin === real.origin &&
    sample.pathname.split('/').length === real.pathname.split('/').length &&
    !/\/\.{1,2}(\/|$)/.test(real.pathname)
  )
}

function mapTexts(value: unknown, map: (text: string) => string): unknown {
  if (typeof value === 'string') return map(value)
  if (Array.isArray(value)) return value.map((item) => mapTexts(item, map))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, mapTexts(item, map)]))
}

/** The text that two equal questions share, secrets left out. */
export const questionOf = (request: RenderedRequest) => canonicalJson(request)
