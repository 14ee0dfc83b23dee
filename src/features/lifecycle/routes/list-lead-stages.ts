import { Type } from 'typebox'
import { staysOf } from '../../../domain/lifecycle/stage-stays.ts'
import { encodeTypeId } from '../../../domain/type-id.ts'
import { notFound } from '../../../errors.ts'
import { ok } from '../../../http/answers.ts'
import { requireId } from '../../../http/id-parameter.ts'
import { readCursor, toPage, writeCursor } from '../../../http/paging.ts'
import { defineRoute } from '../../../http/route.ts'
import { CursorParameter, Id, LimitParameter, query, ref } from '../../../http/schema.ts'
import { findLeadStage, listMoves } from '../lifecycle-queries.ts'
import { StageStayPage } from '../stage-schemas.ts'

export const listLeadStages = defineRoute({
  method: 'GET',
  url: '/leads/:lead_id/stages',
  operationId: 'listLeadStages',
  summary: 'List the stages of a lead',
  description:
    'Every stay in a stage, oldest first: from when to when, how long, who moved it there and why, and the version of the ' +
    'lifecycle that decided.',
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
  responses: { 200: { description: 'A page of stays.', schema: ref(StageStayPage) } },
  problems: [404],
  volatile: true,
  handle: async (ctx, { caller, params, query: { limit, cursor } }) => {
    const { workspaceId } = caller
    const leadId = requireId('lead', params.lead_id)
    const scope = { secret: ctx.secret, workspaceId, operation: 'listLeadStages', query: leadId }
    const last = cursor === undefined ? -1 : Number(readCursor(scope, cursor)[0])
    const lead = await findLeadStage(ctx.db, workspaceId, leadId)
    if (lead === undefined) throw notFound('lead')
    // One more than shown tells that there are more, and one more when the last of those ended.
    const moves = await listMoves(ctx.db, workspaceId, leadId, Math.max(last, 0), limit + 2)
    const stays = staysOf(lead, moves, last < 0, ctx.now())
    const toItem = ({ move, ...stay }: (typeof stays)[number]) => ({
      ...stay,
      from_stage: move?.from_stage ?? null,
      moved_by: move?.moved_by ?? null,
      actor: move?.actor ?? null,
      reason: move?.reason ?? null,
      note: move?.note ?? null,
      wake_at: move?.wake_at ?? null,
      policy: move?.policy ?? null,
      receipt_id: move === null ? null : encodeTypeId('receipt', move.receipt_id),
    })
    return ok(toPage(stays.slice(0, limit + 1), limit, toItem, ({ position }) => writeCursor(scope, [position])))
  },
})
