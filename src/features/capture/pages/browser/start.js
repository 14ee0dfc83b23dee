// The beginning of /embed/<form>.js. Where a page has <div data-leadwell-form="<form>">, the form is put there; else
// where the script stands. Element or script may say more: data-locale, data-visitor-id, data-values (JSON by field),
// data-attribution="off", which keeps nothing in sessionStorage, and data-render="none", which only remembers where the
// visit began. Pages that decide themselves call
//   leadwell.render(element, { form, base, locale, visitorId, values, attribution })
// Events bubble from the element: leadwell:ready, leadwell:submitted (cancel it to prevent the redirect), and
// leadwell:refused.
import { recallArrival } from './attribution.js'
import { renderForm } from './form.js'

/** Puts the form of this script into the page. */
export function start(script, settings) {
  const [, base, form] = /^(.*)\/embed\/([^/?#]+)\.js(?:[?#]|$)/.exec(script.src)
  const render = async (element, options) => {
    const { locale, visitorId, attribution, values } = { ...script.dataset, ...element.dataset }
    const given = { base, form, locale, visitorId, attribution, values: values && JSON.parse(values), ...options }
    const rendered = await renderForm(element, given, settings)
    if (rendered) window.leadwell.forms.push(rendered)
    return rendered
  }
  // The first of several scripts stays the one that answers calls of the page.
  // The tracker, if the page has it, may have come before.
  window.leadwell = { forms: [], render, ...window.leadwell }
  recallArrival(script.dataset.attribution !== 'off')
  const place = () => {
    if (script.dataset.render === 'none') return
    const marked = [...document.querySelectorAll(`[data-leadwell-form="${form}"]`)]
    if (marked.length === 0) {
      marked.push(document.createElement('div'))
      script.after(marked[0])
    }
    // Two scripts of one form render it once.
    for (const element of marked.filter((each) => !each.shadowRoot)) render(element)
  }
  if (document.readyState === 'loading') addEventListener('DOMContentLoaded', place)
  else place()
}
