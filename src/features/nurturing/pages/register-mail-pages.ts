/** What links in mails lead to: unversioned addresses, so that mails of years ago still work. GET changes nothing. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Ctx } from '../../../ctx.ts'
import { readAcceptLanguage } from '../../../domain/form-locale.ts'
import { ApiError, notFound } from '../../../errors.ts'
import type { Access } from '../../../http/access.ts'
import { networkOfVisitor, requireMessage, requireRef } from '../by-reference.ts'
import { findConfirmation } from '../confirmation-queries.ts'
import { confirm } from '../confirmation-service.ts'
import { choose, leave, readPreferences } from '../preference-service.ts'
import { recordVisit } from '../record-visit.ts'
import { addDevMail } from './dev-mail.ts'
import { confirmationPage, type MailPage, mailPage, preferencePage } from './render-pages.ts'
import { speak } from './texts.ts'

const PAGE: Access = {
  auth: 'open',
  scope: null,
  tenant_bound: false,
  idempotent: false,
  rate_class: 'default',
  pii_out: true,
}

const schema = { hide: true } as object // of the collector of the published document

/** The smallest picture there is: 1 by 1, transparent. */
const PIXEL = Buffer.from('R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7', 'base64')

/** Registers pages, pixel and redirect. */
export function registerMailPages(app: FastifyInstance, ctx: Ctx): void {
  const page = (operationId: string) => ({ schema, config: { access: PAGE, operationId } })
  app.get('/o/:ref.gif', page('openPixel'), async (request, reply) => {
    await recordVisit(ctx, 'open', refOf(request), request).catch(() => null)
    return reply.headers({ 'content-type': 'image/gif', 'cache-control': 'no-store' }).send(PIXEL)
  })
  app.get('/c/:ref', page('followLink'), async (request, reply) => {
    const url = await recordVisit(ctx, 'click', refOf(request), request)
    if (url === null) return sendPage(reply, 404, noticeOf(request, 'gone'))
    return reply
      .code(302)
      .headers({ location: url, 'cache-control': 'no-store', 'referrer-policy': 'no-referrer' })
      .send()
  })
  app.get('/u/:ref', page('getPreferencePage'), (request, reply) =>
    answering(request, reply, () => showPreferences(ctx, request)),
  )
  app.post('/u/:ref', page('postPreferencePage'), (request, reply) =>
    answering(request, reply, () => takePreferences(ctx, request, reply)),
  )
  app.get('/k/:ref', page('getConfirmationPage'), (request, reply) =>
    answering(request, reply, () => showConfirmation(ctx, request)),
  )
  app.post('/k/:ref', page('postConfirmationPage'), (request, reply) =>
    answering(request, reply, () => takeConfirmation(ctx, request)),
  )
  addDevMail(app, ctx, page('showDevMail'))
}

const refOf = (request: FastifyRequest) => (request.params as { ref: string }).ref

const sendPage = (reply: FastifyReply, status: number, page: MailPage) =>
  reply.code(status).headers(page.headers).send(page.html)

/** Sends a page; a fault is one sentence in the language of the reader. */
async function answering(
  request: FastifyRequest,
  reply: FastifyReply,
  show: () => Promise<MailPage | null>,
): Promise<FastifyReply> {
  try {
    const page = await show()
    return page === null ? reply : sendPage(reply, 200, page)
  } catch (error) {
    if (!(error instanceof ApiError) || error.status >= 500) throw error
    return sendPage(reply, error.status, noticeOf(request, error.code === 'not_found' ? 'gone' : 'expired'))
  }
}

const languagesOf = (request: FastifyRequest) => readAcceptLanguage(request.headers['accept-language'])

function noticeOf(request: FastifyRequest, key: 'gone' | 'expired' | 'confirmed' | 'saved'): MailPage {
  const { locale, texts } = speak(languagesOf(request))
  return mailPage(locale, texts[key], '')
}

async function showPreferences(ctx: Ctx, request: FastifyRequest): Promise<MailPage> {
  const referred = await requireMessage(ctx, 'leave', refOf(request))
  const { locale, texts } = speak([...languagesOf(request), referred.message.locale ?? ''])
  const { saved } = request.query as { saved?: unknown }
  return preferencePage(locale, texts, await readPreferences(ctx, referred), saved !== undefined)
}

/** A form of the page, or the one click of a mail program (RFC 8058), which gets no redirect. */
async function takePreferences(ctx: Ctx, request: FastifyRequest, reply: FastifyReply): Promise<MailPage | null> {
  const referred = await requireMessage(ctx, 'leave', refOf(request))
  const network = networkOfVisitor(request)
  const { action, purpose } = formOf(request)
  if (action === 'leave_all') await leave(ctx, referred, 'all', network)
  else if (action === 'save') {
    const { choices } = await readPreferences(ctx, referred)
    const checked = new Set([purpose].flat())
    const wanted = choices.filter(({ blocked }) => !blocked).map(({ key }) => ({ key, subscribed: checked.has(key) }))
    if (wanted.length > 0) await choose(ctx, referred, wanted, network)
  } else {
    await leave(ctx, referred, 'purpose', network)
    return noticeOf(request, 'saved')
  }
  await reply
    .code(303)
    .headers({ location: `/u/${refOf(request)}?saved=1`, 'cache-control': 'no-store' })
    .send()
  return null
}

/** Fields of a native form; of another media type none. */
function formOf(request: FastifyRequest): { action?: unknown; purpose?: unknown } {
  return typeof request.body === 'object' && request.body !== null ? request.body : {}
}

async function showConfirmation(ctx: Ctx, request: FastifyRequest): Promise<MailPage> {
  const { workspace_id, id } = requireRef(ctx, 'confirm', refOf(request))
  const known = await findConfirmation(ctx.db, workspace_id, id)
  if (known === undefined) throw notFound('link')
  if (known.confirmed_at !== null) return noticeOf(request, 'confirmed')
  if (known.expires_at <= ctx.now().toISOString()) return noticeOf(request, 'expired')
  const { locale, texts } = speak([known.locale, ...languagesOf(request)])
  return confirmationPage(locale, texts, known.wording)
}

async function takeConfirmation(ctx: Ctx, request: FastifyRequest): Promise<MailPage> {
  const { workspace_id, id } = requireRef(ctx, 'confirm', refOf(request))
  await confirm(ctx, workspace_id, id, networkOfVisitor(request))
  return noticeOf(request, 'confirmed')
}
