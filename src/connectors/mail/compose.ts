/** The bytes of a mail: words from Liquid, the layout around them, MIME, signature. Runs in the render worker. */
import { createHash } from 'node:crypto'
import { deflateRawSync } from 'node:zlib'
import MimeNode from 'nodemailer/lib/mime-node'
import { htmlToText } from '../../domain/mail/html-to-text.ts'
import { footerOf, type LayoutParts, layOut, pixelOf, textFooterOf } from '../../domain/mail/layout.ts'
import { type RefKeys, writeRef } from '../../domain/mail/link-ref.ts'
import { TAG_HEADER } from '../../domain/mail/provider-events.ts'
import { rewriteLinks } from '../../domain/mail/rewrite-links.ts'
import { signatureOf } from './dkim.ts'
import { renderLiquid, sentenceOf, variablesOf } from './liquid.ts'
import { buildMime, type MimeWords, plainHeader, wordyHeader } from './mime.ts'
import type { ComposedMail, MailFrame, MailJob, RenderedWords, RenderJob, RenderSources } from './render-job.ts'

/** Largest part after rendering: a loop over data must not make a mail that no server takes. */
const LONGEST_PART = 1_000_000
/** A header line has at most 998 octets (RFC 5322, 2.1.1); subjects are read to 80 characters. */
const LONGEST_SUBJECT = 300

/** A fault of the author, in a sentence. */
export class TemplateError extends Error {}

/** The words of a mail, and which variables it misses. */
export function preview(job: RenderJob): RenderedWords {
  return { ...renderWords(job, null), missing: missingOf(job) }
}

/** A mail as it will leave; `keys` write its references. */
export function compose(job: MailJob, keys: RefKeys): ComposedMail {
  const { frame } = job
  const words = renderWords(job, frame.pixel_url)
  const { html, links } = countLinks(words.html, job, keys)
  const bytes = mimeOf(frame, words.subject, { html, text: words.text })
  return {
    subject: words.subject,
    bytes,
    // Of its own size: what crosses to another thread crosses with the whole buffer that it is a piece of.
    deflated: new Uint8Array(deflateRawSync(bytes, { level: 1 })),
    hash: createHash('sha256').update(bytes).digest('hex'),
    links,
  }
}

function renderWords(
  { sources, layout, locale, scope, sender, leave_url }: RenderJob,
  pixel_url: string | null,
): Omit<RenderedWords, 'missing'> {
  const subject = oneLine(render('subject', sources, scope)).slice(0, LONGEST_SUBJECT)
  const body = sources.html === null ? null : render('html', sources, scope)
  const parts: LayoutParts = {
    locale,
    subject,
    body: body ?? '',
    preheader: oneLine(render('preheader', sources, scope)),
    sender_name: sender.name,
    postal_address: sender.postal_address,
    leave_url,
    pixel_url,
  }
  const words = sources.text === null ? htmlToText(body ?? '') : render('text', sources, scope).trim()
  // The law wants the address and the way out under every mailing, also where the author has a layout of his own.
  const hasWayOut = leave_url === null || words.includes(leave_url)
  const text = layout === 'none' && hasWayOut ? words : `${words}\n\n${textFooterOf(parts)}\n`
  return { subject, html: body === null ? null : wrap(layout, parts), text }
}

function wrap(layout: RenderJob['layout'], parts: LayoutParts): string {
  if (layout === 'default') return layOut(parts)
  const hasWayOut = parts.leave_url === null || parts.body.includes(parts.leave_url)
  const end = (hasWayOut ? '' : `<div style="font-size:13px">${footerOf(parts)}</div>\n`) + pixelOf(parts.pixel_url)
  const at = parts.body.search(/<\/body\s*>/i)
  return at < 0 ? parts.body + end : parts.body.slice(0, at) + end + parts.body.slice(at)
}

