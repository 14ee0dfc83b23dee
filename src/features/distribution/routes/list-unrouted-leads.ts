import { Type } from 'typebox'
import { ok } from '../../../http/answers.ts'
import { readCursor, toPage, writeCursor } from '../../../http/paging.ts'
import { defineRoute } from '../../../http/route.ts'
import { ClosedEnum, CursorParameter, LimitParameter, query, ref } from '../../../http/schema.ts'
import { toUnroutedLeads } from '../assignment-answer.ts'
import { listUnroutedLeads as listRows } from '../assignment-queries.ts'
import { UnroutedLeadPage } from '../assignment-schemas.ts'

export const listUnroutedLeads = defineRoute({
  method: 'GET',
  url: '/routing/unrouted-leads',
  operationId: 'listUnroutedLeads',
  summary: 'List leads without an owner',
  description:
    'Leads that should have an owner and have none, the longest waiting first, with what stood in the way. A lead that nobody can take ' +
    'is told once by the change `lead.unroutable`, and tried again by itself.',
  access: {
    auth: 'secret',
    scope: 'routing:read',
    tenant_bound: true,
    idempotent: false,
    rate_class: 'default',
    pii_out: false,
  },
  query: query({
    state: Type.Optional(
      ClosedEnum(['waiting', 'unroutable'], { description: 'Only those in this state.', examples: ['unroutable'] }),
    ),
    limit: LimitParameter,
    cursor: CursorParameter,
  }),
  responses: { 200: { description: 'A page of leads without an owner.', schema: ref(UnroutedLeadPage) } },
  handle: async (ctx, { caller: { workspaceId }, query: { state = null, limit, cursor } }) => {
    const scope = { secret: ctx.secret, workspaceId, operation: 'listUnroutedLeads', query: state }
    const after = cursor === undefined ? null : (readCursor(scope, cursor) as [string, string])
    const rows = await listRows(ctx.db, workspaceId, { state, lead_id: null }, after, limit + 1)
    const page = toPage(
      rows,
      limit,
      (row) => row,
      (row) => writeCursor(scope, [row.since, row.lead_id]),
    )
    return ok({ ...page, data: await toUnroutedLeads(ctx.db, workspaceId, page.data) })
  },
})
