/** What all public endpoints of a form share: finding it, and telling browsers which pages may talk to it. */
import type { FastifyReply, FastifyRequest } from 'fastify'
import { type Ctx, perCtx } from '../../ctx.ts'
import { ApiError, notFound } from '../../errors.ts'
import { type AddressedForm, createFormAddresses } from './form-address.ts'
import { createSubmissionWriter } from './submission-writer.ts'

export const formAddresses = perCtx(createFormAddresses)
export const submissionWriter = perCtx(createSubmissionWriter)

/** The form of a public address; 404 when there is none. */
export async function requireForm(ctx: Ctx, address: string, request: FastifyRequest): Promise<AddressedForm> {
  const form = await formAddresses(ctx).find(address, request.caller)
  if (form === undefined) throw notFound('form')
  return form
}

/** True when a page of this origin may use the form. A form without a list is open to every page. */
export function isOriginAllowed(form: AddressedForm, origin: string | undefined): boolean {
  const { allowed_origins } = form.definition
  return origin === undefined || allowed_origins.length === 0 || allowed_origins.includes(origin)
}

/** True for our own hosted page. Browsers say it themselves, and no page can say it for another. */
function isOwnPage({ headers, host }: FastifyRequest): boolean {
  return headers['sec-fetch-site'] === 'same-origin' || headers.origin?.replace(/^https?:\/\//, '') === host
}

/** 403 for a browser page that is not on the list; a call without Origin is not from another page. */
export function requireOrigin(form: AddressedForm, request: FastifyRequest): void {
  if (!isOriginAllowed(form, request.headers.origin) && !isOwnPage(request)) {
    throw new ApiError('origin_not_allowed', 'Pages of this origin may not use this form; add it to allowed_origins.')
  }
}

const EXPOSED = 'RateLimit, RateLimit-Policy, Retry-After, X-Request-Id'

/**
 * CORS for one request: the exact origin is echoed, so that a page can read answers and problems alike. Never `*`, and
 * never with credentials: there are no cookies. A request that is shed asks no database: who used the form lately is told.
 */
export async function addCorsHeaders(
  ctx: Ctx,
  request: FastifyRequest,
  reply: FastifyReply,
  isShed = false,
): Promise<void> {
  reply.header('vary', 'Origin')
  const { origin } = request.headers
  const address = (request.params as { form_key?: string }).form_key
  if (origin === undefined || address === undefined) return
  const forms = formAddresses(ctx)
  const form = isShed ? forms.remembered(address, request.caller) : await forms.find(address, request.caller)
  if (form === undefined || !isOriginAllowed(form, origin)) return
  reply.headers({ 'access-control-allow-origin': origin, 'access-control-expose-headers': EXPOSED })
  if (request.method !== 'OPTIONS') return
  reply.headers({
    'access-control-allow-methods': 'GET, POST',
    'access-control-allow-headers': 'Content-Type, Idempotency-Key, Authorization, Prefer',
    'access-control-max-age': '600',
  })
}
