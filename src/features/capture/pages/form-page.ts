/**
 * The hosted page of a form. It works without scripts: an ordinary form that is posted to the public endpoint, which
 * answers with this page again, as it was filled in, when something has to be put right.
 */
import type { FormDefinition } from '../../../domain/form.ts'
import { originOf } from '../../../domain/form-faults.ts'
import type { PublicFormView } from '../public-form-view.ts'
import { CHALLENGE_WIDGETS } from './challenge-widgets.ts'
import { faultText } from './fault-text.ts'
import { fieldId, renderCheck, renderField } from './field-markup.ts'
import { FORM_STYLE } from './form-style.ts'
import { attributes, type Html, html } from './html.ts'
import { buildPage, type Page } from './page.ts'
import { PAGE_STYLE } from './page-style.ts'
import { PROOF_SCRIPT } from './scripts.ts'

/** What a visitor filled in, and what came of it. */
export interface Filling {
  /** Values by name, as they were sent; names that the form does not know are kept too. */
  values: Record<string, unknown>
  /** What cannot be accepted, by field. */
  faults: { field: string; code: string }[]
  /** Code of the problem, told where no field can be named. */
  problem?: string
}

/** The form itself; above it what has to be put right. */
export function renderFormPage(view: PublicFormView, definition: FormDefinition, filling: Filling): Page {
  const texts = view.messages
  const faults = namedFaults(view, filling)
  const widget = CHALLENGE_WIDGETS[view.challenge]
  const content = [
    summaryOf(view, faults, filling.problem),
    hasRequired(view) && html`<p class="note">${texts.required_note}</p>\n`,
    inputsOf(view, filling, faults),
    hiddenOf(view, filling),
    widget && html`<div${attributes({ class: widget.class, 'data-sitekey': view.challenge_site_key })}></div>\n`,
    view.challenge !== 'none' && html`<noscript><p class="alert">${texts.script_needed}</p></noscript>\n`,
    html`<button class="send">${view.submit_label || texts.send}</button>\n`,
  ]
  return buildPage({
    ...frameOf(view, definition),
    title: faults.length === 0 ? view.title : `${texts.fault_title} – ${view.title}`,
    body: html`<h1>${view.title}</h1>\n${openingTag(view)}\n${content}</form>
${widget && html`<script${attributes({ src: widget.script, async: true, defer: true })}></script>\n`}`,
    ...(view.challenge === 'proof_of_work' && { script: PROOF_SCRIPT }),
    widgetSources: widget?.sources,
  })
}

/** The word of thanks, where a form has no page of its own for it. */
export function renderThanksPage(view: PublicFormView, definition: FormDefinition): Page {
  const body = html`<h1>${view.title}</h1>
<p class="form done" role="status" tabindex="-1" autofocus>${view.success_message}</p>
`
  return buildPage({ ...frameOf(view, definition), title: view.title, body })
}

/** One sentence instead of the form: why it cannot be filled in now. `code` is that of the problem. */
export function renderNoticePage(view: PublicFormView, definition: FormDefinition, code: string): Page {
  const texts: Record<string, string> = view.messages
  const body = html`<h1>${view.title}</h1>
<p class="form" role="status">${texts[code] ?? view.messages.try_again}</p>
`
  return buildPage({ ...frameOf(view, definition), title: view.title, body })
}

function frameOf(view: PublicFormView, definition: FormDefinition) {
  const { allowed_origins, allowed_redirects, success_url } = definition
  const targets = [success_url, ...allowed_redirects].flatMap((url) => originOf(url ?? '') ?? [])
  return {
    locale: view.locale,
    style: styleOf(view.theme),
    formTargets: [...new Set(targets)],
    // A form without a list is open to every page; framing gives away no more than its public definition does.
    frameAncestors: allowed_origins.length === 0 ? null : allowed_origins,
  }
}

/** Definitions take no value that could end a declaration or load something (domain/form-faults.ts). */
function styleOf(theme: Record<string, string>): string {
  const own = Object.entries(theme).map(([name, value]) => `${name}:${value};`)
  return `:root{${own.join('')}}${PAGE_STYLE}${FORM_STYLE}`
}

function openingTag(view: PublicFormView): Html {
  const hasFiles = view.fields.some(({ type }) => type === 'file')
  const tag = attributes({
    class: 'form',
    method: 'post',
    action: view.submit_path,
    enctype: hasFiles ? 'multipart/form-data' : null,
    novalidate: true,
    'data-bits': view.proof_of_work_bits,
  })
  return html`<form${tag}>`
}

interface NamedFault {
  field: string
  label: string
  text: string
}

/** Faults in the order of the form, with the names that people read. */
function namedFaults(view: PublicFormView, { faults }: Filling): NamedFault[] {
  const texts: Record<string, string> = view.messages
  const codes = new Map(faults.map(({ field, code }) => [field, code]))
  const ofField = view.fields.flatMap((field) => {
    const code = codes.get(field.name)
    return code === undefined ? [] : [{ field: field.name, label: field.label, text: faultText(field, code, texts) }]
  })
  const ofConsent = view.consents.flatMap(({ name }) => {
    const code = codes.get(name)
    return code === undefined ? [] : [{ field: name, label: '', text: faultText({ type: 'consent' }, code, texts) }]
  })
  return [...ofField, ...ofConsent]
}

function summaryOf({ messages }: PublicFormView, faults: NamedFault[], problem: string | undefined): Html | null {
  if (problem === undefined) return null
  const texts: Record<string, string> = messages
  const heading = faults.length > 0 ? messages.fault_title : (texts[problem] ?? messages.try_again)
  const items = faults.map(({ field, label, text }) => {
    return html`<li><a href="#${fieldId(field)}">${label === '' ? text : `${label} – ${text}`}</a></li>\n`
  })
  return html`<div class="alert" role="alert" tabindex="-1" autofocus>
<h2>${heading}</h2>
${items.length > 0 && html`<ul>\n${items}</ul>\n`}</div>
`
}

const hasRequired = (view: PublicFormView) => [...view.fields, ...view.consents].some(({ required }) => required)

function inputsOf(view: PublicFormView, { values }: Filling, faults: NamedFault[]): Html[] {
  const stateOf = (name: string) => ({
    value: values[name],
    fault: faults.find(({ field }) => field === name)?.text,
  })
  return [
    ...view.fields.map((field) => renderField(field, stateOf(field.name), view.messages.choose)),
    ...view.consents.map((consent) =>
      renderCheck({ help: '', ...consent }, consent.text, consent.value, stateOf(consent.name)),
    ),
  ]
}

/** What travels along unseen: whatever else was sent, the token, and the trap for programs. */
function hiddenOf(view: PublicFormView, { values }: Filling): Html {
  const own = ['_token', '_pow', '_challenge', view.honeypot_field]
  const shown = new Set([...view.fields.map(({ name }) => name), ...view.consents.map(({ name }) => name), ...own])
  const kept = Object.entries(values).flatMap(([name, value]) =>
    shown.has(name) ? [] : [value].flat().flatMap((each) => (typeof each === 'string' ? [{ name, value: each }] : [])),
  )
  const hidden = [...kept, { name: '_token', value: view.timing_token }]
  if (view.proof_of_work_bits !== null) hidden.push({ name: '_pow', value: '' })
  return html`${hidden.map((input) => html`<input${attributes({ type: 'hidden', ...input })}>\n`)}<label class="trap" aria-hidden="true">${view.messages.trap} <input${attributes({ name: view.honeypot_field, tabindex: -1, autocomplete: 'off' })}></label>
`
}
