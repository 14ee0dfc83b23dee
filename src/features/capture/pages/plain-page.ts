/** What a visitor sees where no form can be shown: it does not exist, or cannot be looked up now. */
import { FORM_STYLE } from './form-style.ts'
import { html } from './html.ts'
import { buildPage, type Page } from './page.ts'
import { PAGE_STYLE } from './page-style.ts'
import { PAGE_LANGUAGES, pageTexts } from './page-texts.ts'

/** One sentence, in the first of the wanted languages that is spoken; `code` is that of the problem. */
export function renderPlainPage(wanted: readonly string[], code: string): Page {
  const locale = wanted.find((tag) => (tag.toLowerCase().split('-')[0] ?? '') in PAGE_LANGUAGES) ?? 'en'
  const texts: Record<string, string> = pageTexts(locale)
  const title = texts[code] ?? pageTexts(locale).try_again
  return buildPage({ locale, title, style: PAGE_STYLE + FORM_STYLE, body: html`<h1>${title}</h1>\n` })
}
