// One e-mail address, the way mail can be delivered to it: dot-atom local part (RFC 5321, with RFC 6531
// letters), a real domain. Quoted local parts, comments, IP literals and lists are refused, because each of
// them has hijacked somebody's mail. Provider habits such as Gmail's dots count for matching only.
import { toAsciiDomain } from './domain-name.ts'
import { type Refusal, refuse } from './verdict.ts'
import { toWordSet } from './word-list.ts'

export type EmailRefusalCode =
  | 'blank'
  | 'too_long'
  | 'forbidden_character'
  | 'not_one_address'
  | 'bad_local_part'
  | 'bad_domain'

/**
 * `value` is for showing and sending (the local part keeps its case), `match_key` is for finding the same
 * person and is never mailed to. `local` and `domain` are the two parts of `value`.
 */
export type Email = { ok: true; value: string; match_key: string; local: string; domain: string }
export type EmailVerdict = Email | Refusal<EmailRefusalCode>

// RFC 5321 section 4.5.3.1: 64 octets before the @; a path of 256 octets includes its angle brackets.
const MAX_LOCAL_OCTETS = 64
const MAX_ADDRESS_OCTETS = 254

const FORBIDDEN = /[\p{Cc}\p{Z}"(),:;<>[\\\]]/u
// Copied addresses often arrive wrapped in zero-width or direction characters.
const INVISIBLE = /[\p{Cf}\s]/u
const LOCAL_PART = /^[\w!#$%&'*+/=?^`{|}~\p{L}\p{M}\p{N}\p{So}-]+(?:\.[\w!#$%&'*+/=?^`{|}~\p{L}\p{M}\p{N}\p{So}-]+)*$/u

const GOOGLE_DOMAINS = new Set(['gmail.com', 'googlemail.com'])

// Providers that deliver "name+anything" to "name": the list of the email-normalize library and mailbox.org's
// "mail extensions". Yahoo is not among them, since its base-keyword addresses do not name the account.
const PLUS_TAG_DOMAINS = toWordSet(
  'outlook.com, outlook.de, outlook.fr, outlook.es, outlook.it, outlook.jp, msn.com, live.com, live.co.uk',
  'hotmail.com, hotmail.co.uk, hotmail.de, hotmail.fr, hotmail.it, hotmail.es, icloud.com, me.com, mac.com',
  'proton.me, protonmail.com, protonmail.ch, pm.me, mailbox.org, fastmail.com, fastmail.fm, zoho.com, zohomail.com',
  'zohomail.eu, yandex.ru, yandex.com, ya.ru',
)

/** Normalizes one typed e-mail address. Linear, never throws, whatever the input. */
export function normalizeEmail(raw: string): EmailVerdict {
  const typed = raw.trim()
  if (typed === '') return refuse('blank', 'The e-mail address is empty.')
  if (typed.length > MAX_ADDRESS_OCTETS) return tooLong()
  const address = trimInvisible(typed).normalize('NFC')
  if (FORBIDDEN.test(address)) {
    return refuse('forbidden_character', 'Spaces, line breaks, quotes, commas, colons and brackets are not allowed.')
  }
  const at = address.indexOf('@')
  if (at < 0 || at !== address.lastIndexOf('@')) {
    return refuse('not_one_address', 'Exactly one address with one @ is needed.')
  }
  return readParts(address.slice(0, at), address.slice(at + 1))
}

function readParts(local: string, typedDomain: string): EmailVerdict {
  if (Buffer.byteLength(local) > MAX_LOCAL_OCTETS) return tooLong()
  if (!LOCAL_PART.test(local)) {
    return refuse('bad_local_part', 'The part before the @ may not be empty, nor start, end or repeat with a dot.')
  }
  const domain = toAsciiDomain(typedDomain)
  if (domain === null) return refuse('bad_domain', 'The part after the @ is not a domain name such as example.com.')
  const value = `${local}@${domain}`
  if (Buffer.byteLength(value) > MAX_ADDRESS_OCTETS) return tooLong()
  return { ok: true, value, match_key: toMatchKey(local, domain), local, domain }
}

function toMatchKey(local: string, domain: string): string {
  const folded = local.toLowerCase().normalize('NFC')
  if (GOOGLE_DOMAINS.has(domain)) return `${withoutTag(folded).replaceAll('.', '')}@gmail.com`
  return `${PLUS_TAG_DOMAINS.has(domain) ? withoutTag(folded) : folded}@${domain}`
}

/** The local part before the first + that does not start it. */
export function withoutTag(local: string): string {
  const plus = local.indexOf('+')
  return plus > 0 ? local.slice(0, plus) : local
}

// A loop, because a pattern anchored at the end would look at inner runs again and again.
function trimInvisible(text: string): string {
  let start = 0
  let end = text.length
  while (start < end && INVISIBLE.test(text.charAt(start))) start += 1
  while (start < end && INVISIBLE.test(text.charAt(end - 1))) end -= 1
  return text.slice(start, end)
}

function tooLong(): Refusal<'too_long'> {
  return refuse('too_long', `At most ${MAX_LOCAL_OCTETS} octets before the @ and ${MAX_ADDRESS_OCTETS} in all.`)
}
