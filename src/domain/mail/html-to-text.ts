// The text part of a mail whose author wrote only HTML: paragraphs and lists as lines, links followed by their address.
// No browser: mail HTML is simple, and a reader of text wants the words.

const ENTITIES: Record<string, string> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
  nbsp: ' ',
  shy: '',
  copy: '©',
  reg: '®',
  euro: '€',
  hellip: '…',
  ndash: '–',
  mdash: '—',
  laquo: '«',
  raquo: '»',
  bull: '•',
  zwnj: '',
  zwj: '',
}

/** Text with its character references replaced. */
export function decodeEntities(text: string): string {
  return text.replace(/&(#x[0-9a-f]{1,6}|#\d{1,7}|[a-z]{2,8});/gi, (whole, name: string) => {
    if (!name.startsWith('#')) return ENTITIES[name.toLowerCase()] ?? whole
    const code = /^#x/i.test(name) ? Number.parseInt(name.slice(2), 16) : Number(name.slice(1))
    return code > 0 && code <= 0x10ffff && !(code >= 0xd800 && code <= 0xdfff) ? String.fromCodePoint(code) : ''
  })
}

const LINK = /<a\b[^>]*?\bhref\s*=\s*(?:"([^"]*)"|'([^']*)')[^>]*>([\s\S]*?)<\/a\s*>/gi

/** The words of an HTML mail. */
export function htmlToText(html: string): string {
  const flat = html
    .replace(/<!--[\s\S]*?-->|<(style|script|head|title)\b[\s\S]*?<\/\1\s*>/gi, '')
    .replace(/\s+/g, ' ')
    .replace(LINK, (_, a?: string, b?: string, inner = '') => linkText(decodeEntities(a ?? b ?? ''), inner))
    .replace(/<img\b[^>]*?\balt\s*=\s*(?:"([^"]*)"|'([^']*)')[^>]*>/gi, (_, a?: string, b?: string) => a ?? b ?? '')
    .replace(/<li\b[^>]*>/gi, '\n- ')
    .replace(/<hr\b[^>]*>/gi, '\n\n---\n\n')
    .replace(/<br\b[^>]*>/gi, '\n')
    .replace(/<\/(p|h[1-6]|ul|ol|table|blockquote|pre|div)\s*>/gi, '\n\n')
    .replace(/<\/tr\s*>/gi, '\n')
    .replace(/<\/td\s*>/gi, ' ')
    .replace(/<[a-z/!][^>]*>/gi, '')
  return decodeEntities(flat)
    .replace(/[ \t]*\n[ \t]*/g, '\n')
    .replace(/\n{3,}/g, '\n\n')
    .replace(/ {2,}/g, ' ')
    .trim()
}

function linkText(address: string, inner: string): string {
  const words = decodeEntities(inner.replace(/<[^>]*>/g, '')).trim()
  const shown = address.replace(/^mailto:/i, '')
  if (words === '' || words === shown || address.startsWith('#')) return words || shown
  return `${words} (${shown})`
}
