import { Type } from 'typebox'
import { toShownLead } from '../../../domain/lead-wire.ts'
import { ok } from '../../../http/answers.ts'
import { requireMoment } from '../../../http/moment-parameter.ts'
import { readCursor, toPage, writeCursor } from '../../../http/paging.ts'
import { defineRoute } from '../../../http/route.ts'
import { CursorParameter, LimitParameter, query, ref, Timestamp } from '../../../http/schema.ts'
import { IncludeTotalParameter, toTotal } from '../../../http/total.ts'
import { countMembers, listMembers } from '../segment-queries.ts'
import { SegmentKey, SegmentMemberPage } from '../segment-schemas.ts'
import { requireSegment } from '../segment-service.ts'

export const listSegmentMembers = defineRoute({
  method: 'GET',
  url: '/segments/:segment_key/members',
  operationId: 'listSegmentMembers',
  summary: 'List the members of a segment',
  description: 'The leads that are in, or were in at a moment (`at`), as they are now; the newest leads first.',
  access: {
    auth: 'secret',
    scope: 'segments:read',
    tenant_bound: true,
    idempotent: false,
    rate_class: 'default',
    pii_out: true,
  },
  params: Type.Object({ segment_key: SegmentKey }),
  query: query({
    at: Type.Optional(Timestamp({ description: 'The moment; now when left out.' })),
    include_total: IncludeTotalParameter,
    limit: LimitParameter,
    cursor: CursorParameter,
  }),
  responses: { 200: { description: 'A page of members.', schema: ref(SegmentMemberPage) } },
  problems: [404],
  handle: async (ctx, { caller: { workspaceId }, params: { segment_key: key }, query: asked }) => {
    await requireSegment(ctx, workspaceId, key)
    const { limit, cursor, include_total } = asked
    const at = requireMoment('at', asked.at) ?? ctx.now().toISOString()
    const scope = { secret: ctx.secret, workspaceId, operation: 'listSegmentMembers', query: [key, asked.at ?? null] }
    const [before] = cursor === undefined ? [null] : readCursor(scope, cursor)
    const rows = await listMembers(ctx.db, workspaceId, key, at, before as string | null, limit + 1)
    const total = include_total ? await countMembers(ctx.db, workspaceId, key, at) : null
    const page = toPage(
      rows,
      limit,
      ({ lead, entered_at }) => ({ lead: toShownLead(lead), entered_at }),
      ({ lead }) => writeCursor(scope, [lead.id]),
    )
    return ok({ ...page, total: toTotal(total) })
  },
})
