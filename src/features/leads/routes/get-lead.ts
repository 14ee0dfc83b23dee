import { Type } from 'typebox'
import { notFound } from '../../../errors.ts'
import { okWithEtag } from '../../../http/answers.ts'
import { requireId } from '../../../http/id-parameter.ts'
import { defineRoute } from '../../../http/route.ts'
import { Id, query, ref } from '../../../http/schema.ts'
import { type Expansion, toLeadAnswers } from '../lead-answer.ts'
import { findLead } from '../lead-queries.ts'
import { ExpandParameter, Lead } from '../lead-schemas.ts'

export const getLead = defineRoute({
  method: 'GET',
  url: '/leads/:lead_id',
  operationId: 'getLead',
  summary: 'Read a lead',
  description: 'One lead with all of its fields.',
  access: {
    auth: 'secret',
    scope: 'leads:read',
    tenant_bound: true,
    idempotent: false,
    rate_class: 'default',
    pii_out: true,
  },
  params: Type.Object({ lead_id: Id('lead', { description: 'Id of the lead.' }) }),
  query: query({ expand: ExpandParameter }),
  responses: { 200: { description: 'The lead.', schema: ref(Lead) } },
  problems: [404],
  handle: async (ctx, { caller, params, query: { expand } }) => {
    const lead = await findLead(ctx.db, caller.workspaceId, requireId('lead', params.lead_id))
    if (lead === undefined) throw notFound('lead')
    const [answer] = await toLeadAnswers(ctx, caller.workspaceId, [lead], expand as Expansion[] | undefined)
    if (answer === undefined) throw new Error('one lead has one answer')
    return okWithEtag(answer)
  },
})
