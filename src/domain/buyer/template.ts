// Texts with placeholders. A text that is one placeholder and nothing else keeps the type of its value, so a number stays
// a number in a JSON body; everywhere else values become text. What is filled in is encoded by the format of the body
// afterwards, so no value can break out of its place.
import { LEAD_TEXT_FIELDS } from '../lead.ts'

/** What a template may name. */
export type TemplateValues = (name: string) => unknown

const PLACEHOLDER = /\{\{\s*([^{}]*?)\s*\}\}/g
const WHOLE = /^\{\{\s*([^{}]*?)\s*\}\}$/

/** Names of all placeholders of a text. */
export function placeholdersOf(text: string): string[] {
  return [...text.matchAll(PLACEHOLDER)].map(([, name = '']) => name)
}

/** The text with its values; absent ones are blank. */
export function renderText(text: string, values: TemplateValues): string {
  return text.replace(PLACEHOLDER, (_, name: string) => toText(values(name)))
}

/** The value that the text means: that of its one placeholder, else text. */
export function renderValue(text: string, values: TemplateValues): unknown {
  const [, name] = WHOLE.exec(text) ?? []
  return name === undefined ? renderText(text, values) : (values(name) ?? null)
}

function toText(value: unknown): string {
  if (value === null || value === undefined) return ''
  if (Array.isArray(value)) return value.map(toText).join(', ')
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}

/** Fields that tell who somebody is: they leave the house only with the lead itself. */
const PERSONAL: ReadonlySet<string> = new Set([
  'email',
  'phone',
  'phone_raw',
  'first_name',
  'last_name',
  'full_name',
  'street',
  'website',
  'lead_id',
])

/** Fields of a lead beside its texts. */
const OTHER_FIELDS = [
  'lead_id',
  'phone_raw',
  'email_domain',
  'domain',
  'stage_key',
  'status',
  'source_key',
  'campaign_key',
  'created_at',
]
/** What a call knows of itself. */
const CALL_FIELDS = ['secret', 'offer_id', 'price', 'ping_reference']

const KNOWN: ReadonlySet<string> = new Set([...LEAD_TEXT_FIELDS, ...OTHER_FIELDS, ...CALL_FIELDS])
const CUSTOM_FIELD = /^custom_fields\.[a-z][a-z0-9_]{0,63}$/

/** Why a placeholder cannot stand in a ping or a post; null when it can. */
export function placeholderFault(name: string, call: 'ping' | 'post'): { code: string; detail: string } | null {
  if (!KNOWN.has(name) && !CUSTOM_FIELD.test(name))
    return { code: 'unknown_placeholder', detail: `There is nothing called ${name}.` }
  if (call === 'ping' && PERSONAL.has(name))
    return { code: 'personal_field', detail: `A ping does not tell who it is about: ${name} belongs into the post.` }
  if (call === 'ping' && (name === 'price' || name === 'ping_reference'))
    return { code: 'unknown_placeholder', detail: `${name} is known after the ping only.` }
  return null
}
