/** Reads a mail that came back: a report about one of ours, a complaint, or an answer. Says what it claims, judges nothing. */
import PostalMime, { type Email, type Header } from 'postal-mime'

export type Inbound =
  | {
      kind: 'bounce'
      returned_to: string[]
      rfc_message_id: string | null
      action: string
      status: string
      recipient: string | null
      detail: string
    }
  | { kind: 'complaint'; returned_to: string[]; rfc_message_id: string | null }
  | { kind: 'reply'; from: string; in_reply_to: string[]; rfc_message_id: string | null }
  | { kind: 'other' }

/** Deeper nested than any report; deeper mails are made to cost time. */
const MIME_DEPTH = 20

/** What an inbound mail is. Never throws: what cannot be read is `other`. */
export async function readInbound(raw: Buffer, envelopeTo: string | null): Promise<Inbound> {
  let mail: Email
  try {
    mail = await PostalMime.parse(raw, {
      attachmentEncoding: 'utf8',
      forceRfc822Attachments: true,
      maxNestingDepth: MIME_DEPTH,
    })
  } catch {
    return { kind: 'other' }
  }
  const returnedTo = [envelopeTo, ...addressesOf(mail)].filter((address) => address !== null)
  const original = originalIdOf(mail)
  const report = partOf(mail, 'message/delivery-status')
  if (report !== null)
    return { kind: 'bounce', returned_to: returnedTo, rfc_message_id: original, ...readReport(report) }
  if (partOf(mail, 'message/feedback-report') !== null) {
    return { kind: 'complaint', returned_to: returnedTo, rfc_message_id: original }
  }
  const from = mail.from?.address
  if (from === undefined || isAutomatic(mail.headers)) return { kind: 'other' }
  const answered = `${mail.inReplyTo ?? ''} ${mail.references ?? ''}`.match(/<[^<>\s]{3,250}>/g) ?? []
  if (answered.length === 0) return { kind: 'other' }
  return {
    kind: 'reply',
    from,
    in_reply_to: [...new Set(answered)].slice(0, 50),
    rfc_message_id: mail.messageId ?? null,
  }
}

function addressesOf({ headers, to }: Email): string[] {
  const names = ['delivered-to', 'x-original-to', 'envelope-to', 'x-envelope-to']
  const inHeaders = headers.filter(({ key }) => names.includes(key)).map(({ value }) => value.replace(/[<>\s]/g, ''))
  return [...inHeaders, ...(to ?? []).flatMap(({ address }) => address ?? [])].slice(0, 20)
}

function partOf({ attachments }: Email, type: string): string | null {
  const part = attachments.find(({ mimeType }) => mimeType.toLowerCase() === type)
  if (part === undefined) return null
  return typeof part.content === 'string' ? part.content : Buffer.from(part.content as ArrayBuffer).toString('utf8')
}

/** Message-ID of the mail that is reported about, from the copy or the headers that come along. */
function originalIdOf(mail: Email): string | null {
  const copy =
    partOf(mail, 'message/rfc822') ?? partOf(mail, 'text/rfc822-headers') ?? partOf(mail, 'message/rfc822-headers')
  const headers = copy?.split(/\r?\n\r?\n/)[0]?.replace(/\r?\n[ \t]+/g, ' ') ?? ''
  return /^message-id:\s*(<[^<>\s]{3,250}>)/im.exec(headers)?.[1] ?? null
}

/** First recipient of a report (RFC 3464, 2.3). */
function readReport(text: string) {
  const field = (name: string) => new RegExp(`^${name}:[ \\t]*(.{1,500})$`, 'im').exec(text)?.[1]?.trim() ?? ''
  const recipient = field('Original-Recipient') || field('Final-Recipient')
  return {
    action: field('Action').toLowerCase(),
    status: /\d\.\d{1,3}\.\d{1,3}/.exec(field('Status'))?.[0] ?? '',
    recipient: recipient.replace(/^[a-z0-9-]+;\s*/i, '').replace(/[<>]/g, '') || null,
    detail: field('Diagnostic-Code').slice(0, 300),
  }
}

/** Out of office is no answer (RFC 3834). */
function isAutomatic(headers: Header[]): boolean {
  return headers.some(
    ({ key, value }) =>
      (key === 'auto-submitted' && !/^no\b/i.test(value.trim())) ||
      (key === 'precedence' && /bulk|junk|list|auto_reply/i.test(value)) ||
      key === 'x-autoreply' ||
      key === 'x-autorespond',
  )
}
