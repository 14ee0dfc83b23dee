import { Type } from 'typebox'
import { toActivity } from '../../../domain/activity-wire.ts'
import { notFound } from '../../../errors.ts'
import { okWithEtag } from '../../../http/answers.ts'
import { requireId } from '../../../http/id-parameter.ts'
import { defineRoute } from '../../../http/route.ts'
import { Id, ref } from '../../../http/schema.ts'
import { findActivity } from '../activity-queries.ts'
import { Activity } from '../activity-schemas.ts'

export const getActivity = defineRoute({
  method: 'GET',
  url: '/activities/:activity_id',
  operationId: 'getActivity',
  summary: 'Read an activity',
  description: 'Any line of a timeline: recorded by somebody, or told by the service.',
  access: {
    auth: 'secret',
    scope: 'activities:read',
    tenant_bound: true,
    idempotent: false,
    rate_class: 'default',
    pii_out: true,
  },
  params: Type.Object({ activity_id: Id('activity', { description: 'Id of the activity.' }) }),
  responses: { 200: { description: 'The activity.', schema: ref(Activity) } },
  problems: [404],
  handle: async (ctx, { caller, params }) => {
    const activity = await findActivity(ctx.db, caller.workspaceId, requireId('activity', params.activity_id))
    if (activity === undefined) throw notFound('activity')
    return okWithEtag(toActivity(activity))
  },
})
