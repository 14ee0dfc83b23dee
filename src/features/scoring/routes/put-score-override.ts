import { Type } from 'typebox'
import { ok } from '../../../http/answers.ts'
import { expectedVersion, isCreateOnly } from '../../../http/etag.ts'
import { requireId } from '../../../http/id-parameter.ts'
import { requireMoment } from '../../../http/moment-parameter.ts'
import { defineRoute } from '../../../http/route.ts'
import { Id, ref } from '../../../http/schema.ts'
import { toLeadScore } from '../score-answer.ts'
import { ModelKey } from '../score-model-schemas.ts'
import { LeadScore, ScoreOverrideUpdate } from '../score-schemas.ts'
import { overrideScore } from '../score-service.ts'

export const putScoreOverride = defineRoute({
  method: 'PUT',
  url: '/leads/:lead_id/scores/:model_key/override',
  operationId: 'putScoreOverride',
  summary: 'Set the score of a lead by hand',
  description:
    'The total stays as you set it, whatever the rules say and whatever is published, until it is taken back or ends. ' +
    'Fit and engagement go on being calculated. `If-Match` with the ETag of the override replaces what you have read, `If-None-Match: *` only sets it where nobody has.',
  access: {
    auth: 'secret',
    scope: 'scoring:write',
    tenant_bound: true,
    idempotent: false,
    rate_class: 'default',
    pii_out: true,
  },
  params: Type.Object({ lead_id: Id('lead', { description: 'Id of the lead.' }), model_key: ModelKey }),
  body: ref(ScoreOverrideUpdate),
  responses: { 200: { description: 'The score as it is now.', schema: ref(LeadScore) } },
  // Calculated at the moment of the answer.
  volatile: true,
  problems: [404, 412],
  handle: async (ctx, { caller, params, body, request }) => {
    const { total, reason, grade = null, expires_at } = body
    const expires = requireMoment('expires_at', expires_at ?? undefined)
    const override = { model_key: params.model_key, total, grade, reason, expires_at: expires }
    const expected = { ifMatchVersion: expectedVersion(request), createOnly: isCreateOnly(request) }
    return ok(toLeadScore(await overrideScore(ctx, caller, requireId('lead', params.lead_id), override, expected)))
  },
})
