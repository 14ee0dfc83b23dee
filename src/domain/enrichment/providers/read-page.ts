// What the head and the links of a company's first page tell. Not a browser: tags are found by their beginnings, each once,
// in linear time, so that no page costs more than its length.

/** The page as an answer that mappings point into. */
export interface CompanyPage {
  title: string | null
  description: string | null
  site_name: string | null
  language: string | null
  links: Record<string, string>
}

/** Networks whose profile links are looked for. */
const NETWORKS: Record<string, RegExp> = {
  linkedin: /^https:\/\/(?:[a-z]{2,3}\.)?linkedin\.com\/(?:company|school)\/[^/?#]+/i,
  xing: /^https:\/\/(?:www\.)?xing\.com\/(?:pages|companies)\/[^/?#]+/i,
  facebook: /^https:\/\/(?:www\.)?facebook\.com\/[A-Za-z0-9.]{3,}/i,
  instagram: /^https:\/\/(?:www\.)?instagram\.com\/[A-Za-z0-9._]{2,}/i,
  x: /^https:\/\/(?:www\.)?(?:twitter|x)\.com\/[A-Za-z0-9_]{2,}/i,
  youtube: /^https:\/\/(?:www\.)?youtube\.com\/(?:@|c\/|channel\/|user\/)[^/?#]+/i,
  github: /^https:\/\/github\.com\/[A-Za-z0-9-]{2,}/i,
}

/** Longest tag that is looked at: real ones are far shorter. */
const MAX_TAG = 4_000
/** Most tags that are looked at. */
const MAX_TAGS = 20_000

/** Reads a page. */
export function readPage(html: string): CompanyPage {
  const page: CompanyPage = { title: null, description: null, site_name: null, language: null, links: {} }
  for (const { name, text, end } of tagsOf(html)) {
    if (name === 'html') page.language ??= clean(attributeOf(text, 'lang'))
    else if (name === 'title') page.title ??= clean(html.slice(end, end + 1_000).split('<', 1)[0] ?? null)
    else if (name === 'meta') readMeta(page, text)
    else if (name === 'a') readLink(page, attributeOf(text, 'href') ?? '')
  }
  return page
}

function* tagsOf(html: string): Generator<{ name: string; text: string; end: number }> {
  let seen = 0
  for (let at = html.indexOf('<'); at >= 0 && seen < MAX_TAGS; at = html.indexOf('<', at + 1), seen++) {
    const name = /^[a-z]{1,10}/i.exec(html.slice(at + 1, at + 11))?.[0].toLowerCase()
    if (name === undefined || !['html', 'title', 'meta', 'a'].includes(name)) continue
    const window = html.slice(at, at + MAX_TAG)
    const close = window.indexOf('>')
    if (close >= 0) yield { name, text: window.slice(name.length + 1, close), end: at + close + 1 }
  }
}

function readMeta(page: CompanyPage, text: string): void {
  const name = (attributeOf(text, 'name') ?? attributeOf(text, 'property') ?? '').toLowerCase()
  const content = clean(attributeOf(text, 'content'))
  if (name === 'description' || name === 'og:description') page.description ??= content
  else if (name === 'og:site_name') page.site_name ??= content
  else if (name === 'og:title') page.title ??= content
}

function readLink(page: CompanyPage, href: string): void {
  for (const [network, pattern] of Object.entries(NETWORKS)) {
    const link = pattern.exec(href)?.[0]
    if (link !== undefined && !Object.hasOwn(page.links, network)) page.links[network] = link
  }
}

function attributeOf(tag: string, name: string): string | null {
  for (const [, key = '', double, single, bare] of tag.matchAll(
    /([a-z:-]{1,30})\s{0,5}=\s{0,5}(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))/gi,
  )) {
    if (key.toLowerCase() === name) return double ?? single ?? bare ?? null
  }
  return null
}

const ENTITIES: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'", nbsp: ' ' }

function clean(text: string | null): string | null {
  if (text === null) return null
  const plain = text
    .replace(
      /&(?:#(\d{1,6})|#x([0-9a-f]{1,5})|([a-z]{2,6}));/gi,
      (whole, decimal?: string, hex?: string, name?: string) => {
        if (name !== undefined) return ENTITIES[name.toLowerCase()] ?? whole
        const code = Number.parseInt(decimal ?? hex ?? '', decimal === undefined ? 16 : 10)
        return code > 0 && code <= 0x10ffff && (code < 0xd800 || code > 0xdfff) ? String.fromCodePoint(code) : ''
      },
    )
    .replace(/\s+/g, ' ')
    .trim()
  return plain === '' ? null : [...plain].slice(0, 500).join('')
}
