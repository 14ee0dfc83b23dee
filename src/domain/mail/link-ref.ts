// Addresses in a mail are opaque: a reference holds, encrypted and authenticated, which message of which workspace it is
// and what it is good for. Nothing in it can be guessed, changed, or turned to another purpose; the address that a click
// leads to is stored with the message and never stands in the link. Deterministic (SIV: the MAC is the IV), so that a
// rendering made twice is the same.
import { createCipheriv, createDecipheriv, createHmac, hkdfSync, timingSafeEqual } from 'node:crypto'
import { formatUuid } from '../type-id.ts'

/** What a reference is good for; the letter is part of what is authenticated. */
export const REF_KINDS = { open: 'o', click: 'c', leave: 'u', confirm: 'k', inbox: 'i' } as const
export type RefKind = keyof typeof REF_KINDS

export interface LinkRef {
  kind: RefKind
  workspace_id: string
  /** Message, or confirmation; of an inbox the workspace again. */
  id: string
  /** Which link of the message. */
  index: number
}

export interface RefKeys {
  readonly mac: Buffer
  readonly cipher: Buffer
}

const MAC_BYTES = 16
const BODY_BYTES = 1 + 16 + 16 + 2
/** Characters of a reference. */
export const REF_LENGTH = Math.ceil(((MAC_BYTES + BODY_BYTES) * 4) / 3)
/** Pattern of a reference, anchored. */
export const REF_PATTERN = `^[A-Za-z0-9_-]{${REF_LENGTH}}$`

/** Keys of references, derived from the secret of the installation. */
export function refKeysOf(installationSecret: Uint8Array): RefKeys {
  const derive = (use: string) => Buffer.from(hkdfSync('sha256', installationSecret, '', `leadwell mail ${use}`, 32))
  return { mac: derive('reference mac'), cipher: derive('reference cipher') }
}

/** The text of a reference. */
export function writeRef(keys: RefKeys, ref: LinkRef): string {
  const body = Buffer.alloc(BODY_BYTES)
  body.write(REF_KINDS[ref.kind], 0, 'latin1')
  bytesOf(ref.workspace_id).copy(body, 1)
  bytesOf(ref.id).copy(body, 17)
  body.writeUInt16BE(ref.index, 33)
  const mac = macOf(keys, body)
  const cipher = createCipheriv('aes-256-ctr', keys.cipher, mac)
  return Buffer.concat([mac, cipher.update(body), cipher.final()]).toString('base64url')
}

/** What a reference says, undefined when we did not write it or it is for something else. */
export function readRef(keys: RefKeys, kind: RefKind, text: string): LinkRef | undefined {
  if (text.length !== REF_LENGTH) return undefined
  const bytes = Buffer.from(text, 'base64url')
  if (bytes.length !== MAC_BYTES + BODY_BYTES) return undefined
  const mac = bytes.subarray(0, MAC_BYTES)
  const decipher = createDecipheriv('aes-256-ctr', keys.cipher, mac)
  const body = Buffer.concat([decipher.update(bytes.subarray(MAC_BYTES)), decipher.final()])
  if (!timingSafeEqual(macOf(keys, body), mac)) return undefined
  if (body.toString('latin1', 0, 1) !== REF_KINDS[kind]) return undefined
  return {
    kind,
    workspace_id: formatUuid(body.subarray(1, 17)),
    id: formatUuid(body.subarray(17, 33)),
    index: body.readUInt16BE(33),
  }
}

const macOf = (keys: RefKeys, body: Buffer) =>
  createHmac('sha256', keys.mac).update(body).digest().subarray(0, MAC_BYTES)

const bytesOf = (uuid: string) => Buffer.from(uuid.replaceAll('-', ''), 'hex')

const BASE32 = 'abcdefghijklmnopqrstuvwxyz234567'
const VERP = /^bounce\+([a-z2-7]{39})$/

/**
 * Local part of the address that bounces come back to (VERP): the message and a MAC, in letters that survive servers
 * which fold case; 46 of at most 64 octets.
 */
export function writeBounceAddress(keys: RefKeys, workspaceId: string, messageId: string): string {
  const id = bytesOf(messageId)
  return `bounce+${base32(Buffer.concat([id, bounceMac(keys, workspaceId, id)]))}`
}

/** The message of a bounce address, undefined when it is none of this workspace. */
export function readBounceAddress(keys: RefKeys, workspaceId: string, address: string): string | undefined {
  const [, text] = VERP.exec(address.slice(0, Math.max(0, address.lastIndexOf('@'))).toLowerCase()) ?? []
  if (text === undefined) return undefined
  const bytes = fromBase32(text)
  const id = bytes.subarray(0, 16)
  return timingSafeEqual(bytes.subarray(16, 24), bounceMac(keys, workspaceId, id)) ? formatUuid(id) : undefined
}

const bounceMac = (keys: RefKeys, workspaceId: string, id: Uint8Array) =>
  createHmac('sha256', keys.mac).update('bounce').update(bytesOf(workspaceId)).update(id).digest().subarray(0, 8)

/** Message-ID of a message: the same whenever it is rendered, and no way back to the row. */
export function writeMessageId(keys: RefKeys, workspaceId: string, messageId: string, domain: string): string {
  const mac = createHmac('sha256', keys.mac)
    .update('message-id')
    .update(bytesOf(workspaceId))
    .update(bytesOf(messageId))
  return `<${mac.digest().subarray(0, 20).toString('hex')}@${domain}>`
}

function base32(bytes: Uint8Array): string {
  let text = ''
  let buffer = 0
  let bits = 0
  for (const byte of bytes) {
    buffer = ((buffer << 8) | byte) & 0xfff
    for (bits += 8; bits >= 5; bits -= 5) text += BASE32[(buffer >> (bits - 5)) & 31]
  }
  return bits === 0 ? text : text + BASE32[(buffer << (5 - bits)) & 31]
}

function fromBase32(text: string): Buffer {
  const bytes: number[] = []
  let buffer = 0
  let bits = 0
  for (const letter of text) {
    buffer = ((buffer << 5) | BASE32.indexOf(letter)) & 0xfff
    bits += 5
    if (bits >= 8) {
      bits -= 8
      bytes.push((buffer >> bits) & 255)
    }
  }
  return Buffer.from(bytes)
}
