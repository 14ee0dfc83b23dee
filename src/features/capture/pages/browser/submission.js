// From the button to the word of thanks: what can be put right is told at once, everything else is tried until it works.
import { loadDefinition } from './definition.js'
import { deliver, newKey } from './delivery.js'
import { element } from './element.js'
import { solve } from './proof.js'
import { faultsIn, faultsOf, readRows } from './values.js'

/** Begins the proof of work; a form that stood open for half the life of its token gets a fresh one. */
export async function prepare(form) {
  const { definition, options } = form
  if (Date.now() - form.loadedAt > definition.token_lifetime_seconds * 500) {
    form.loadedAt = Date.now()
    definition.timing_token = (await loadDefinition(options).catch(() => definition)).timing_token
    form.proof = null
  }
  if (definition.proof_of_work_bits) form.proof ??= solve(definition.timing_token, definition.proof_of_work_bits)
  return await form.proof
}

/** Checks and sends a form; pressing again while it is being sent does nothing. */
export async function submit(form) {
  if (form.sending) return
  const { button, status, definition, options } = form
  const texts = definition.messages
  showFaults(form, faultsIn(form.rows, texts))
  if (form.notice.isConnected) return
  form.sending = true
  button.setAttribute('aria-disabled', 'true')
  status.textContent = texts.sending
  try {
    form.packet ??= await pack(form)
    const answer = await deliver(options.base + definition.submit_path, form.packet, () => {
      status.textContent = texts.waiting
    })
    const body = await answer.json()
    if (answer.ok) finish(form, body)
    else refuse(form, body)
  } catch {
    showFaults(form, [], texts.try_again)
  }
  form.sending = false
  button.removeAttribute('aria-disabled')
  status.textContent = ''
}

/** What is sent: made once for one filling of the form, so that every try is the same submission. */
async function pack(form) {
  const { arrival, definition, options, trap } = form
  const { values, files } = readRows(form.rows)
  const fields = {
    ...values,
    ...form.challenge?.answers(),
    [trap.name]: trap.value,
    _page_url: location.href,
    _landing_page: arrival.landing,
    _referrer: arrival.referrer,
    _language: definition.locale,
    // The page's own id of the visitor, else that of the tracker (track.js), if it has one.
    _visitor_id: options.visitorId ?? window.leadwell.visitorId?.(),
    _pow: await prepare(form),
    _token: definition.timing_token,
  }
  const given = Object.entries(fields).filter(([, value]) => value)
  const headers = { 'idempotency-key': newKey(), accept: 'application/json', 'accept-language': definition.locale }
  if (files.length === 0) {
    headers['content-type'] = 'application/json'
    return { headers, body: JSON.stringify(Object.fromEntries(given)) }
  }
  const body = new FormData()
  for (const [name, value] of given) for (const each of [value].flat()) body.append(name, each)
  for (const [name, file] of files) body.append(name, file)
  return { headers, body }
}

function finish({ host, root, definition, options }, receipt) {
  const { submission_id, redirect_url, message } = receipt
  const detail = { form: options.form, submission_id, redirect_url }
  const goOn = host.dispatchEvent(new CustomEvent('leadwell:submitted', { bubbles: true, cancelable: true, detail }))
  const done = element('div', { class: 'form done', role: 'status', tabindex: '-1', lang: definition.locale }, message)
  root.replaceChildren(done)
  done.focus()
  if (goOn && redirect_url) location.assign(redirect_url)
}

/** Shows a problem document: at the fields that it points to, else above the form. */
function refuse(form, problem) {
  const texts = form.definition.messages
  const faults = faultsOf(problem, form.rows, texts)
  // A corrected form is another submission.
  form.packet = null
  form.host.dispatchEvent(new CustomEvent('leadwell:refused', { bubbles: true, detail: problem }))
  showFaults(form, faults, faults.length > 0 ? undefined : (texts[problem.code] ?? texts.try_again))
}

function showFaults({ rows, notice, node, definition }, faults, problem) {
  for (const row of rows) row.show('')
  notice.remove()
  if (faults.length === 0 && !problem) return
  const items = faults.map(({ row, text }) => {
    row.show(text)
    const go = (event) => {
      event.preventDefault()
      row.inputs[0].focus()
    }
    const label = row.field.label ? `${row.field.label} – ${text}` : text
    return element('li', null, element('a', { href: `#f-${row.field.name}`, click: go }, label))
  })
  const title = problem ?? definition.messages.fault_title
  notice.replaceChildren(element('h2', null, title), element('ul', null, ...items))
  node.prepend(notice)
  notice.focus()
}
