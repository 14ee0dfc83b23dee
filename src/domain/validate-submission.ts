// What a visitor can put right is told at once, field by field; everything else is accepted and decided later.
// Fields that the form does not know are kept, never refused.

import type { FormDefinition, FormField } from './form.ts'
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

/** All faults of a submission under a form. `fileFields` are the names of the files that came along. */
export function validateSubmission(
  form: FormDefinition,
  payload: SubmissionPayload,
  fileFields: ReadonlySet<string>,
): FieldFault[] {
  const faults: FieldFault[] = []
  for (const field of form.fields) {
    const fault = field.type === 'file' ? faultOfFile(field, fileFields) : faultOf(field, payload[field.name])
    if (fault !== null) faults.push({ field: field.name, ...fault })
  }
  return faults
}

type Fault = { code: string; detail: string } | null

function faultOfFile(field: FormField, fileFields: ReadonlySet<string>): Fault {
  return field.required && !fileFields.has(field.name)
    ? { code: 'required', detail: `${field.label} is required.` }
    : null
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

const isTrue = (value: unknown) => value === true || ['true', 'on', 'yes', '1'].includes(String(value).toLowerCase())

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
      return /\d/.test(text) && text.length <= 60 ? null : refusalOf(normalizePhone(text))
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
