import { Type } from 'typebox'
import { toActivity } from '../../../domain/activity-wire.ts'
import { notFound } from '../../../errors.ts'
import { ok } from '../../../http/answers.ts'
import { requireId } from '../../../http/id-parameter.ts'
import { readCursor, toPage, writeCursor } from '../../../http/paging.ts'
import { defineRoute } from '../../../http/route.ts'
import { CursorParameter, Id, LimitParameter, query, ref } from '../../../http/schema.ts'
import { findLead } from '../lead-queries.ts'
import { listTimeline } from '../story-queries.ts'
import { ActivityPage } from '../story-schemas.ts'

export const getLeadTimeline = defineRoute({
  method: 'GET',
  url: '/leads/:lead_id/timeline',
  operationId: 'getLeadTimeline',
  summary: 'Read the timeline of a lead',
  description: 'Everything that happened to a lead, newest first, each line with a link to the decision behind it.',
  access: {
    auth: 'secret',
    scope: 'leads:read',
    tenant_bound: true,
    idempotent: false,
    rate_class: 'default',
    pii_out: true,
  },
  params: Type.Object({ lead_id: Id('lead', { description: 'Id of the lead.' }) }),
  query: query({ limit: LimitParameter, cursor: CursorParameter }),
  responses: { 200: { description: 'A page of the timeline.', schema: ref(ActivityPage) } },
  problems: [404],
  handle: async (ctx, { caller, params, query: { limit, cursor } }) => {
    const leadId = requireId('lead', params.lead_id)
    if ((await findLead(ctx.db, caller.workspaceId, leadId)) === undefined) throw notFound('lead')
    const scope = { secret: ctx.secret, workspaceId: caller.workspaceId, operation: 'getLeadTimeline', query: leadId }
    const before = cursor === undefined ? null : (readCursor(scope, cursor) as [string, string])
    const rows = await listTimeline(ctx.db, caller.workspaceId, leadId, before, limit + 1)
    return ok(toPage(rows, limit, toActivity, (row) => writeCursor(scope, [row.occurred_at, row.id])))
  },
})
