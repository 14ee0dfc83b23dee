import { Type } from 'typebox'
import { ok } from '../../../http/answers.ts'
import { requireId } from '../../../http/id-parameter.ts'
import { requireMoment } from '../../../http/moment-parameter.ts'
import { defineRoute } from '../../../http/route.ts'
import { Id, query, ref, Timestamp } from '../../../http/schema.ts'
import { toLeadScore } from '../score-answer.ts'
import { LeadScores } from '../score-schemas.ts'
import { findLeadScores } from '../score-service.ts'

export const getLeadScores = defineRoute({
  method: 'GET',
  url: '/leads/:lead_id/scores',
  operationId: 'getLeadScores',
  summary: 'Read the scores of a lead',
  description:
    'The score under every published model, calculated now: what each rule gives, when it turns next by itself, what it was before. ' +
    'With `as_of` in the past, the score as it was known then (empty when there was none); in the future, as it will be if nothing happens.',
  access: {
    auth: 'secret',
    scope: 'scoring:read',
    tenant_bound: true,
    idempotent: false,
    rate_class: 'default',
    pii_out: true,
  },
  params: Type.Object({ lead_id: Id('lead', { description: 'Id of the lead.' }) }),
  query: query({
    as_of: Type.Optional(
      Timestamp({
        description: 'The moment to know the scores of; now when left out.',
        examples: ['2026-11-22T05:28:00.000Z'],
      }),
    ),
  }),
  responses: { 200: { description: 'The scores.', schema: ref(LeadScores) } },
  problems: [404],
  // Calculated at the moment of the answer.
  volatile: true,
  handle: async (ctx, { caller, params, query: { as_of } }) => {
    const asOf = requireMoment('as_of', as_of)
    const leadId = requireId('lead', params.lead_id)
    const scores = await findLeadScores(ctx, caller.workspaceId, leadId, asOf === null ? null : new Date(asOf))
    return ok({ lead_id: params.lead_id, data: scores.map(toLeadScore) })
  },
})
