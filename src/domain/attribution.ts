// What brought a visitor here: campaign parameters (the five of Urchin, as everybody uses them) and the click ids that
// advertising networks append. Kept as text with each touch; nothing is interpreted at capture.
import { cutText } from './cut-text.ts'

/** Names that are taken from the fields of a submission and from the address of its page. */
export const ATTRIBUTION_NAMES = [
  'utm_source',
  'utm_medium',
  'utm_campaign',
  'utm_term',
  'utm_content',
  'utm_id',
  'utm_source_platform',
  'utm_creative_format',
  'utm_marketing_tactic',
  // Google
  'gclid',
  'gbraid',
  'wbraid',
  'dclid',
  'gclsrc',
  // Meta, Microsoft, LinkedIn, TikTok, X, Pinterest, Reddit, Snapchat, Yahoo, Yandex
  'fbclid',
  'msclkid',
  'li_fat_id',
  'ttclid',
  'twclid',
  'epik',
  'rdt_cid',
  'ScCid',
  'yahclid',
  'yclid',
  // Quora, Taboola, Outbrain, Impact, mail programs
  'qclid',
  'tblci',
  'obclid',
  'irclickid',
  'mc_cid',
  'mc_eid',
] as const

/** Longest value that is kept; real click ids have up to about 200 characters. */
const LONGEST = 500

const NAMES: ReadonlySet<string> = new Set(ATTRIBUTION_NAMES)

/** Attribution parameters in the query of a page's address; of a repeated one the first. */
export function attributionOfUrl(url: string | undefined): Record<string, string> {
  const found: Record<string, string> = {}
  const query = url?.split('#', 1)[0]?.split('?').slice(1).join('?')
  // Most pages have no query, and reading a whole address costs 10 us.
  if (url === undefined || !query || !URL.canParse(url)) return found
  for (const [name, value] of new URLSearchParams(query)) {
    if (!NAMES.has(name) || Object.hasOwn(found, name)) continue
    if (value !== '' && value.isWellFormed() && !value.includes('\0')) found[name] = cutText(value, LONGEST)
  }
  return found
}

/** Attribution parameters among the fields of a submission. */
export function attributionOfFields(payload: Record<string, unknown>): Record<string, string> {
  const found: Record<string, string> = {}
  for (const name of Object.keys(payload)) {
    const value = payload[name]
    if (NAMES.has(name) && typeof value === 'string' && value !== '') found[name] = cutText(value, LONGEST)
  }
  return found
}

/**
 * What brought the visitor of this submission: its fields and its page; where neither says anything, the first page of
 * the visit. Parameters of two different clicks are never mixed.
 */
export function attributionOf(
  payload: Record<string, unknown>,
  pageUrl: string | undefined,
  landingPage: string | undefined,
): Record<string, string> {
  const here = { ...attributionOfUrl(pageUrl), ...attributionOfFields(payload) }
  return Object.keys(here).length > 0 ? here : attributionOfUrl(landingPage)
}
