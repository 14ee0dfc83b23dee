// What makes a form definition unusable although every single field of it is well formed.
import type { FormDefinition, FormField } from './form.ts'
import { LEAD_TEXT_FIELDS } from './lead.ts'

export interface DefinitionFault {
  code: string
  detail: string
  pointer: string
  parameter: null
}

const LEAD_FIELDS = new Set<string>(LEAD_TEXT_FIELDS)

/** All faults of a definition, each with a pointer to the place. */
export function findDefinitionFaults(definition: FormDefinition): DefinitionFault[] {
  const faults: DefinitionFault[] = []
  const add = (pointer: string, code: string, detail: string) => faults.push({ code, detail, pointer, parameter: null })
  const seen = new Set<string>()
  const targets = new Set<string>()
  for (const [i, field] of definition.fields.entries()) {
    const at = `/fields/${i}`
    if (seen.has(field.name)) add(`${at}/name`, 'duplicate_name', `The name ${field.name} is used twice.`)
    seen.add(field.name)
    if (field.maps_to !== null && targets.has(field.maps_to))
      add(`${at}/maps_to`, 'duplicate_target', `Two fields map to ${field.maps_to}.`)
    if (field.maps_to !== null) targets.add(field.maps_to)
    checkField(field, at, add)
  }
  for (const [i, origin] of definition.allowed_origins.entries()) {
    if (originOf(origin) !== origin)
      add(`/allowed_origins/${i}`, 'invalid_origin', 'Must be scheme, host and port only, as a browser sends it.')
  }
  for (const [i, url] of definition.allowed_redirects.entries()) checkUrl(url, `/allowed_redirects/${i}`, add)
  if (definition.success_url !== null) checkUrl(definition.success_url, '/success_url', add)
  return faults
}

type Add = (pointer: string, code: string, detail: string) => void

function checkField(field: FormField, at: string, add: Add): void {
  const isChoice = field.type === 'select' || field.type === 'multi_select'
  if (isChoice && field.options.length === 0) add(`${at}/options`, 'required', 'A choice needs at least one option.')
  if (!isChoice && field.options.length > 0)
    add(`${at}/options`, 'not_allowed', 'Only select and multi_select have options.')
  if (field.maps_to === null) return
  if (field.type === 'file') add(`${at}/maps_to`, 'not_allowed', 'A file stays with the submission.')
  const isCustom = /^custom_fields\.[a-z][a-z0-9_]{0,63}$/.test(field.maps_to)
  if (!isCustom && !LEAD_FIELDS.has(field.maps_to)) {
    add(`${at}/maps_to`, 'unknown_field', `Use custom_fields.<key> or one of: ${LEAD_TEXT_FIELDS.join(', ')}.`)
  }
}

function checkUrl(url: string, pointer: string, add: Add): void {
  const parsed = URL.canParse(url) ? new URL(url) : null
  if (parsed === null || !/^https?:$/.test(parsed.protocol) || parsed.username !== '' || parsed.password !== '') {
    add(pointer, 'invalid_url', 'Must be an absolute http(s) URL without user information.')
  }
}

/** The origin of a URL as a browser would send it, or null. */
export function originOf(url: string): string | null {
  if (!URL.canParse(url)) return null
  const { origin, protocol } = new URL(url)
  return /^https?:$/.test(protocol) ? origin : null
}
