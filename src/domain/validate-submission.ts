// What a visitor can put right is told at once, field by field; everything else is accepted and decided later.
// Fields that the form does not know are kept, never refused; files are not fields: bytes that nobody asked for are.

import { isAccepted, isPlausible } from './file-type.ts'
import { CONSENT_PREFIX, type FormDefinition, type FormField } from './form.ts'
import { normalizeEmail } from './normalize/email.ts'
import { normalizePhone } from './normalize/phone.ts'
import { normalizeWebsite } from './normalize/website.ts'
import type { SubmissionPayload } from './submission.ts'

export interface FieldFault {
  field: string
  code: string
  detail: string
}

/** Longest text of one field in code points, unless the form says less. */
export const MAX_FIELD_LENGTH = 20_000

const DATE = /^(\d{4})-(\d{2})-(\d{2})$/

/** A file as it arrived: everything but its bytes is a claim. */
export interface ArrivedFile {
  field_name: string
  file_name: string
  content_type: string
  content: Uint8Array
}

/** All faults of a submission under a form. Fields of type file take files only; what a body claims about files is text. */
export function validateSubmission(
  form: FormDefinition,
  payload: SubmissionPayload,
  files: readonly ArrivedFile[],
): FieldFault[] {
  const faults: FieldFault[] = []
  const add = (field: string, fault: Fault) => {
    if (fault !== null) faults.push({ field, ...fault })
  }
  for (const field of form.fields) {
    const own = files.filter((file) => file.field_name === field.name)
    add(field.name, field.type === 'file' ? faultOfFiles(field, own) : faultOf(field, payload[field.name]))
  }
  for (const { key, required } of form.consents) {
    const name = CONSENT_PREFIX + key
    if (required && !isTicked(payload[name])) add(name, { code: 'required', detail: 'This must be agreed to.' })
  }
  const fileFields = new Set(form.fields.filter(({ type }) => type === 'file').map(({ name }) => name))
  for (const name of new Set(files.map((file) => file.field_name))) {
    if (!fileFields.has(name)) add(name, { code: 'unexpected_file', detail: 'This form takes no file here.' })
  }
  return faults
}

type Fault = { code: string; detail: string } | null

function faultOfFiles(field: FormField, files: readonly ArrivedFile[]): Fault {
  if (field.required && files.length === 0) return { code: 'required', detail: `${field.label} is required.` }
  if (files.length > field.max_files)
    return { code: 'too_many_files', detail: `At most ${field.max_files} files can be sent here.` }
  for (const file of files) {
    if (field.max_bytes !== null && file.content.length > field.max_bytes)
      return { code: 'file_too_large', detail: `A file may have at most ${field.max_bytes} bytes.` }
    if (!isAccepted(field.accept, file))
      return { code: 'file_type_not_accepted', detail: `Accepted here: ${field.accept.join(', ')}.` }
    if (!isPlausible(file, file.content))
      return { code: 'file_content_mismatch', detail: 'The content of the file is not what its type says.' }
  }
  return null
}

/** True for a check box that was ticked: `on`, `true`, or the hash of the wording that stood beside it. */
export function isTicked(value: unknown): boolean {
  if (Array.isArray(value)) return value.some(isTicked)
  return isTrue(value) || (typeof value === 'string' && /^[0-9a-f]{64}$/.test(value))
}

function faultOf(field: FormField, value: unknown): Fault {
  if (isBlank(value)) return field.required ? { code: 'required', detail: `${field.label} is required.` } : null
  if (field.required && field.type === 'boolean' && !isTrue(value))
    return { code: 'required', detail: `${field.label} must be agreed to.` }
  if (typeof value === 'object' && !Array.isArray(value))
    return { code: 'invalid_type', detail: 'Must be a text, a number or a list.' }
  const values = Array.isArray(value) ? value : [value]
  if (values.length > 1 && field.type !== 'multi_select')
    return { code: 'invalid_type', detail: 'Must be a single value.' }
  for (const each of values) {
    if (typeof each === 'object') return { code: 'invalid_type', detail: 'Must be a text or a number.' }
    const fault = faultOfText(field, String(each).trim())
    if (fault !== null) return fault
  }
  return null
}

function isBlank(value: unknown): boolean {
  return (
    value === undefined ||
    value === null ||
    (typeof value === 'string' && value.trim() === '') ||
    (Array.isArray(value) && value.every(isBlank))
  )
}

const TRUE_WORDS = new Set(['true', 'on', 'yes', '1'])

/** An object is no word, and may have a `toString` of its own that is no function. */
const isTrue = (value: unknown): boolean => {
  if (Array.isArray(value)) return value.length === 1 && isTrue(value[0])
  return typeof value === 'object' ? false : TRUE_WORDS.has(String(value).toLowerCase())
}

function faultOfText(field: FormField, text: string): Fault {
  const limit = Math.min(field.max_length ?? MAX_FIELD_LENGTH, MAX_FIELD_LENGTH)
  if (text.length > limit && [...text].length > limit)
    return { code: 'too_long', detail: `Must have at most ${limit} characters.` }
  if (field.options.length > 0 && !field.options.some((option) => option.value === text)) {
    return { code: 'invalid_value', detail: `Must be one of the options of ${field.label}.` }
  }
  switch (field.type) {
    case 'email':
      return refusalOf(normalizeEmail(text))
    case 'phone':
      // Phone habits differ too much to refuse a lead over: only what cannot be a number at all is refused.
      return /\p{Nd}/u.test(text) && text.length <= 60 ? null : refusalOf(normalizePhone(text))
    case 'url':
      return refusalOf(normalizeWebsite(text))
    case 'number':
      return text !== '' && Number.isFinite(Number(text))
        ? null
        : { code: 'invalid_format', detail: 'Must be a number.' }
    case 'date':
      return isDate(text) ? null : { code: 'invalid_format', detail: 'Must be a date as YYYY-MM-DD.' }
    default:
      return null
  }
}

function refusalOf(verdict: { ok: true } | { ok: false; code: string; detail: string }): Fault {
  return verdict.ok ? null : { code: verdict.code, detail: verdict.detail }
}

function isDate(text: string): boolean {
  const parts = DATE.exec(text)
  if (parts === null) return false
  const [year, month, day] = [Number(parts[1]), Number(parts[2]), Number(parts[3])]
  const date = new Date(Date.UTC(2000, month - 1, day))
  date.setUTCFullYear(year, month - 1, day)
  return year >= 1 && date.getUTCMonth() === month - 1 && date.getUTCDate() === day
}
