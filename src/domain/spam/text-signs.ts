// What the fields themselves give away: links where a name belongs, more links than a message has, markup of link
// farms, and a text that comes again and again. Only signs that hold in every language.

import type { FormDefinition } from '../form.ts'
import type { SubmissionPayload } from '../submission.ts'
import { digest } from '../submission-key.ts'

export interface TextSigns {
  links: number
  link_in_name: boolean
  markup: boolean
  /** Fingerprint of the longest free text, null when it is too short to mean anything. */
  fingerprint: string | null
}

const LINK = /\bhttps?:\/\/|\bwww\./gi
const MARKUP = /<\s*\/?\s*a\b|\[\s*\/?\s*(?:url|link)\b/i
const NAME_FIELDS = new Set(['first_name', 'last_name', 'full_name', 'job_title', 'city'])
const OTHER_FIELDS = new Set([
  'email',
  'phone',
  'website',
  'company_name',
  'street',
  'postal_code',
  'region',
  'country',
])

/** Shorter texts ("Please call me back") repeat among honest people. */
const LEAST_TEXT = 40
/** Enough to judge; a text of 20,000 characters is not read to its end for each sign. */
const MOST_TEXT = 5_000

/** Reads the signs of a submission under its form. */
export function readTextSigns(form: FormDefinition, payload: SubmissionPayload): TextSigns {
  const targetOf = new Map(form.fields.map((field) => [field.name, field.maps_to]))
  let free = ''
  let longest = ''
  let inName = false
  for (const [name, value] of Object.entries(payload)) {
    if (typeof value !== 'string') continue
    const target = targetOf.get(name) ?? null
    const text = value.slice(0, MOST_TEXT)
    if (target !== null && NAME_FIELDS.has(target)) inName ||= countLinks(text) > 0
    if (target !== null && (NAME_FIELDS.has(target) || OTHER_FIELDS.has(target))) continue
    free += `${text}\n`
    if (text.length > longest.length) longest = text
  }
  return {
    links: countLinks(free),
    link_in_name: inName,
    markup: MARKUP.test(free),
    fingerprint: fingerprintOf(longest),
  }
}

const countLinks = (text: string) => text.match(LINK)?.length ?? 0

/** Digits, case and spacing are what a robot varies first. */
function fingerprintOf(text: string): string | null {
  const bare = text
    .toLowerCase()
    .replace(/[\d\s]+/g, ' ')
    .trim()
  return bare.length < LEAST_TEXT ? null : digest('text', bare)
}
