import { Type } from 'typebox'
import { ok } from '../../../http/answers.ts'
import { requireId } from '../../../http/id-parameter.ts'
import { AsyncOperation, toAsyncOperation } from '../../../http/operation-schemas.ts'
import { defineRoute } from '../../../http/route.ts'
import { Id, ref } from '../../../http/schema.ts'
import { cancelOperation as cancel } from '../operation-service.ts'

export const cancelOperation = defineRoute({
  method: 'POST',
  url: '/operations/:operation_id/cancel',
  operationId: 'cancelOperation',
  summary: 'Cancel an operation',
  description:
    'Stops long work: at once while it waits, after its present step while it runs. What is done stays done. ' +
    'Canceling twice changes nothing; one that has ended otherwise is refused with 409.',
  access: {
    auth: 'secret',
    scope: null,
    tenant_bound: true,
    idempotent: true,
    rate_class: 'default',
    pii_out: false,
  },
  params: Type.Object({ operation_id: Id('operation', { description: 'Id of the operation.' }) }),
  responses: { 200: { description: 'The operation as it is now.', schema: ref(AsyncOperation) } },
  problems: [404, 409],
  handle: async (ctx, { caller, params }) =>
    ok(toAsyncOperation(await cancel(ctx, caller, requireId('operation', params.operation_id)))),
})
