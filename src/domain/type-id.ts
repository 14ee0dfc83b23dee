// Ids on the wire are TypeIDs: a prefix that names the kind, an underscore, and the 128 bits of a UUIDv7 in
// 26 characters of Crockford base 32 (jetify-com/typeid 0.3). In the database they are native uuid.
// Clients treat them as opaque; we convert at the edge only.

const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz'
const HEX_DIGITS = '0123456789abcdef'
const LETTERS = Buffer.from(ALPHABET)
const DIGITS = Buffer.from(HEX_DIGITS)
const VALUE_OF_LETTER = valuesOf(ALPHABET)
const VALUE_OF_DIGIT = valuesOf(HEX_DIGITS)
const DASH = 0x2d
const ENCODED_LENGTH = 26
const UUID_LENGTH = 36
/** Texts are put together here and read out at once: four times as fast as adding letter to letter. */
const scratch = Buffer.alloc(UUID_LENGTH)

/** Value of each character code; -1 for those that are not in the alphabet. */
function valuesOf(alphabet: string): Int8Array {
  const values = new Int8Array(128).fill(-1)
  for (let i = 0; i < alphabet.length; i++) values[alphabet.charCodeAt(i)] = i
  return values
}

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
  // 130 bits in 26 groups of five: the first group has only three bits of its own.
  let bits = 2
  let buffer = 0
  let at = 0
  for (let i = 0; i < UUID_LENGTH; i++) {
    const value = VALUE_OF_DIGIT[uuid.charCodeAt(i)] ?? -1
    if (value === -1) continue
    buffer = ((buffer << 4) | value) & 0x1ff
    bits += 4
    if (bits < 5) continue
    bits -= 5
    scratch[at++] = LETTERS[(buffer >> bits) & 31] ?? 0
  }
  return `${ID_PREFIX[kind]}_${scratch.toString('latin1', 0, ENCODED_LENGTH)}`
}

/** The uuid inside an id of this kind, or undefined when it is not one. */
export function decodeTypeId(kind: IdKind, id: string): string | undefined {
  const prefix = ID_PREFIX[kind]
  const start = prefix.length + 1
  if (id.length !== start + ENCODED_LENGTH || !id.startsWith(prefix) || id[prefix.length] !== '_') return undefined
  let bits = -2
  let buffer = 0
  let at = 0
  for (let i = start; i < id.length; i++) {
    const value = VALUE_OF_LETTER[id.charCodeAt(i)] ?? -1
    if (value === -1 || (i === start && value > 7)) return undefined
    buffer = ((buffer << 5) | value) & 0x1ff
    for (bits += 5; bits >= 4; ) {
      bits -= 4
      at = putDigit(at, (buffer >> bits) & 15)
    }
  }
  return scratch.toString('latin1', 0, UUID_LENGTH)
}

/** Canonical text of 16 bytes. */
export function formatUuid(bytes: Uint8Array): string {
  let at = 0
  for (let i = 0; i < 16; i++) {
    const byte = bytes[i] ?? 0
    at = putDigit(putDigit(at, byte >> 4), byte & 15)
  }
  return scratch.toString('latin1', 0, UUID_LENGTH)
}

/** Puts a digit of a uuid behind the others, and a dash before it where one belongs; returns the next place. */
function putDigit(at: number, value: number): number {
  let place = at
  if (place === 8 || place === 13 || place === 18 || place === 23) scratch[place++] = DASH
  scratch[place] = DIGITS[value] ?? 0
  return place + 1
}
