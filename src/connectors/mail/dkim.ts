/** The signature of a mail (RFC 6376, rsa-sha256, relaxed/relaxed). The library writes the field; the body is hashed here. */
import { createHash, createPrivateKey, type KeyObject } from 'node:crypto'
import { LRUCache } from 'lru-cache'
import sign from 'nodemailer/lib/dkim/sign.js'
import type { MimeParts } from './mime.ts'

export interface DkimKey {
  domain: string
  selector: string
  private_key: string
}

/** Covered by the signature: what tells who wrote and how to leave (RFC 8058 wants the last two). */
const SIGNED_HEADERS =
  'From:To:Reply-To:Subject:Date:Message-ID:MIME-Version:Content-Type:Content-Transfer-Encoding:List-Unsubscribe:List-Unsubscribe-Post'

/** Reading a key costs a tenth of signing with it. */
const keys = new LRUCache<string, KeyObject>({ max: 100 })

function readKey(pem: string): KeyObject {
  const known = keys.get(pem)
  if (known !== undefined) return known
  const key = createPrivateKey(pem)
  keys.set(pem, key)
  return key
}

/** The header that signs a mail. */
export function signatureOf({ headers, body }: MimeParts, { domain, selector, private_key }: DkimKey): string {
  const hash = createHash('sha256').update(relaxed(body)).digest('base64')
  const lines = headers.map((line) => ({
    key: line.slice(0, line.indexOf(':')).toLowerCase(),
    // A character for each byte, as the library wants it.
    line: Buffer.from(line).toString('latin1'),
  }))
  const signature = sign(lines, 'sha256', hash, {
    domainName: domain,
    keySelector: selector,
    privateKey: readKey(private_key),
    headerFieldNames: SIGNED_HEADERS,
  })
  if (signature === false) throw new Error('the key of the sender cannot sign')
  return signature
}

/** The body without what servers may change on the way (RFC 6376, 3.4.4). */
function relaxed(body: string): string {
  const lines = body
    .replace(/[ \t]+/g, ' ')
    .replaceAll(' \r\n', '\r\n')
    .trimEnd()
  return lines === '' ? '' : `${lines}\r\n`
}
