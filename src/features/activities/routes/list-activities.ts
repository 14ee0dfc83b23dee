import { toActivity } from '../../../domain/activity-wire.ts'
import { ok } from '../../../http/answers.ts'
import { readCursor, toPage, writeCursor } from '../../../http/paging.ts'
import { defineRoute } from '../../../http/route.ts'
import { ref } from '../../../http/schema.ts'
import { ActivityFilterParameters, readActivityFilter } from '../activity-filter.ts'
import { type ActivitySort, listActivities as listRows } from '../activity-queries.ts'
import { RecordedActivityPage } from '../activity-schemas.ts'

export const listActivities = defineRoute({
  method: 'GET',
  url: '/activities',
  operationId: 'listActivities',
  summary: 'List recorded activities',
  description:
    'What people and their programs recorded, page by page; different filters narrow the list (AND), a repeated one widens it (OR). ' +
    'By `due_at` only what has such a moment is listed. What the service itself tells stands in the timeline of a lead.',
  access: {
    auth: 'secret',
    scope: 'activities:read',
    tenant_bound: true,
    idempotent: false,
    rate_class: 'default',
    pii_out: true,
  },
  query: ActivityFilterParameters,
  responses: { 200: { description: 'A page of activities.', schema: ref(RecordedActivityPage) } },
  handle: async (ctx, { caller: { workspaceId }, query: given }) => {
    const { limit, cursor } = given
    const sort = given.sort as ActivitySort
    const filter = readActivityFilter(given)
    const scope = { secret: ctx.secret, workspaceId, operation: 'listActivities', query: [filter, sort] }
    const after = cursor === undefined ? null : (readCursor(scope, cursor) as [string, string])
    const rows = await listRows(ctx.db, workspaceId, filter, sort, after, limit + 1)
    const keyOf = sort === 'due_at' ? 'due_at' : 'occurred_at'
    return ok(toPage(rows, limit, toActivity, (row) => writeCursor(scope, [row[keyOf], row.id])))
  },
})
