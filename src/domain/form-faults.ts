// What makes a form definition unusable although every single field of it is well formed.
import { EVERY_PURPOSE } from './consent.ts'
import { CONSENT_PREFIX, type FormDefinition, type FormField, type FormLocale } from './form.ts'
import { LEAD_TEXT_FIELDS } from './lead.ts'
import { normalizeCountry } from './normalize/country.ts'
import { whyReserved } from './reserved-names.ts'
import { SPAM_SIGNALS } from './spam/spam-settings.ts'

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
  const { default_country: country } = definition
  if (country !== null && normalizeCountry(country) !== country)
    add('/default_country', 'unknown_country', 'Must be an ISO 3166-1 alpha-2 code such as DE.')
  checkPublishing(definition, add)
  checkConsents(definition, add)
  checkLocales(definition, add)
  checkSpam(definition, add)
  checkQuiz(definition, targets, add)
  checkTheme(definition, add)
  return faults
}

type Add = (pointer: string, code: string, detail: string) => void

function checkField(field: FormField, at: string, add: Add): void {
  const isChoice = field.type === 'select' || field.type === 'multi_select'
  if (isChoice && field.options.length === 0) add(`${at}/options`, 'required', 'A choice needs at least one option.')
  if (!isChoice && field.options.length > 0)
    add(`${at}/options`, 'not_allowed', 'Only select and multi_select have options.')
  checkOptions(field, at, add)
  if (field.name.startsWith(CONSENT_PREFIX))
    add(`${at}/name`, 'not_allowed', `Names that start with ${CONSENT_PREFIX} belong to consents.`)
  const reserved = whyReserved(field.name)
  if (reserved !== null) add(`${at}/name`, 'reserved_name', reserved)
  if (field.type !== 'file' && (field.accept.length > 0 || field.max_bytes !== null || field.max_files !== 1))
    add(`${at}/type`, 'not_allowed', 'Only a file field has accept, max_bytes and max_files.')
  for (const [i, entry] of field.accept.entries()) {
    if (!/^(\.[a-z0-9]{1,10}|[a-z]+\/(\*|[a-z0-9][a-z0-9.+-]*))$/i.test(entry))
      add(`${at}/accept/${i}`, 'invalid_format', 'Use a media type (application/pdf, image/*) or an extension (.pdf).')
  }
  if (field.maps_to === null) return
  if (field.type === 'file') add(`${at}/maps_to`, 'not_allowed', 'A file stays with the submission.')
  const isOwn = /^(custom_fields\.[a-z][a-z0-9_]{0,63}|criteria\.[a-z][a-z0-9_-]{0,63})$/.test(field.maps_to)
  if (!isOwn && !LEAD_FIELDS.has(field.maps_to)) {
    const known = LEAD_TEXT_FIELDS.join(', ')
    add(`${at}/maps_to`, 'unknown_field', `Use custom_fields.<key>, criteria.<key> or one of: ${known}.`)
  }
}

function checkOptions({ options, max_length }: FormField, at: string, add: Add): void {
  const seen = new Set<string>()
  for (const [i, { value }] of options.entries()) {
    const place = `${at}/options/${i}/value`
    if (seen.has(value)) add(place, 'duplicate_value', `The option ${value} is there twice.`)
    seen.add(value)
    // What visitors send is trimmed before it is compared: nobody could choose this one.
    if (value.trim() !== value) add(place, 'invalid_value', 'Must not begin or end with a space.')
    if (max_length !== null && [...value].length > max_length)
      add(place, 'too_long', 'Is longer than max_length allows.')
  }
}

function checkPublishing({ publish_from, publish_until }: FormDefinition, add: Add): void {
  for (const [name, moment] of Object.entries({ publish_from, publish_until })) {
    // A leap second has the format of a moment, but no clock here knows it.
    if (moment !== null && Number.isNaN(Date.parse(moment))) add(`/${name}`, 'invalid_format', 'Not a real moment.')
  }
  if (publish_from !== null && publish_until !== null && Date.parse(publish_from) >= Date.parse(publish_until))
    add('/publish_until', 'out_of_range', 'Must be after publish_from.')
}

function checkConsents({ consents }: FormDefinition, add: Add): void {
  const seen = new Set<string>()
  for (const [i, { key, purpose }] of consents.entries()) {
    if (seen.has(key)) add(`/consents/${i}/key`, 'duplicate_key', `The key ${key} is used twice.`)
    seen.add(key)
    if (purpose === EVERY_PURPOSE)
      add(`/consents/${i}/purpose`, 'invalid_value', 'Consent is given for one purpose at a time.')
  }
}

function checkLocales(definition: FormDefinition, add: Add): void {
  const seen = new Set([definition.default_locale.toLowerCase()])
  for (const [i, texts] of definition.locales.entries()) {
    const tag = texts.locale.toLowerCase()
    if (seen.has(tag)) add(`/locales/${i}/locale`, 'duplicate_locale', `There are two texts for ${texts.locale}.`)
    seen.add(tag)
    checkTexts(definition, texts, `/locales/${i}`, add)
  }
}

