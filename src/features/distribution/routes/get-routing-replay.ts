import { Type } from 'typebox'
import { encodeTypeId } from '../../../domain/type-id.ts'
import { notFound } from '../../../errors.ts'
import { ok } from '../../../http/answers.ts'
import { requireId } from '../../../http/id-parameter.ts'
import { defineRoute } from '../../../http/route.ts'
import { Id, ref } from '../../../http/schema.ts'
import { findReplay } from '../rehearsal-queries.ts'
import { RoutingReplay } from '../rehearsal-schemas.ts'

export const getRoutingReplay = defineRoute({
  method: 'GET',
  url: '/routing/replays/:replay_id',
  operationId: 'getRoutingReplay',
  summary: 'Read a replay',
  description: 'Load and fairness by seller, broken promises, and the owners that would be others.',
  access: {
    auth: 'secret',
    scope: 'routing:read',
    tenant_bound: true,
    idempotent: false,
    rate_class: 'default',
    pii_out: false,
  },
  params: Type.Object({ replay_id: Id('replay', { description: 'Id of the replay.' }) }),
  responses: { 200: { description: 'The replay.', schema: ref(RoutingReplay) } },
  problems: [404],
  handle: async (ctx, { caller, params }) => {
    const row = await findReplay(ctx.db, caller.workspaceId, requireId('replay', params.replay_id))
    if (row === undefined) throw notFound('replay')
    const { definition: _, ...replay } = row
    const ids = { id: encodeTypeId('replay', row.id), operation_id: encodeTypeId('operation', row.operation_id) }
    return ok({ ...replay, ...ids })
  },
})
