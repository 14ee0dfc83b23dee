/** Scripts for browsers, made of the modules of browser/. */
import { joinScript } from '../../../http/browser-script.ts'
import { CHALLENGE_WIDGETS } from './challenge-widgets.ts'
import { FIELD_INPUTS } from './field-input.ts'
import { FORM_STYLE } from './form-style.ts'

const asScript = (modules: string[], call: string) => joinScript('features/capture/pages/browser', modules, call)

const EMBED_MODULES = ['attribution', 'element', 'definition', 'delivery', 'proof', 'values', 'fields', 'challenge']

/** What the embed shares with the hosted page. */
const EMBED_SETTINGS = {
  inputs: FIELD_INPUTS,
  style: FORM_STYLE.replace(/\n\s*/g, '')
    .replace(/ ?([{;]) ?/g, '$1')
    .replaceAll(': ', ':'),
  widgets: Object.fromEntries(
    Object.entries(CHALLENGE_WIDGETS).map(([kind, { sources: _, ...widget }]) => [kind, widget]),
  ),
}

/** The text of /embed/<form>.js; the same for every form, which it reads from its own address. */
export const EMBED_SCRIPT = asScript(
  [...EMBED_MODULES, 'submission', 'form', 'start'],
  `start(document.currentScript,${JSON.stringify(EMBED_SETTINGS)})`,
)

/** The inline script of a hosted page whose form asks for a proof of work. */
export const PROOF_SCRIPT = asScript(['proof', 'hosted'], `prove(document.querySelector('form'))`)