/** Texts of something that the form does not have are a typing error. */
function checkTexts(definition: FormDefinition, texts: FormLocale, at: string, add: Add): void {
  const fields = new Map(definition.fields.map((field) => [field.name, field]))
  const named = new Set<string>()
  for (const [i, { name, options }] of texts.fields.entries()) {
    const field = fields.get(name)
    if (named.has(name)) add(`${at}/fields/${i}/name`, 'duplicate_name', `There are two texts for ${name}.`)
    named.add(name)
    if (field === undefined) add(`${at}/fields/${i}/name`, 'unknown_field', `The form has no field ${name}.`)
    const values = new Set(field?.options.map((option) => option.value))
    for (const [j, { value }] of options.entries()) {
      if (field !== undefined && !values.has(value))
        add(`${at}/fields/${i}/options/${j}/value`, 'unknown_option', `The field ${name} has no such option.`)
    }
  }
  const consents = new Set(definition.consents.map((consent) => consent.key))
  const worded = new Set<string>()
  for (const [i, { key }] of texts.consents.entries()) {
    if (worded.has(key)) add(`${at}/consents/${i}/key`, 'duplicate_key', `There are two wordings of ${key}.`)
    worded.add(key)
    if (!consents.has(key)) add(`${at}/consents/${i}/key`, 'unknown_key', `The form has no consent ${key}.`)
  }
}

function checkSpam({ spam, fields }: FormDefinition, add: Add): void {
  if (fields.some((field) => field.name === spam.honeypot_field))
    add('/spam/honeypot_field', 'duplicate_name', 'A field of the form has this name: people would fill it in.')
  if (spam.honeypot_field.startsWith(CONSENT_PREFIX))
    add('/spam/honeypot_field', 'not_allowed', `Names that start with ${CONSENT_PREFIX} belong to consents.`)
  const reserved = whyReserved(spam.honeypot_field)
  if (reserved !== null) add('/spam/honeypot_field', 'reserved_name', reserved)
  for (const code of Object.keys(spam.weights)) {
    if (!(SPAM_SIGNALS as readonly string[]).includes(code))
      add(`/spam/weights/${code}`, 'unknown_key', `Use one of: ${SPAM_SIGNALS.join(', ')}.`)
  }
  const isWidget = spam.challenge !== 'none' && spam.challenge !== 'proof_of_work'
  if (isWidget && spam.challenge_site_key === null)
    add('/spam/challenge_site_key', 'required', 'The widget needs its public key.')
}

function checkQuiz({ quiz, fields }: FormDefinition, targets: ReadonlySet<string>, add: Add): void {
  if (quiz === null) return
  if (targets.has(quiz.maps_to)) add('/quiz/maps_to', 'duplicate_target', `A field maps to ${quiz.maps_to}.`)
  const seen = new Set<string>()
  for (const [i, { field: name, value }] of quiz.answers.entries()) {
    const at = `/quiz/answers/${i}`
    const field = fields.find((one) => one.name === name)
    if (field === undefined) add(`${at}/field`, 'unknown_field', `The form has no field ${name}.`)
    else if (field.type === 'file') add(`${at}/field`, 'not_allowed', 'A file has no value that could earn points.')
    else if (field.options.length > 0 && !field.options.some((option) => option.value === value))
      add(`${at}/value`, 'unknown_option', `The field ${name} has no such option.`)
    const answer = JSON.stringify([name, value])
    if (seen.has(answer)) add(at, 'duplicate', 'This answer is there already.')
    seen.add(answer)
  }
}

/** Characters of colours, lengths, font names and functions such as rgb(); none that ends a declaration. */
const CSS_VALUE = /^[\w #%.,()'"/+*-]{1,100}$/

/** Functions that fetch, or read other variables; and comments. */
const LOADING = /(url|image|image-set|element|expression|attr|env|var|src)\s*\(|\/\*|\/\//i

function checkTheme({ theme }: FormDefinition, add: Add): void {
  for (const [name, value] of Object.entries(theme)) {
    const at = `/theme/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`
    if (!/^--lw-[a-z0-9-]{1,40}$/.test(name)) add(at, 'unknown_key', 'Names start with --lw-.')
    else if (!CSS_VALUE.test(value) || LOADING.test(value))
      add(at, 'invalid_value', 'Must be a plain CSS value that loads nothing.')
  }
}

/** A browser drops these, or reads them as something else. */
const CHANGED_IN_URL = /[\p{Cc}\p{Z}\\]/u

function checkUrl(url: string, pointer: string, add: Add): void {
  const parsed = URL.canParse(url) ? new URL(url) : null
  if (parsed === null || !/^https?:$/.test(parsed.protocol) || parsed.username !== '' || parsed.password !== '') {
    add(pointer, 'invalid_url', 'Must be an absolute http(s) URL without user information.')
  } else if (CHANGED_IN_URL.test(url)) add(pointer, 'invalid_url', 'Must not hold spaces, line breaks or backslashes.')
}

/** The origin of a URL as a browser would send it, or null. */
export function originOf(url: string): string | null {
  if (!URL.canParse(url)) return null
  const { origin, protocol } = new URL(url)
  return /^https?:$/.test(protocol) ? origin : null
}
