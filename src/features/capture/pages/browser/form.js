// One form in a page: its definition is fetched, and its elements are made inside a shadow root, where the styles of
// the page and of the form do not meet.
import { recallArrival } from './attribution.js'
import { addChallenge } from './challenge.js'
import { loadDefinition } from './definition.js'
import { element } from './element.js'
import { buildCheck, buildField } from './fields.js'
import { prepare, submit } from './submission.js'

/** Renders a form into `host`; start.js describes the options. */
export async function renderForm(host, options, settings) {
  const root = host.shadowRoot ?? host.attachShadow({ mode: 'open' })
  try {
    const definition = await loadDefinition(options)
    root.replaceChildren()
    dress(root, settings.style, definition.theme)
    if (definition.availability === 'open') return mountForm(host, root, { definition, options, settings })
    root.append(element('p', { class: 'form', lang: definition.locale }, definition.messages.form_closed))
    return null
  } catch (problem) {
    console.error(`leadwell: form ${options.form}: ${problem}. Is ${location.origin} among its allowed_origins?`)
    // The hosted page takes the same form, whatever is wrong with this one.
    const href = `${options.base}/f/${options.form}`
    root.replaceChildren(element('a', { href, target: '_blank', rel: 'noopener' }, href))
    return null
  }
}

/** A constructed style sheet needs no permission for inline styles; older browsers get a style element. */
function dress(root, style, theme) {
  const text = `:host{display:block}${style}`
  let sheet
  try {
    sheet = new CSSStyleSheet()
    sheet.replaceSync(text)
    root.adoptedStyleSheets = [sheet]
  } catch {
    const node = element('style', null, text)
    root.append(node)
    sheet = node.sheet
  }
  for (const [name, value] of Object.entries(theme)) sheet?.cssRules[0].style.setProperty(name, value)
}

function mountForm(host, root, { definition, options, settings }) {
  const texts = definition.messages
  const arrival = recallArrival(options.attribution !== 'off')
  const rows = rowsOf(definition, valuesOf(definition, arrival, options), settings.inputs)
  const form = {
    host,
    root,
    options,
    definition,
    arrival,
    rows,
    trap: element('input', { name: definition.honeypot_field, tabindex: '-1', autocomplete: 'off' }),
    notice: element('div', { class: 'alert', role: 'alert', tabindex: '-1' }),
    status: element('p', { class: 'note', role: 'status' }),
    button: element('button', { class: 'send' }, definition.submit_label || texts.send),
    challenge: addChallenge(host, definition, settings.widgets),
    loadedAt: Date.now(),
  }
  form.node = element(
    'form',
    { class: 'form', novalidate: true, lang: definition.locale, 'aria-label': definition.title },
    rows.some(({ field }) => field.required) && element('p', { class: 'note' }, texts.required_note),
    ...rows.map(({ node }) => node),
    element('label', { class: 'trap', 'aria-hidden': 'true' }, texts.trap, form.trap),
    form.challenge?.slot,
    form.button,
    form.status,
  )
  form.node.addEventListener('focusin', () => prepare(form), { once: true })
  // An edited form is another one: it is sent under a key of its own.
  form.node.addEventListener('input', () => (form.packet = null))
  form.node.addEventListener('submit', (event) => {
    event.preventDefault()
    submit(form)
  })
  root.append(form.node)
  host.dispatchEvent(new CustomEvent('leadwell:ready', { bubbles: true, detail: { form: options.form } }))
  return { form: options.form, element: host, submit: () => submit(form) }
}

/** Hidden fields take what the addresses of this page and of the landing page say; the page may fill in any field. */
function valuesOf({ fields }, arrival, options) {
  const said = [arrival.landing, location.href].flatMap((address) => [...new URL(address).searchParams])
  const hidden = said.filter(([name]) => fields.some((field) => field.type === 'hidden' && field.name === name))
  return { ...Object.fromEntries(hidden), ...options.values }
}

function rowsOf({ fields, consents, messages: texts }, values, inputs) {
  return [
    ...fields.map((field) => buildField(field, { inputs, texts, value: values[field.name] })),
    ...consents.map((consent) => buildCheck({ ...consent, type: 'consent' }, consent.text, consent.value)),
  ]
}
