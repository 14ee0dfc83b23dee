// All custom fields of one record: each value is judged under its definition. A program is told every fault with its
// place; for a form, what does not fit is named as an issue and stays with the submission.
import { pointerTo } from './condition/condition-fault.ts'
import { type CustomFieldRules, isCustomFieldKey } from './custom-field.ts'
import { coerceCustomValue, readCustomValue, readUnknownValue, type ValueVerdict } from './custom-field-value.ts'
import type { IntakeIssue } from './intake.ts'

export interface CustomFieldFault {
  code: string
  detail: string
  pointer: string
}

/** Values in stored form, null where a value is cleared. */
export type CustomValues = Record<string, unknown>

/** What a program sent, in stored form, or every fault; `pointer` is the place of the map. */
export function readCustomFields(
  rules: CustomFieldRules,
  given: Readonly<Record<string, unknown>>,
  pointer: string,
): { values: CustomValues; faults: CustomFieldFault[] } {
  const values: CustomValues = {}
  const faults: CustomFieldFault[] = []
  for (const [key, raw] of Object.entries(given)) {
    const verdict = judge(rules, key, raw, readCustomValue)
    if (verdict.ok) values[key] = verdict.value
    else faults.push({ code: verdict.code, detail: verdict.detail, pointer: pointerTo(pointer, key) })
  }
  return { values, faults }
}

/** What a form sent, in stored form; blanks are left out, and what has no stored form is an issue. */
export function coerceCustomFields(
  rules: CustomFieldRules,
  given: Readonly<Record<string, unknown>>,
): { values: CustomValues; issues: IntakeIssue[] } {
  const values: CustomValues = {}
  const issues: IntakeIssue[] = []
  for (const [key, raw] of Object.entries(given)) {
    const verdict = judge(rules, key, raw, coerceCustomValue)
    if (!verdict.ok) issues.push({ field: `custom_fields.${key}`, code: verdict.code, detail: verdict.detail })
    else if (verdict.value !== null) values[key] = verdict.value
  }
  return { values, issues }
}

function judge(rules: CustomFieldRules, key: string, raw: unknown, read: typeof readCustomValue): ValueVerdict {
  const field = rules.fields.get(key)
  if (field !== undefined) return read(field, raw)
  // Clearing what is not defined is always allowed: it is how a record gets rid of it.
  if (raw === null) return { ok: true, value: null }
  if (!rules.allowUnknown)
    return { ok: false, code: 'unknown_custom_field', detail: 'No such custom field is defined.' }
  return isCustomFieldKey(key)
    ? readUnknownValue(raw)
    : {
        ok: false,
        code: 'invalid_key',
        detail: 'A key has a-z, 0-9 and _, begins with a letter, at most 64 characters.',
      }
}
