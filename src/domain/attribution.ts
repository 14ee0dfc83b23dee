// What brought a visitor here: campaign parameters (the five of Urchin, as everybody uses them) and the click ids that
// advertising networks append. Kept as text with each touch; nothing is interpreted at capture.

/** Names that are taken from the fields of a submission and from the address of its page. */
export const ATTRIBUTION_NAMES = [
  'utm_source',
  'utm_medium',
  'utm_campaign',
  'utm_term',
  'utm_content',
  'gclid',
  'gbraid',
  'wbraid',
  'fbclid',
  'msclkid',
  'li_fat_id',
  'ttclid',
  'twclid',
] as const

/** Longest value that is kept; real click ids have up to about 200 characters. */
const LONGEST = 500

/** Attribution parameters in the query of a page's address. */
export function attributionOfUrl(url: string | undefined): Record<string, string> {
  if (url === undefined || !URL.canParse(url)) return {}
  const parameters = new URL(url).searchParams
  const found: Record<string, string> = {}
  for (const name of ATTRIBUTION_NAMES) {
    const value = parameters.get(name)
    if (value !== null && value !== '' && value.isWellFormed() && !value.includes('\0'))
      found[name] = value.slice(0, LONGEST)
  }
  return found
}
