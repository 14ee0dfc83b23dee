import { Type } from 'typebox'
import { toActivity } from '../../../domain/activity-wire.ts'
import { okWithEtag } from '../../../http/answers.ts'
import { expectedVersion } from '../../../http/etag.ts'
import { requireId } from '../../../http/id-parameter.ts'
import { defineRoute } from '../../../http/route.ts'
import { Id, ref } from '../../../http/schema.ts'
import { Activity, ActivityUpdate } from '../activity-schemas.ts'
import { updateActivityOf } from '../activity-service.ts'

export const updateActivity = defineRoute({
  method: 'PATCH',
  url: '/activities/:activity_id',
  operationId: 'updateActivity',
  summary: 'Correct an activity, or complete a task',
  description:
    'JSON merge patch: absent keeps, null clears, `data` merges. `done_at` completes a task, null opens it again. ' +
    'Lead and type stay. What the service told itself never changes (422).',
  access: {
    auth: 'secret',
    scope: 'activities:write',
    tenant_bound: true,
    idempotent: false,
    rate_class: 'default',
    pii_out: true,
  },
  params: Type.Object({ activity_id: Id('activity', { description: 'Id of the activity.' }) }),
  body: ref(ActivityUpdate),
  responses: { 200: { description: 'The activity as it is now.', schema: ref(Activity) } },
  problems: [404, 412, 422],
  handle: async (ctx, { caller, params, body, request }) => {
    const id = requireId('activity', params.activity_id)
    return okWithEtag(toActivity(await updateActivityOf(ctx, caller, id, body, expectedVersion(request))))
  },
})
