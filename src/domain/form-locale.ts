// A form speaks the visitor's language where its owner has written texts for it. What is not translated falls back to
// the default locale, text by text: a half translated form is still a whole form.

import type { FieldTexts, FormConsent, FormDefinition, FormField } from './form.ts'

/** The texts of a form in one locale, complete. */
export interface LocalizedForm {
  locale: string
  title: string
  submit_label: string
  success_message: string
  fields: FormField[]
  consents: FormConsent[]
  messages: Record<string, string>
}

/** All locales of a form, the default one first. */
export function localesOf(form: FormDefinition): string[] {
  return [form.default_locale, ...form.locales.map(({ locale }) => locale)]
}

/**
 * The locale for a visitor who reads `wanted`, best first: an exact one, else the same language (`de` for `de-AT`, and
 * `pt-BR` for `pt`), else the default.
 */
export function chooseLocale(form: FormDefinition, wanted: readonly string[]): string {
  const known = localesOf(form)
  for (const tag of wanted) {
    const found =
      known.find((locale) => locale.toLowerCase() === tag.toLowerCase()) ??
      known.find((locale) => languageOf(locale) === languageOf(tag))
    if (found !== undefined) return found
  }
  return form.default_locale
}

const languageOf = (tag: string) => tag.toLowerCase().split('-')[0]

/** Languages of an Accept-Language header, best first; malformed parts are left out. */
export function readAcceptLanguage(header: string | undefined): string[] {
  // Browsers send about ten; more is no reader.
  const parts = (header ?? '').slice(0, 500).split(',').slice(0, 20)
  const weighed = parts.flatMap((part) => {
    const match = /^\s*([A-Za-z]{1,8}(?:-[A-Za-z0-9]{1,8})*)\s*(?:;\s*q=([01](?:\.\d{0,3})?))?\s*$/.exec(part)
    return match?.[1] === undefined ? [] : [{ tag: match[1], weight: Number(match[2] ?? 1) }]
  })
  return weighed
    .filter(({ weight }) => weight > 0)
    .sort((a, b) => b.weight - a.weight)
    .map(({ tag }) => tag)
}

/** The texts of a form in one of its locales. */
export function localizeForm(form: FormDefinition, locale: string): LocalizedForm {
  const texts = form.locales.find((candidate) => candidate.locale === locale)
  const { title, submit_label, success_message, messages, fields, consents } = form
  if (texts === undefined) {
    return { locale: form.default_locale, title, submit_label, success_message, messages, fields, consents }
  }
  const textsOf = new Map(texts.fields.map((field) => [field.name, field]))
  const wordings = new Map(texts.consents.map((consent) => [consent.key, consent.text]))
  return {
    locale,
    title: texts.title || title,
    submit_label: texts.submit_label || submit_label,
    success_message: texts.success_message || success_message,
    messages: { ...messages, ...texts.messages },
    fields: fields.map((field) => localizeField(field, textsOf.get(field.name))),
    consents: consents.map((consent) => ({ ...consent, text: wordings.get(consent.key) || consent.text })),
  }
}

function localizeField(field: FormField, texts: FieldTexts | undefined): FormField {
  if (texts === undefined) return field
  const labels = new Map(texts.options.map((option) => [option.value, option.label]))
  return {
    ...field,
    label: texts.label || field.label,
    placeholder: texts.placeholder || field.placeholder,
    help: texts.help || field.help,
    options: field.options.map(({ value, label }) => ({ value, label: labels.get(value) || label })),
  }
}
