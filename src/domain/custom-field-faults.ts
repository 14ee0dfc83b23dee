// What makes definitions of custom fields unusable although each is well formed, and what a new document takes away
// from the one before: keys, types and options that stored values may still need.
import {
  CUSTOM_FIELD_TYPES,
  CUSTOMIZABLE,
  type CustomField,
  type CustomFieldDocument,
  type Customizable,
} from './custom-field.ts'
import type { CustomFieldFault } from './custom-field-map.ts'

const TYPES: ReadonlySet<string> = new Set(CUSTOM_FIELD_TYPES)
const HAS_OPTIONS = new Set(['option', 'options'])

/** All faults of a document, each with its place. */
export function findCustomFieldFaults(document: CustomFieldDocument): CustomFieldFault[] {
  const faults: CustomFieldFault[] = []
  const add = (pointer: string, code: string, detail: string) => faults.push({ pointer, code, detail })
  for (const object of CUSTOMIZABLE) {
    const keys = new Set<string>()
    for (const [i, field] of document[object].entries()) {
      const at = `/${object}/${i}`
      if (keys.has(field.key)) add(`${at}/key`, 'duplicate_key', `The key ${field.key} is used twice.`)
      keys.add(field.key)
      if (!TYPES.has(field.type)) add(`${at}/type`, 'invalid_value', `Must be one of: ${[...TYPES].join(', ')}.`)
      checkOptions(field, at, add)
    }
  }
  return faults
}

function checkOptions(
  { type, options }: CustomField,
  at: string,
  add: (pointer: string, code: string, detail: string) => void,
): void {
  if (!HAS_OPTIONS.has(type) && options.length > 0)
    add(`${at}/options`, 'not_allowed', 'Only fields of type option and options have options.')
  if (HAS_OPTIONS.has(type) && options.length === 0) add(`${at}/options`, 'required', 'Give at least one option.')
  const values = new Set<string>()
  for (const [i, { value }] of options.entries()) {
    if (values.has(value)) add(`${at}/options/${i}/value`, 'duplicate_value', `The option ${value} is there twice.`)
    values.add(value)
  }
}

/** Something that stored values may still need: a whole field, or one option of it. */
export interface Removal {
  object: Customizable
  key: string
  option: string | null
}

/** What the new document lacks; a field with another type counts as a new one. */
export function findRemovals(before: CustomFieldDocument, after: CustomFieldDocument): Removal[] {
  return CUSTOMIZABLE.flatMap((object) => {
    const next = new Map(after[object].map((field) => [field.key, field]))
    return before[object].flatMap((field) => removalsOf(object, field, next.get(field.key)))
  })
}

function removalsOf(object: Customizable, before: CustomField, after: CustomField | undefined): Removal[] {
  const { key } = before
  if (after === undefined || after.type !== before.type) return [{ object, key, option: null }]
  const left = new Set(after.options.map((option) => option.value))
  return before.options.filter(({ value }) => !left.has(value)).map(({ value }) => ({ object, key, option: value }))
}