function render(part: keyof RenderSources, sources: RenderSources, scope: object): string {
  try {
    const text = renderLiquid(part === 'html' ? 'html' : 'text', sources[part] ?? '', scope)
    if (text.length > LONGEST_PART) throw new Error(`It becomes longer than ${LONGEST_PART} characters.`)
    return text.replaceAll('\u0000', '')
  } catch (error) {
    throw new TemplateError(`${part}: ${sentenceOf(error)}`)
  }
}

/** Line breaks in a subject would begin a new header. */
const oneLine = (text: string) => text.replace(/[\p{Cc}\u2028\u2029]+/gu, ' ').trim()

function missingOf({ sources, scope }: RenderJob): string[] {
  const paths = Object.values(sources).flatMap((source) => (source === null ? [] : variablesOf(source)))
  return [...new Set(paths)].filter((path) => isBlank(valueAt(scope, path))).sort()
}

const isBlank = (value: unknown) => value === undefined || value === null || value === ''

function valueAt(scope: unknown, path: string): unknown {
  return path.split('.').reduce<unknown>((value, name) => {
    if (typeof value === 'string' || Array.isArray(value)) {
      // What Liquid itself knows of texts and lists.
      if (name === 'size' || name === 'first' || name === 'last') return value.length === 0 ? undefined : value
    }
    return typeof value === 'object' && value !== null && Object.hasOwn(value, name)
      ? (value as Record<string, unknown>)[name]
      : undefined
  }, scope)
}

function countLinks(html: string | null, { frame, leave_url }: MailJob, keys: RefKeys) {
  const { click_base: base, workspace_id, message_id: id } = frame
  if (html === null || base === null) return { html, links: [] }
  return rewriteLinks(
    html,
    (url) => url !== leave_url && url !== frame.leave_url,
    (index) => `${base}/c/${writeRef(keys, { kind: 'click', workspace_id, id, index })}`,
  )
}

/** Reads recipients as the library would. */
const reader = new MimeNode()

function mimeOf(frame: MailFrame, subject: string, words: MimeWords): Uint8Array {
  const { from, to, reply_to, rfc_message_id: id, date, tag, leave_url, dkim } = frame
  // Recipients only as objects: a text would be parsed, and could name somebody else (S2).
  const recipients = reader.setHeader('To', { ...to }).getEnvelope().to
  if (recipients.length !== 1 || recipients[0] !== to.address)
    throw new TemplateError('The recipient is not one address.')
  const headers = [
    ...wordyHeader('From', from),
    ...wordyHeader('To', to),
    ...(reply_to === null ? [] : wordyHeader('Reply-To', { name: '', address: reply_to })),
    ...wordyHeader('Subject', subject),
    plainHeader('Message-ID', id),
    plainHeader('Date', new Date(date).toUTCString().replace('GMT', '+0000')),
    ...leaveHeaders(leave_url),
    ...tagHeaders(tag),
  ]
  const parts = buildMime(headers, words, id.slice(1, id.indexOf('@')))
  const lines = dkim === null ? parts.headers : [signatureOf(parts, dkim), ...parts.headers]
  return new Uint8Array(Buffer.from(`${lines.join('\r\n')}\r\n\r\n${parts.body}`))
}

/** The message, in the words of each provider that hands something back. */
function tagHeaders(tag: string): string[] {
  return [
    plainHeader(TAG_HEADER, tag),
    plainHeader('X-PM-Metadata-leadwell', tag),
    plainHeader('X-Mailgun-Variables', JSON.stringify({ leadwell: tag })),
    plainHeader('X-SMTPAPI', JSON.stringify({ unique_args: { leadwell: tag } })),
  ]
}

/** One click leaves, without a page and without a question (RFC 2369, RFC 8058). */
function leaveHeaders(url: string | null): string[] {
  if (url === null) return []
  return [
    plainHeader('List-Unsubscribe', `<${url}>`),
    plainHeader('List-Unsubscribe-Post', 'List-Unsubscribe=One-Click'),
  ]
}
