// Counted links: the address in an HTML mail is replaced by one of ours, and the real one is stored with the message. Only
// web links count; what people use to leave (unsubscribe, preferences) is never sent through a counter.
import { decodeEntities } from './html-to-text.ts'

const ANCHOR_HREF = /(<a\b[^>]*?\bhref\s*=\s*)(?:"([^"]*)"|'([^']*)')/gi

/** Most counted links of one mail. */
export const MOST_LINKS = 200

/** The HTML with its web links replaced, and where they lead, each address once. */
export function rewriteLinks(
  html: string,
  isCounted: (url: string) => boolean,
  addressOf: (index: number) => string,
): { html: string; links: string[] } {
  const links: string[] = []
  const rewritten = html.replace(ANCHOR_HREF, (whole, before: string, double?: string, single?: string) => {
    const url = decodeEntities(double ?? single ?? '').trim()
    if (!isWebAddress(url) || !isCounted(url)) return whole
    let index = links.indexOf(url)
    if (index < 0) {
      if (links.length >= MOST_LINKS) return whole
      index = links.push(url) - 1
    }
    return `${before}"${addressOf(index)}"`
  })
  return { html: rewritten, links }
}

/** True for an absolute http address that a browser would follow. */
export function isWebAddress(url: string): boolean {
  return /^https?:\/\/[^\s/?#]/i.test(url) && url.length <= 2_000 && URL.canParse(url)
}
