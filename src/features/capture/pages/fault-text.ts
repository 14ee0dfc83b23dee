/** What is wrong with a field, in the visitor's words; the embed follows the same rule (browser/values.js). */
import type { FormFieldType } from '../../../domain/form.ts'

export interface FaultyField {
  type: FormFieldType | 'consent'
  max_length?: number | null
  max_files?: number
}

/** The sentence for a fault: by its code, else by the kind of the field. `texts` are by code and by kind. */
export function faultText(field: FaultyField, code: string, texts: Record<string, string>): string {
  const text = texts[textCode(field, code)] ?? texts[field.type] ?? texts['invalid'] ?? ''
  return text.replace('{limit}', String((code === 'too_long' ? field.max_length : field.max_files) ?? ''))
}

function textCode(field: FaultyField, code: string): string {
  if (code === 'required') return REQUIRED[field.type] ?? code
  // An address that is too long by its own rules is told like any other fault of an address.
  return code === 'too_long' && !field.max_length ? field.type : code
}

/** What a person has to do who left out a field that is no text. */
const REQUIRED: Record<string, string> = {
  boolean: 'agree',
  consent: 'agree',
  select: 'invalid_value',
  multi_select: 'invalid_value',
}
