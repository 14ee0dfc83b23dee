// Ids on the wire are TypeIDs: a prefix that names the kind, an underscore, and the 128 bits of a UUIDv7 in
// 26 characters of Crockford base 32 (jetify-com/typeid 0.3). In the database they are native uuid.
// Clients treat them as opaque; we convert at the edge only.

const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz'
const VALUE_OF = new Map([...ALPHABET].map((letter, value) => [letter.charCodeAt(0), value]))
const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'))

/** Prefix of every kind of object that has an id of its own. */
export const ID_PREFIX = {
  lead: 'lead',
  account: 'acct',
  activity: 'act',
  form: 'frm',
  submission: 'sub',
  change: 'chg',
  key: 'key',
  user: 'user',
  workspace: 'ws',
  touch: 'tch',
  receipt: 'rcpt',
  file: 'file',
  consent: 'cons',
  audit: 'aud',
  operation: 'op',
  enrichment_run: 'run',
  policy: 'pol',
  assignment: 'asg',
  replay: 'rpl',
  event: 'evt',
  message: 'msg',
  message_event: 'mev',
  suppression: 'supp',
  confirmation: 'conf',
  enrollment: 'enr',
  webhook_endpoint: 'whe',
  webhook_delivery: 'whd',
  buyer_sale: 'sale',
  buyer_offer: 'offer',
  ledger_entry: 'ldg',
} as const

export type IdKind = keyof typeof ID_PREFIX

/** Pattern of the ids of one kind, as published in the OpenAPI document. */
export function typeIdPattern(kind: IdKind): string {
  return `^${ID_PREFIX[kind]}_[0-7][0-9a-hjkmnp-tv-z]{25}$`
}

/** The wire form of a uuid; `uuid` must be the canonical 36 characters that PostgreSQL and our generator write. */
export function encodeTypeId(kind: IdKind, uuid: string): string {
  const bytes = Buffer.from(uuid.replaceAll('-', ''), 'hex')
  let text = ''
  // 130 bits in 26 groups of five: the first group has only three bits of its own.
  for (let bit = -2; bit < 128; bit += 5) text += ALPHABET[fiveBitsAt(bytes, bit)]
  return `${ID_PREFIX[kind]}_${text}`
}

function fiveBitsAt(bytes: Uint8Array, bit: number): number {
  const at = bit >> 3
  const pair = ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0)
  return (pair >> (11 - (bit & 7))) & 31
}

/** The uuid inside an id of this kind, or undefined when it is not one. */
export function decodeTypeId(kind: IdKind, id: string): string | undefined {
  const prefix = ID_PREFIX[kind]
  if (id.length !== prefix.length + 27 || !id.startsWith(prefix) || id[prefix.length] !== '_') return undefined
  const bytes = new Uint8Array(16)
  let buffer = 0
  let bits = -2
  let at = 0
  for (let i = prefix.length + 1; i < id.length; i++) {
    const value = VALUE_OF.get(id.charCodeAt(i))
    if (value === undefined || (bits === -2 && value > 7)) return undefined
    buffer = ((buffer << 5) | value) & 0xfff
    bits += 5
    if (bits >= 8) {
      bits -= 8
      bytes[at++] = (buffer >> bits) & 0xff
    }
  }
  return formatUuid(bytes)
}

/** Canonical text of 16 bytes. */
export function formatUuid(bytes: Uint8Array): string {
  let text = ''
  for (let i = 0; i < 16; i++) {
    if (i === 4 || i === 6 || i === 8 || i === 10) text += '-'
    text += HEX[bytes[i] ?? 0]
  }
  return text
}
