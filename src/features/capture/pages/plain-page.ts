/** What a visitor sees where no form can be shown: it does not exist, or cannot be looked up now. */
import type { FastifyRequest } from 'fastify'
import { readAcceptLanguage } from '../../../domain/form-locale.ts'
import type { ApiError } from '../../../errors.ts'
import { wantsPage } from '../redirect.ts'
import { FORM_STYLE } from './form-style.ts'
import { html } from './html.ts'
import { buildPage, type Page } from './page.ts'
import { PAGE_STYLE } from './page-style.ts'
import { pageTexts, spokenLanguage } from './page-texts.ts'

/** One sentence, in the first of the wanted languages that is spoken; `code` is that of the problem. */
export function renderPlainPage(wanted: readonly string[], code: string): Page {
  const locale = spokenLanguage(wanted)
  const texts: Record<string, string> = pageTexts(locale)
  const title = texts[code] ?? pageTexts(locale).try_again
  return buildPage({ locale, title, style: PAGE_STYLE + FORM_STYLE, body: html`<h1>${title}</h1>\n` })
}

/** For routes that browsers show: the page of a problem, or null where the caller is a program. */
export function problemPage(request: FastifyRequest, problem: ApiError): Page | null {
  if (!wantsPage(request)) return null
  return renderPlainPage(readAcceptLanguage(request.headers['accept-language']), problem.code)
}
