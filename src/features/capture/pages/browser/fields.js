// One field of the form as elements; the same markup as the hosted page writes (pages/field-markup.ts).
import { element } from './element.js'

/** A row of the form: its element, its inputs, and `show`, which tells what is wrong with it. */
export function buildField(field, { inputs, texts, value }) {
  const { widget, attributes } = inputs[field.type]
  if (widget === 'hidden') return rowOf(field, element('input', { type: 'hidden', name: field.name, value }))
  if (widget === 'check') return buildCheck(field, field.label, 'true', value)
  if (widget === 'checks') return buildChecks(field, [value].flat())
  const { name, required, autocomplete } = field
  const placeholder = field.placeholder || null
  const own = { ...attributes, id: idOf(field), name, required, placeholder, autocomplete }
  const input =
    widget === 'select'
      ? element('select', own, option('', texts.choose), ...field.options.map((each) => option(each.value, each.label)))
      : widget === 'file'
        ? element('input', { ...own, accept: field.accept.join(','), multiple: field.max_files > 1 })
        : element(widget, own)
  if (value !== undefined && widget !== 'file') input.value = value
  const label = element('label', { for: idOf(field) }, field.label, markOf(field))
  return rowOf(field, element('div', { class: 'field' }, label, helpOf(field), input))
}

/** A check box beside the sentence that it agrees to; `given` ticks it. */
export function buildCheck(field, sentence, value, given) {
  const { name, required } = field
  const box = { id: idOf(field), name, value, required, checked: `${given}` === 'true' }
  return rowOf(field, element('div', { class: 'field' }, choice(box, sentence, markOf(field)), helpOf(field)))
}

function buildChecks(field, chosen) {
  const boxes = field.options.map(({ value, label }, i) =>
    // The first box bears the id of the field: the link of the summary leads to where one can act.
    choice({ id: i === 0 && idOf(field), name: field.name, value, checked: chosen.includes(value) }, label),
  )
  const legend = element('legend', null, field.label, markOf(field))
  return rowOf(field, element('fieldset', { class: 'field' }, legend, helpOf(field), element('div', null, ...boxes)))
}

const idOf = (field) => `f-${field.name}`

const option = (value, label) => element('option', { value }, label)

const choice = (box, ...sentence) =>
  element(
    'label',
    { class: 'choice' },
    element('input', { type: 'checkbox', ...box }),
    element('span', null, ...sentence),
  )

const markOf = (field) => field.required && element('span', { class: 'mark', 'aria-hidden': 'true' }, '\u00a0*')

const helpOf = (field) => field.help && element('p', { class: 'hint', id: `${idOf(field)}-help` }, field.help)

function rowOf(field, node) {
  const inputs = node.matches('input') ? [node] : [...node.querySelectorAll('input,select,textarea')]
  const described = node.matches('fieldset') ? node : inputs[0]
  const fault = element('p', { class: 'fault', id: `${idOf(field)}-fault` })
  const set = (name, value) => (value ? described.setAttribute(name, value) : described.removeAttribute(name))
  const show = (text) => {
    fault.textContent = text
    if (text) node.append(fault)
    else fault.remove()
    set('aria-describedby', [field.help && `${idOf(field)}-help`, text && fault.id].filter(Boolean).join(' '))
    set('aria-invalid', text && 'true')
  }
  show('')
  return { field, node, inputs, show }
}
