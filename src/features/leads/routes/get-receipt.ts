import { Type } from 'typebox'
import { notFound } from '../../../errors.ts'
import { ok } from '../../../http/answers.ts'
import { requireId } from '../../../http/id-parameter.ts'
import { defineRoute } from '../../../http/route.ts'
import { Id, ref } from '../../../http/schema.ts'
import { toReceipt } from '../story-answer.ts'
import { findReceipt } from '../story-queries.ts'
import { Receipt } from '../story-schemas.ts'

export const getReceipt = defineRoute({
  method: 'GET',
  url: '/receipts/:receipt_id',
  operationId: 'getReceipt',
  summary: 'Read why a decision was made',
  description: 'The stored explanation of one decision: rules, inputs, outcome, and every candidate that was rejected.',
  access: {
    auth: 'secret',
    scope: 'leads:read',
    tenant_bound: true,
    idempotent: false,
    rate_class: 'default',
    pii_out: true,
  },
  params: Type.Object({ receipt_id: Id('receipt', { description: 'Id of the receipt.' }) }),
  responses: { 200: { description: 'The receipt.', schema: ref(Receipt) } },
  problems: [404],
  handle: async (ctx, { caller, params }) => {
    const receipt = await findReceipt(ctx.db, caller.workspaceId, requireId('receipt', params.receipt_id))
    if (receipt === undefined) throw notFound('receipt')
    return ok(toReceipt(receipt))
  },
})
