/** What browsers are shown: unversioned addresses, so that pages and links hold for years. */
import type { FastifyInstance } from 'fastify'
import type { Ctx } from '../../../ctx.ts'
import type { Access } from '../../../http/access.ts'
import { sendEmbedScript } from './embed-script.ts'
import { sendHostedForm } from './hosted-form.ts'

const PAGE: Access = {
  auth: 'open',
  scope: null,
  tenant_bound: false,
  idempotent: false,
  rate_class: 'capture',
  pii_out: false,
}

const schema = {
  hide: true,
  params: { type: 'object', properties: { form_key: { type: 'string', pattern: '^[A-Za-z][A-Za-z0-9_-]{0,63}$' } } },
}

/** Registers the hosted page and the embed script. */
export function registerPages(app: FastifyInstance, ctx: Ctx): void {
  const page = { schema, config: { access: PAGE, operationId: 'getHostedForm' } }
  const script = {
    schema,
    config: { access: { ...PAGE, rate_class: 'unlimited' as const }, operationId: 'getEmbedScript' },
  }
  app.get('/f/:form_key', page, (request, reply) => sendHostedForm(ctx, request, reply))
  app.get('/embed/:form_key.js', script, (request, reply) => sendEmbedScript(request, reply))
}
