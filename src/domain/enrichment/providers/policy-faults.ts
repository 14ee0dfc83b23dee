// What is wrong with an enrichment policy, each fault with its place. What only the running service knows (which hosts may
// be called, which credentials and custom fields there are) is given to it.
import { normalizeCurrency } from '../../normalize/currency.ts'
import {
  ACCOUNT_TARGETS,
  type EnrichmentPolicy,
  type EnrichmentProvider,
  LEAD_INPUTS,
  LEAD_TARGETS,
  POLICY_LIMITS,
  type ProviderRequest,
  wantedOf,
} from './enrichment-policy.ts'
import { hasFixedOrigin, readTemplate, sampleUrl, textsOf } from './request-template.ts'

export interface PolicyFault {
  code: string
  detail: string
  pointer: string
}

export interface KnownThings {
  customFields: ReadonlySet<string>
  credentials: ReadonlySet<string>
  /** Why a URL may not be called, or null. */
  refuseUrl(url: string): string | null
}

/** Headers that belong to the connection, not to whoever describes a request. */
const RESERVED_HEADERS = new Set([
  ...['host', 'content-length', 'transfer-encoding', 'connection', 'keep-alive', 'upgrade', 'te', 'trailer', 'expect'],
  ...['proxy-authorization', 'proxy-connection', 'cookie', 'content-type', 'accept-encoding'],
])

/** Every fault of a policy. */
export function findPolicyFaults(policy: EnrichmentPolicy, known: KnownThings): PolicyFault[] {
  const faults: PolicyFault[] = []
  const add = (pointer: string, code: string, detail: string) => faults.push({ code, detail, pointer })
  const seen = new Set<string>()
  for (const [i, provider] of policy.providers.entries()) {
    const at = `/providers/${i}`
    if (seen.has(provider.key)) add(`${at}/key`, 'duplicate', 'Another provider has this key.')
    seen.add(provider.key)
    checkProvider(provider, at, known, add)
  }
  const targets = new Set(wantedOf({ ...policy, wanted: [] }))
  for (const [i, field] of policy.wanted.entries()) {
    if (!targets.has(field)) add(`/wanted/${i}`, 'unknown_field', 'No provider that is in use fills this field.')
  }
  if (normalizeCurrency(policy.currency) !== policy.currency)
    add('/currency', 'unknown_currency', 'Must be an ISO 4217 code.')
  return faults
}

type Add = (pointer: string, code: string, detail: string) => void

function checkProvider(provider: EnrichmentProvider, at: string, known: KnownThings, add: Add): void {
  const { kind, request, fields } = provider
  if (kind === 'http' && request === null) add(`${at}/request`, 'required', 'A provider of kind http needs a request.')
  if (kind === 'company_page' && request !== null) {
    add(`${at}/request`, 'not_allowed', 'The page of a company is asked for by its domain alone.')
  }
  if (request !== null) checkRequest(request, `${at}/request`, known, add)
  if (fields.length === 0) add(`${at}/fields`, 'required', 'Say which fields its answers fill.')
  for (const [i, { target, pointer }] of fields.entries()) {
    if (!isTarget(target, known))
      add(`${at}/fields/${i}/target`, 'unknown_field', 'Nothing of this name can be filled.')
    if (!isPointer(pointer))
      add(`${at}/fields/${i}/pointer`, 'invalid_format', 'Must be a JSON pointer such as /person/title.')
  }
  if (provider.confidence_pointer !== null && !isPointer(provider.confidence_pointer)) {
    add(`${at}/confidence_pointer`, 'invalid_format', 'Must be a JSON pointer such as /score.')
  }
}

const isPointer = (text: string) => /^(\/([^~]|~[01])*)+$/.test(text) && text.length <= 300

function isTarget(target: string, { customFields }: KnownThings): boolean {
  if (target.startsWith('custom_fields.')) return customFields.has(target.slice('custom_fields.'.length))
  return LEAD_TARGETS.includes(target) || ACCOUNT_TARGETS.includes(target)
}

function checkRequest({ method, url, headers, body }: ProviderRequest, at: string, known: KnownThings, add: Add): void {
  const urlPlace = `${at}/url`
  checkTexts([url], urlPlace, ['lead', 'credential', 'run'], known, add)
  if (!hasFixedOrigin(url) || !URL.canParse(sampleUrl(url))) {
    add(urlPlace, 'invalid_url', 'Must begin with https:// and a host that is written out.')
  } else {
    const refusal = known.refuseUrl(sampleUrl(url))
    if (refusal !== null) add(urlPlace, refusal, 'This address may not be called.')
  }
  for (const [i, { name, value }] of headers.entries()) {
    const place = `${at}/headers/${i}`
    if (RESERVED_HEADERS.has(name.toLowerCase()))
      add(`${place}/name`, 'not_allowed', 'This header is not yours to set.')
    if (headers.findIndex((other) => other.name.toLowerCase() === name.toLowerCase()) < i) {
      add(`${place}/name`, 'duplicate', 'This header is there already.')
    }
    checkTexts([value], `${place}/value`, ['credential', 'run'], known, add)
  }
  if (body === null) return
  if (method === 'GET') add(`${at}/body`, 'not_allowed', 'GET has no body.')
  if (Buffer.byteLength(JSON.stringify(body)) > POLICY_LIMITS.body_bytes) {
    add(`${at}/body`, 'too_long', `Must have at most ${POLICY_LIMITS.body_bytes} bytes as JSON.`)
  }
  checkTexts(textsOf(body), `${at}/body`, ['lead', 'credential', 'run'], known, add)
}

function checkTexts(texts: string[], at: string, kinds: string[], known: KnownThings, add: Add): void {
  for (const text of texts) {
    const { references, isWhole } = readTemplate(text)
    if (!isWhole) add(at, 'invalid_template', 'Braces are for {{lead.<field>}}, {{credential.<key>}} and {{run.id}}.')
    for (const { kind, name } of references) {
      const problem = problemOf(kind, name, kinds, known)
      if (problem !== null) add(at, 'invalid_template', problem)
    }
  }
}

function problemOf(kind: string, name: string, kinds: string[], known: KnownThings): string | null {
  if (!kinds.includes(kind)) return `{{${kind}.…}} has no place here.`
  if (kind === 'run') return name === 'id' ? null : 'A run has only an id.'
  if (kind === 'credential')
    return known.credentials.has(name) ? null : `There is no credential ${name}; store it first.`
  const custom = name.startsWith('custom_fields.') ? name.slice('custom_fields.'.length) : null
  const isKnown = custom === null ? LEAD_INPUTS.includes(name) : known.customFields.has(custom)
  return isKnown ? null : `A lead has no field ${name} to ask with.`
}
