import { toActivity } from '../../../domain/activity-wire.ts'
import { created } from '../../../http/answers.ts'
import { defineRoute } from '../../../http/route.ts'
import { ref } from '../../../http/schema.ts'
import { Activity, ActivityCreate } from '../activity-schemas.ts'
import { recordActivity } from '../activity-service.ts'

export const createActivity = defineRoute({
  method: 'POST',
  url: '/activities',
  operationId: 'createActivity',
  summary: 'Record an activity',
  description:
    'Records what was done with a lead: a call, a meeting, a note, an e-mail, or a kind of your own; or a task that is to be done. ' +
    'It stands in the timeline of the lead and in the change feed, and the lead is judged anew.',
  access: {
    auth: 'secret',
    scope: 'activities:write',
    tenant_bound: true,
    idempotent: true,
    rate_class: 'default',
    pii_out: true,
  },
  body: ref(ActivityCreate),
  responses: { 201: { description: 'The activity.', schema: ref(Activity) } },
  problems: [422],
  handle: async (ctx, { caller, body }) => {
    const activity = toActivity(await recordActivity(ctx, caller, body))
    return created(activity, `/v1/activities/${activity.id}`)
  },
})
