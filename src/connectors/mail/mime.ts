/**
 * A mail with words as MIME (RFC 2045 to 2047). The library encodes what people write into headers; the parts are put
 * together here at once: its way through streams cost more than everything else about a rendering (docs/decisions/0018).
 */
import { foldLines } from 'nodemailer/lib/mime-funcs'
import MimeNode from 'nodemailer/lib/mime-node'

/** What people have written: whatever is not ASCII in it is encoded. */
export type HeaderValue = string | { name: string; address: string }

/** A header line whose value is as it shall be. */
export const plainHeader = (name: string, value: string): string => foldLines(`${name}: ${value}`, LONGEST_LINE)

/** A header line with the words of a person, or an address; none when there are no words. */
export function wordyHeader(name: string, value: HeaderValue): string[] {
  const encoded = encoder.encodeHeaderValue(name, value)
  return encoded === '' ? [] : [plainHeader(name, encoded)]
}

export interface MimeWords {
  html: string | null
  text: string
}

/** Lines of headers, each folded and without its end, and what follows the empty line after them, which is ASCII. */
export interface MimeParts {
  headers: string[]
  body: string
}

/** Lines up to this length leave as they are. */
const LONGEST_LINE = 76

/** Encodes any header of any mail. */
const encoder = new MimeNode()

/** Puts a mail together behind its header lines; `mark` is of letters and digits that nobody has put into its words. */
export function buildMime(headers: readonly string[], { html, text }: MimeWords, mark: string): MimeParts {
  const plain = encodePart('plain', text)
  if (html === null) return { headers: [...headers, VERSION, ...plain.headers], body: plain.body }
  // An equals sign before an underscore is in no part that is quoted-printable or base64.
  const boundary = `=_${mark}`
  const parts = [plain, encodePart('html', html)].map(
    (part) => `--${boundary}\r\n${part.headers.join('\r\n')}\r\n\r\n${part.body}\r\n`,
  )
  return {
    headers: [...headers, VERSION, `Content-Type: multipart/alternative;\r\n boundary="${boundary}"`],
    body: `${parts.join('')}--${boundary}--\r\n`,
  }
}

const VERSION = 'MIME-Version: 1.0'

function encodePart(type: 'plain' | 'html', content: string): MimeParts {
  const text = content.replace(/\r\n?|\n/g, '\r\n')
  const { encoding, body } = encodeText(text)
  return {
    headers: [`Content-Type: text/${type}; charset=utf-8`, `Content-Transfer-Encoding: ${encoding}`],
    body,
  }
}

function encodeText(text: string): { encoding: string; body: string } {
  if (/^[\t\r\n\x20-\x7e]*$/.test(text) && !/^.{77}/m.test(text)) return { encoding: '7bit', body: text }
  const bytes = Buffer.from(text)
  let foreign = 0
  for (const byte of bytes) foreign += byte >> 7
  // Of a foreign alphabet nobody could read the other encoding, and it would be longer.
  if (foreign * 3 > bytes.length) {
    return { encoding: 'base64', body: bytes.toString('base64').replace(/.{76}/g, '$&\r\n') }
  }
  return { encoding: 'quoted-printable', body: quotedPrintable(bytes) }
}

const [TAB, LF, CR, SPACE, EQUALS] = [0x09, 0x0a, 0x0d, 0x20, 0x3d]
const HEX = Buffer.from('0123456789ABCDEF')

/** RFC 2045, 6.7: printable letters as they are, the others as `=XX`, and `=` at the end of a line that goes on. */
export function quotedPrintable(bytes: Uint8Array): string {
  // Three characters for each byte and three for a break after 73 of them, at the most.
  const out = Buffer.allocUnsafe(Math.ceil(bytes.length * 3.2) + 3)
  let end = 0
  let column = 0
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes[i] as number
    if (byte === CR && bytes[i + 1] === LF) {
      out[end++] = CR
      out[end++] = LF
      column = 0
      i++
      continue
    }
    const next = bytes[i + 1] ?? CR
    // Servers take blanks from the ends of lines.
    const isLiteral = byte === SPACE || byte === TAB ? next !== CR : byte > SPACE && byte < 0x7f && byte !== EQUALS
    if (column + (isLiteral ? 1 : 3) >= LONGEST_LINE) {
      out[end++] = EQUALS
      out[end++] = CR
      out[end++] = LF
      column = 0
    }
    if (isLiteral) {
      out[end++] = byte
      column++
    } else {
      out[end++] = EQUALS
      out[end++] = HEX[byte >> 4] as number
      out[end++] = HEX[byte & 15] as number
      column += 3
    }
  }
  return out.toString('latin1', 0, end)
}
