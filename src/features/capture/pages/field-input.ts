/** Which input a kind of field is given, on the hosted page and in the embed alike. */
import type { FormFieldType } from '../../../domain/form.ts'

export interface FieldInput {
  widget: 'input' | 'textarea' | 'select' | 'checks' | 'check' | 'file' | 'hidden'
  /** Attributes of the element that the kind decides. */
  attributes: Record<string, string>
}

const PLAIN = { autocapitalize: 'none', spellcheck: 'false' }

/** A web address is no `type=url`: browsers would insist on `https://`, which we do not. */
export const FIELD_INPUTS: Record<FormFieldType, FieldInput> = {
  text: { widget: 'input', attributes: { type: 'text' } },
  textarea: { widget: 'textarea', attributes: { rows: '5' } },
  email: { widget: 'input', attributes: { type: 'email', ...PLAIN } },
  phone: { widget: 'input', attributes: { type: 'tel' } },
  url: { widget: 'input', attributes: { type: 'text', inputmode: 'url', ...PLAIN } },
  number: { widget: 'input', attributes: { type: 'number', step: 'any' } },
  date: { widget: 'input', attributes: { type: 'date' } },
  boolean: { widget: 'check', attributes: {} },
  select: { widget: 'select', attributes: {} },
  multi_select: { widget: 'checks', attributes: {} },
  hidden: { widget: 'hidden', attributes: {} },
  file: { widget: 'file', attributes: { type: 'file' } },
}
