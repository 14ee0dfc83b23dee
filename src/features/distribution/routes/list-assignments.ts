import { Type } from 'typebox'
import { ok } from '../../../http/answers.ts'
import { requireId } from '../../../http/id-parameter.ts'
import { requireMoment } from '../../../http/moment-parameter.ts'
import { readCursor, toPage, writeCursor } from '../../../http/paging.ts'
import { defineRoute } from '../../../http/route.ts'
import { CursorParameter, Id, LimitParameter, query, ref, Slug, Timestamp } from '../../../http/schema.ts'
import { toAssignment } from '../assignment-answer.ts'
import { listAssignments as listRows } from '../assignment-queries.ts'
import { AssignmentPage } from '../assignment-schemas.ts'

export const listAssignments = defineRoute({
  method: 'GET',
  url: '/assignments',
  operationId: 'listAssignments',
  summary: 'List assignments',
  description: 'Who got which lead, newest first. Nothing is ever removed.',
  access: {
    auth: 'secret',
    scope: 'routing:read',
    tenant_bound: true,
    idempotent: false,
    rate_class: 'default',
    pii_out: false,
  },
  query: query({
    lead_id: Type.Optional(Id('lead', { description: 'Of this lead.' })),
    user_id: Type.Optional(Id('user', { description: 'To this seller.' })),
    pool_key: Type.Optional(Slug({ description: 'From this pool.', examples: ['fashion-uk'] })),
    rule_key: Type.Optional(Slug({ description: 'By this rule.', examples: ['fashion-uk'] })),
    open: Type.Optional(Type.Boolean({ description: 'Only open ones, or only those that ended.', examples: [true] })),
    assigned_after: Type.Optional(Timestamp({ description: 'Made at or after this moment.' })),
    assigned_before: Type.Optional(Timestamp({ description: 'Made before this moment.' })),
    limit: LimitParameter,
    cursor: CursorParameter,
  }),
  responses: { 200: { description: 'A page of assignments.', schema: ref(AssignmentPage) } },
  handle: async (ctx, { caller: { workspaceId }, query: given }) => {
    const { limit, cursor, lead_id, user_id } = given
    const filter = {
      lead_id: lead_id === undefined ? null : requireId('lead', lead_id),
      user_id: user_id === undefined ? null : requireId('user', user_id),
      pool_key: given.pool_key ?? null,
      rule_key: given.rule_key ?? null,
      open: given.open ?? null,
      assigned_after: requireMoment('assigned_after', given.assigned_after),
      assigned_before: requireMoment('assigned_before', given.assigned_before),
    }
    const scope = { secret: ctx.secret, workspaceId, operation: 'listAssignments', query: filter }
    const before = cursor === undefined ? null : (readCursor(scope, cursor) as [string, string])
    const rows = await listRows(ctx.db, workspaceId, filter, before, limit + 1)
    return ok(toPage(rows, limit, toAssignment, (row) => writeCursor(scope, [row.assigned_at, row.id])))
  },
})
