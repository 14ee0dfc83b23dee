import { Type } from 'typebox'
import { notFound } from '../../../errors.ts'
import { ok } from '../../../http/answers.ts'
import { requireId } from '../../../http/id-parameter.ts'
import { AsyncOperation, toAsyncOperation } from '../../../http/operation-schemas.ts'
import { defineRoute } from '../../../http/route.ts'
import { Id, ref } from '../../../http/schema.ts'
import { findOperation } from '../../../operations/operation-queries.ts'

export const getOperation = defineRoute({
  method: 'GET',
  url: '/operations/:operation_id',
  operationId: 'getOperation',
  summary: 'Read an operation',
  description: 'How far long work is and what came of it. Ended operations are kept for 30 days.',
  access: {
    auth: 'secret',
    scope: null,
    tenant_bound: true,
    idempotent: false,
    rate_class: 'default',
    pii_out: false,
  },
  params: Type.Object({ operation_id: Id('operation', { description: 'Id of the operation.' }) }),
  responses: { 200: { description: 'The operation.', schema: ref(AsyncOperation) } },
  problems: [404],
  handle: async (ctx, { caller, params }) => {
    const operation = await findOperation(ctx.db, caller.workspaceId, requireId('operation', params.operation_id))
    if (operation === undefined) throw notFound('operation')
    return ok(toAsyncOperation(operation))
  },
})
