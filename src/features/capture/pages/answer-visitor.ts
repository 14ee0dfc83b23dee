/**
 * The answer to a native form: a browser shows whatever comes back, so it is always a page, and nothing that was typed
 * is lost by a fault of the visitor or of ours.
 */
import type { FastifyError, FastifyRequest } from 'fastify'
import type { Ctx } from '../../../ctx.ts'
import { readAcceptLanguage } from '../../../domain/form-locale.ts'
import type { ApiError } from '../../../errors.ts'
import type { Answer } from '../../../http/route.ts'
import { toApiError } from '../../../http/to-api-error.ts'
import { requireOpen } from '../capture-service.ts'
import type { AddressedForm } from '../form-address.ts'
import { requireForm, requireOrigin } from '../public-form.ts'
import { viewForm } from '../public-form-view.ts'
import { type Received, readArrival } from '../read-arrival.ts'
import { type Filling, renderFormPage, renderNoticePage } from './form-page.ts'
import type { Page } from './page.ts'
import { renderPlainPage } from './plain-page.ts'

/** Finds the form, reads the submission and has it stored; `store` returns where the visitor goes on. */
export async function answerVisitor(
  ctx: Ctx,
  request: FastifyRequest,
  address: string,
  store: (form: AddressedForm, received: Received) => Promise<string>,
): Promise<Answer> {
  let form: AddressedForm | undefined
  let received: Received | undefined
  try {
    form = await requireForm(ctx, address, request)
    requireOrigin(form, request)
    requireOpen(ctx, form)
    received = await readArrival(ctx, form, request)
    return { status: 303, headers: { location: await store(form, received) } }
  } catch (error) {
    // Fastify and its plugins throw their own errors, of which toApiError knows the codes.
    const problem = toApiError(error as FastifyError, ctx, request)
    const page = pageOf(ctx, request, problem, form, received)
    return { status: problem.status, headers: { ...problem.headers, ...page.headers }, body: page.html }
  }
}

function pageOf(
  ctx: Ctx,
  request: FastifyRequest,
  problem: ApiError,
  form: AddressedForm | undefined,
  received: Received | undefined,
): Page {
  const spoken = received?.context.language === undefined ? [] : [received.context.language]
  const languages = [...spoken, ...readAcceptLanguage(request.headers['accept-language'])]
  if (form === undefined) return renderPlainPage(languages, problem.code)
  const view = viewForm(ctx, form, languages)
  return problem.status === 403
    ? renderNoticePage(view, form.definition, problem.code)
    : renderFormPage(view, form.definition, fillingOf(problem, received))
}

function fillingOf(problem: ApiError, received: Received | undefined): Filling {
  const faults = problem.items.map(({ pointer, code }) => ({ field: pointer?.slice(1) ?? '', code }))
  // Browsers do not keep files from one page to the next.
  const files = new Set(received?.files.map((file) => file.field_name))
  const again = [...files].map((field) => ({ field, code: 'file_again' }))
  const redirect = faults.some(({ field }) => field === '_redirect') ? null : received?.redirect
  const values = received === undefined ? {} : { ...received.payload, ...circumstances(received), _redirect: redirect }
  return { values, faults: [...again, ...faults], problem: problem.code }
}

function circumstances({ context }: Received): Record<string, string | undefined> {
  return {
    _page_url: context.page_url,
    _landing_page: context.landing_page,
    _referrer: context.referrer,
    _visitor_id: context.visitor_id,
    _language: context.language,
  }
}
