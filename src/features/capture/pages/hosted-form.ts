/** GET /f/{form_key}: the form as a page of its own, for owners without a website and visitors without scripts. */
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Ctx } from '../../../ctx.ts'
import { readAcceptLanguage } from '../../../domain/form-locale.ts'
import { formAddresses } from '../public-form.ts'
import { viewForm } from '../public-form-view.ts'
import { renderFormPage, renderNoticePage, renderThanksPage } from './form-page.ts'
import type { Page } from './page.ts'
import { renderPlainPage } from './plain-page.ts'
import { valuesOfVisit } from './visit.ts'

interface Query {
  locale?: unknown
  submitted?: unknown
}

/** Sends the page: the form, the word of thanks after a native submission, or why there is none. */
export async function sendHostedForm(ctx: Ctx, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const { form_key: address } = request.params as { form_key: string }
  const { locale, submitted } = request.query as Query
  const wanted = [locale].flat().filter((tag) => typeof tag === 'string')
  const languages = [...wanted, ...readAcceptLanguage(request.headers['accept-language'])]
  const form = await formAddresses(ctx).find(address, request.caller)
  if (form === undefined) return sendPage(reply, 404, renderPlainPage(languages, 'not_found'))
  const { definition } = form
  const view = viewForm(ctx, form, languages)
  if (submitted !== undefined) return sendPage(reply, 200, renderThanksPage(view, definition))
  if (view.availability !== 'open') return sendPage(reply, 200, renderNoticePage(view, definition, 'form_closed'))
  const base = ctx.config.PUBLIC_URL ?? `${request.protocol}://${request.host}`
  const values = { ...valuesOfVisit(request, definition, base), _language: view.locale }
  return sendPage(reply, 200, renderFormPage(view, definition, { values, faults: [] }))
}

function sendPage(reply: FastifyReply, status: number, page: Page): FastifyReply {
  return reply.code(status).headers(page.headers).send(page.html)
}
