/** What browsers are shown: unversioned addresses, so that pages and links hold for years. */
import type { FastifyInstance } from 'fastify'
import type { Ctx } from '../../../ctx.ts'
import type { Access } from '../../../http/access.ts'
import { sendEmbedScript } from './embed-script.ts'
import { sendHostedForm } from './hosted-form.ts'
import { problemPage } from './plain-page.ts'

const PAGE: Access = {
  auth: 'open',
  scope: null,
  tenant_bound: false,
  idempotent: false,
  rate_class: 'capture',
  pii_out: false,
}

const schema = { hide: true } as object // of the collector of the published document

/** Registers the hosted page and the embed script. */
export function registerPages(app: FastifyInstance, ctx: Ctx): void {
  const page = { schema, config: { access: PAGE, operationId: 'getHostedForm', problemPage } }
  const script = {
    schema,
    config: { access: { ...PAGE, rate_class: 'unlimited' as const }, operationId: 'getEmbedScript' },
  }
  app.get('/f/:form_key', page, (request, reply) => sendHostedForm(ctx, request, reply))
  app.get('/embed/:form_key.js', script, (request, reply) => sendEmbedScript(request, reply))
}
