import { Type } from 'typebox'
import { notFound } from '../../../errors.ts'
import { ok } from '../../../http/answers.ts'
import { defineRoute } from '../../../http/route.ts'
import { ref } from '../../../http/schema.ts'
import { toVisitor } from '../event-answer.ts'
import { VisitorId } from '../event-schemas.ts'
import { VisitorSchema } from '../visitor-event-schemas.ts'
import { findVisitor } from '../visitor-queries.ts'

export const getVisitor = defineRoute({
  method: 'GET',
  url: '/visitors/:visitor_id',
  operationId: 'getVisitor',
  summary: 'Read a visitor',
  description: 'A browser, whose it is, and what told.',
  access: {
    auth: 'secret',
    scope: 'events:read',
    tenant_bound: true,
    idempotent: false,
    rate_class: 'default',
    pii_out: true,
  },
  params: Type.Object({ visitor_id: VisitorId('The visitor.') }),
  responses: { 200: { description: 'The visitor.', schema: ref(VisitorSchema) } },
  problems: [404],
  handle: async (ctx, { caller, params }) => {
    const visitor = await findVisitor(ctx.db, caller.workspaceId, params.visitor_id)
    if (visitor === undefined) throw notFound('visitor')
    return ok(toVisitor(visitor))
  },
})
