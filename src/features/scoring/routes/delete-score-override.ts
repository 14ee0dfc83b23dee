import { Type } from 'typebox'
import { noContent } from '../../../http/answers.ts'
import { requireId } from '../../../http/id-parameter.ts'
import { defineRoute } from '../../../http/route.ts'
import { Id } from '../../../http/schema.ts'
import { ModelKey } from '../score-model-schemas.ts'
import { withdrawOverride } from '../score-service.ts'

export const deleteScoreOverride = defineRoute({
  method: 'DELETE',
  url: '/leads/:lead_id/scores/:model_key/override',
  operationId: 'deleteScoreOverride',
  summary: 'Take back a score that was set by hand',
  description: 'The rules decide again. 404 when nobody has set the score of this lead.',
  access: {
    auth: 'secret',
    scope: 'scoring:write',
    tenant_bound: true,
    idempotent: false,
    rate_class: 'default',
    pii_out: false,
  },
  params: Type.Object({ lead_id: Id('lead', { description: 'Id of the lead.' }), model_key: ModelKey }),
  responses: { 204: { description: 'The rules decide again.', schema: null } },
  problems: [404],
  handle: async (ctx, { caller, params }) => {
    await withdrawOverride(ctx, caller, requireId('lead', params.lead_id), params.model_key)
    return noContent()
  },
})
