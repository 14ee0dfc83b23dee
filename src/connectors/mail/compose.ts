/** The bytes of a mail: words from Liquid, the layout around them, MIME, signature. Runs in the render worker. */
import { createHash } from 'node:crypto'
import { deflateRawSync } from 'node:zlib'
import DKIM from 'nodemailer/lib/dkim'
import MailComposer from 'nodemailer/lib/mail-composer'
import { htmlToText } from '../../domain/mail/html-to-text.ts'
import { footerOf, type LayoutParts, layOut, pixelOf, textFooterOf } from '../../domain/mail/layout.ts'
import { type RefKeys, writeRef } from '../../domain/mail/link-ref.ts'
import { TAG_HEADER } from '../../domain/mail/provider-events.ts'
import { rewriteLinks } from '../../domain/mail/rewrite-links.ts'
import { renderLiquid, sentenceOf, variablesOf } from './liquid.ts'
import type { MailFrame, Rendered, RenderJob, RenderSources } from './render-job.ts'

/** Largest part after rendering: a loop over data must not make a mail that no server takes. */
const LONGEST_PART = 1_000_000
/** A header line has at most 998 octets (RFC 5322, 2.1.1); subjects are read to 80 characters. */
const LONGEST_SUBJECT = 300

/** A fault of the author, in a sentence. */
export class TemplateError extends Error {}

/** Renders a job; `keys` write its references. */
export async function compose(job: RenderJob, keys: RefKeys): Promise<Rendered> {
  const words = renderWords(job)
  if (job.frame === null) return { ...words, missing: missingOf(job), mail: null }
  const { frame } = job
  const counted = countLinks(words.html, job, frame, keys)
  const mime = await buildMime(frame, { ...words, html: counted.html })
  const mail = {
    mime: deflateRawSync(mime, { level: 1 }),
    hash: createHash('sha256').update(mime).digest('hex'),
    size: mime.length,
    links: counted.links,
  }
  return { ...words, html: counted.html, missing: [], mail }
}

function renderWords({ sources, layout, locale, scope, sender, leave_url, frame }: RenderJob) {
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
    pixel_url: frame?.pixel_url ?? null,
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

function countLinks(html: string | null, job: RenderJob, frame: MailFrame, keys: RefKeys) {
  const { click_base: base, workspace_id, message_id: id } = frame
  if (html === null || base === null) return { html, links: [] }
  return rewriteLinks(
    html,
    (url) => url !== job.leave_url && url !== frame.leave_url,
    (index) => `${base}/c/${writeRef(keys, { kind: 'click', workspace_id, id, index })}`,
  )
}

/** Covered by the signature: what tells who wrote and how to leave (RFC 8058 wants the last two). */
const SIGNED_HEADERS =
  'From:To:Reply-To:Subject:Date:Message-ID:MIME-Version:Content-Type:Content-Transfer-Encoding:List-Unsubscribe:List-Unsubscribe-Post'

async function buildMime(frame: MailFrame, words: { subject: string; html: string | null; text: string }) {
  const node = new MailComposer({
    from: frame.from,
    // Recipients only as objects: a text would be parsed, and could name somebody else (S2).
    to: frame.to,
    ...(frame.reply_to !== null && { replyTo: { name: '', address: frame.reply_to } }),
    subject: words.subject,
    text: words.text,
    ...(words.html !== null && { html: words.html }),
    messageId: frame.rfc_message_id,
    date: new Date(frame.date),
    headers: { ...tagHeaders(frame.tag), ...leaveHeaders(frame.leave_url) },
    disableFileAccess: true,
    disableUrlAccess: true,
    newline: '\r\n',
  }).compile()
  const recipients = node.getEnvelope().to
  if (recipients.length !== 1 || recipients[0] !== frame.to.address)
    throw new TemplateError('The recipient is not one address.')
  const bytes = await node.build()
  return frame.dkim === null ? bytes : await sign(bytes, frame.dkim)
}

/** The message, in the words of each provider that hands something back. */
function tagHeaders(tag: string): Record<string, string> {
  return {
    [TAG_HEADER]: tag,
    'X-PM-Metadata-leadwell': tag,
    'X-Mailgun-Variables': JSON.stringify({ leadwell: tag }),
    'X-SMTPAPI': JSON.stringify({ unique_args: { leadwell: tag } }),
  }
}

/** One click leaves, without a page and without a question (RFC 2369, RFC 8058). */
function leaveHeaders(url: string | null): Record<string, string> {
  if (url === null) return {}
  return { 'List-Unsubscribe': `<${url}>`, 'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click' }
}

async function sign(bytes: Buffer, key: NonNullable<MailFrame['dkim']>): Promise<Buffer> {
  const dkim = new DKIM({
    keys: { domainName: key.domain, keySelector: key.selector, privateKey: key.private_key },
    headerFieldNames: SIGNED_HEADERS,
  })
  const chunks: Buffer[] = []
  for await (const chunk of dkim.sign(bytes)) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks)
}
