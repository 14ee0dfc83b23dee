/** Scripts for browsers: the modules of browser/, joined and without comments. Hand-written, no bundler, no dependency. */
import { readFileSync } from 'node:fs'
import { CHALLENGE_WIDGETS } from './challenge-widgets.ts'
import { FIELD_INPUTS } from './field-input.ts'
import { FORM_STYLE } from './form-style.ts'

/** The text of /embed/<form>.js; the same for every form, which it reads from its own address. */
export function readEmbedScript(): string {
  const modules = ['attribution', 'element', 'definition', 'delivery', 'proof', 'values', 'fields', 'challenge']
  const settings = {
    inputs: FIELD_INPUTS,
    style: FORM_STYLE.replace(/\n\s*/g, '')
      .replace(/ ?([{;]) ?/g, '$1')
      .replaceAll(': ', ':'),
    widgets: Object.fromEntries(
      Object.entries(CHALLENGE_WIDGETS).map(([kind, { sources: _, ...widget }]) => [kind, widget]),
    ),
  }
  const text = joinModules([...modules, 'submission', 'form', 'start'])
  return `(()=>{\n'use strict'\n${text}start(document.currentScript,${JSON.stringify(settings)})\n})()\n`
}

/** The inline script of a hosted page whose form asks for a proof of work. */
export function readProofScript(): string {
  return `(()=>{\n'use strict'\n${joinModules(['proof', 'hosted'])}prove(document.querySelector('form'))\n})()\n`
}

/** Modules become one scope: each one's imports stand before it. */
function joinModules(names: string[]): string {
  return names
    .map((name) => readFileSync(new URL(`./browser/${name}.js`, import.meta.url), 'utf8'))
    .join('\n')
    .concat('\n')
    .replace(/^import [^;]*? from '.*';?\n/gm, '')
    .replace(/^export /gm, '')
    .replace(/^\s*\/\*\*[\s\S]*?\*\/\n/gm, '')
    .replace(/^\s*\/\/.*$/gm, '')
    .replace(/^\s+/gm, '')
}
