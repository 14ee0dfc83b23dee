// A template is a mail in several languages, written in Liquid. Whom no text was written for reads the default locale;
// a language without a region stands in for its regions (`pt` for `pt-BR`).

export interface TemplateTexts {
  locale: string
  subject: string
  /** First words that a mailbox shows beside the subject. */
  preheader: string
  /** Null when the mail is text only. */
  html: string | null
  /** Null derives it from the HTML. */
  text: string | null
}

export const TEMPLATE_LAYOUTS = ['default', 'none'] as const
export type TemplateLayout = (typeof TEMPLATE_LAYOUTS)[number]

export interface TemplateDefinition {
  name: string
  layout: TemplateLayout
  default_locale: string
  texts: TemplateTexts[]
}

export interface TemplateFault {
  code: string
  detail: string
  pointer: string
}

/** Tags that would reach beyond the template itself. */
const FORBIDDEN_TAG = /\{%-?\s*(include|render|layout|block)\b/

/** What is wrong with a template beyond its syntax, with the place in the document. */
export function findTemplateFaults({ layout, default_locale, texts }: TemplateDefinition): TemplateFault[] {
  const faults: TemplateFault[] = []
  if (!TEMPLATE_LAYOUTS.includes(layout)) {
    faults.push({
      code: 'invalid_value',
      detail: `Must be one of: ${TEMPLATE_LAYOUTS.join(', ')}.`,
      pointer: '/layout',
    })
  }
  const seen = new Set<string>()
  texts.forEach((text, i) => {
    const pointer = `/texts/${i}`
    const key = text.locale.toLowerCase()
    if (seen.has(key))
      faults.push({
        code: 'duplicate',
        detail: `The locale ${text.locale} is there twice.`,
        pointer: `${pointer}/locale`,
      })
    seen.add(key)
    if (text.html === null && text.text === null) {
      faults.push({ code: 'required', detail: 'A mail needs html or text.', pointer: `${pointer}/html` })
    }
    for (const field of ['subject', 'preheader', 'html', 'text'] as const) {
      if (FORBIDDEN_TAG.test(text[field] ?? '')) {
        faults.push({
          code: 'not_allowed',
          detail: 'include, render, layout and block are not available.',
          pointer: `${pointer}/${field}`,
        })
      }
    }
  })
  if (!seen.has(default_locale.toLowerCase())) {
    faults.push({ code: 'required', detail: 'The default locale needs its texts.', pointer: '/default_locale' })
  }
  return faults
}

/** The texts for somebody who reads `wanted`, best first. */
export function chooseTexts(template: TemplateDefinition, wanted: readonly string[]): TemplateTexts {
  const language = (tag: string) => tag.toLowerCase().split('-')[0]
  for (const tag of [...wanted, template.default_locale]) {
    const found =
      template.texts.find((texts) => texts.locale.toLowerCase() === tag.toLowerCase()) ??
      template.texts.find((texts) => texts.locale.toLowerCase() === language(tag)) ??
      template.texts.find((texts) => language(texts.locale) === language(tag))
    if (found !== undefined) return found
  }
  const [first] = template.texts
  if (first === undefined) throw new Error('a template has texts')
  return first
}
