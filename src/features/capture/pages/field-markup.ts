/** One field of a form as markup: a label that belongs to its input, help and fault read out with it. */
import { isTicked } from '../../../domain/validate-submission.ts'
import type { PublicFormView } from '../public-form-view.ts'
import { FIELD_INPUTS } from './field-input.ts'
import { attributes, type Html, html } from './html.ts'

type Field = PublicFormView['fields'][number]

export interface FieldState {
  /** What was typed before, as it was sent; undefined when nothing was. */
  value: unknown
  /** What is wrong with it, in the visitor's language. */
  fault: string | undefined
}

/** The id of a field's input, which the summary of faults links to. */
export const fieldId = (name: string) => `f-${name}`

/** A field with label, help, input and fault; one of type `hidden` is only an input. `choose` is the empty option. */
export function renderField(field: Field, state: FieldState, choose: string): Html {
  const { widget, attributes: kind } = FIELD_INPUTS[field.type]
  if (widget === 'hidden') return html`<input type="hidden" name="${field.name}" value="${textOf(state.value)}">\n`
  if (widget === 'check') return renderCheck(field, field.label, 'true', state)
  const notes = notesOf(field, state.fault)
  if (widget === 'checks') return renderChecks(field, state, notes)
  const own = { ...kind, autocomplete: field.autocomplete }
  const shared = { id: fieldId(field.name), name: field.name, required: field.required, ...notes.described }
  const value = textOf(state.value)
  const hint = field.placeholder === '' ? null : field.placeholder
  const control = {
    select: () => html`<select${attributes({ ...own, ...shared })}>${optionsOf(field, value, choose)}</select>`,
    textarea: () =>
      // A line break right after the tag belongs to the markup, so the one of the text comes second.
      html`<textarea${attributes({ placeholder: hint, ...own, ...shared })}>\n${value}</textarea>`,
    file: () =>
      html`<input${attributes({ ...own, accept: field.accept.join(',') || null, multiple: field.max_files > 1, ...shared })}>`,
    input: () => html`<input${attributes({ ...showable(own, value), value, placeholder: hint, ...shared })}>`,
  }[widget]
  return html`<div class="field">
<label for="${fieldId(field.name)}">${field.label}${markOf(field)}</label>
${notes.help}${control()}${notes.fault}
</div>\n`
}

/** A check box beside the sentence that it agrees to: a boolean field or a consent. */
export function renderCheck(
  field: { name: string; required: boolean; help: string },
  sentence: string,
  value: string,
  state: FieldState,
): Html {
  const notes = notesOf(field, state.fault)
  const box = attributes({
    id: fieldId(field.name),
    name: field.name,
    value,
    checked: isTicked(state.value),
    required: field.required,
    ...notes.described,
  })
  return html`<div class="field">
<label class="choice"><input type="checkbox"${box}><span>${sentence}${markOf(field)}</span></label>
${notes.help}${notes.fault}
</div>\n`
}

function renderChecks(field: Field, state: FieldState, notes: Notes): Html {
  const chosen = new Set([state.value].flat().map(textOf))
  const boxes = field.options.map(({ value, label }, i) => {
    // The first box bears the id of the field: the link of the summary leads to where one can act.
    const id = i === 0 ? fieldId(field.name) : null
    const box = attributes({ id, name: field.name, value, checked: chosen.has(value) })
    return html`<label class="choice"><input type="checkbox"${box}><span>${label}</span></label>\n`
  })
  return html`<fieldset class="field"${attributes(notes.described)}>
<legend>${field.label}${markOf(field)}</legend>
${notes.help}<div>${boxes}</div>${notes.fault}
</fieldset>\n`
}

function optionsOf(field: Field, value: string, choose: string): Html[] {
  const options = [{ value: '', label: choose }, ...field.options]
  return options.map((option) => {
    const selected = option.value === value
    return html`<option${attributes({ value: option.value, selected })}>${option.label}</option>`
  })
}

interface Notes {
  help: Html | null
  fault: Html | null
  described: { 'aria-describedby': string | null; 'aria-invalid': string | null }
}

function notesOf(field: { name: string; help: string }, fault: string | undefined): Notes {
  const id = fieldId(field.name)
  const ids = [...(field.help === '' ? [] : [`${id}-help`]), ...(fault === undefined ? [] : [`${id}-fault`])]
  return {
    help: field.help === '' ? null : html`<p class="hint" id="${id}-help">${field.help}</p>\n`,
    fault: fault === undefined ? null : html`\n<p class="fault" id="${id}-fault">${fault}</p>`,
    described: {
      'aria-describedby': ids.length === 0 ? null : ids.join(' '),
      'aria-invalid': fault === undefined ? null : 'true',
    },
  }
}

/** Screen readers hear `required` from the input itself. */
const markOf = (field: { required: boolean }) =>
  field.required && html`<span class="mark" aria-hidden="true">\u00a0*</span>`

/** An input of type number or date shows nothing else; whatever else was typed is kept in a plain one. */
function showable<T extends Record<string, string | null>>(own: T, value: string): T {
  const isShown =
    (own['type'] !== 'number' || value === '' || Number.isFinite(Number(value))) &&
    (own['type'] !== 'date' || value === '' || /^\d{4}-\d{2}-\d{2}$/.test(value))
  return isShown ? own : { ...own, type: 'text' }
}

/** A value as an input shows it; lists and objects that a program sent become text. */
function textOf(value: unknown): string {
  if (value === undefined || value === null) return ''
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}
