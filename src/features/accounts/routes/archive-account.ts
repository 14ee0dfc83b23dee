import { Type } from 'typebox'
import { noContent } from '../../../http/answers.ts'
import { expectedVersion } from '../../../http/etag.ts'
import { requireId } from '../../../http/id-parameter.ts'
import { defineRoute } from '../../../http/route.ts'
import { Id } from '../../../http/schema.ts'
import { archiveAccount as archive } from '../account-service.ts'

export const archiveAccount = defineRoute({
  method: 'DELETE',
  url: '/accounts/:account_id',
  operationId: 'archiveAccount',
  summary: 'Archive an account',
  description:
    'Hides the account from lists; it stays readable by id, its leads stay with it, and `PATCH {"archived": false}` brings it back. Doing it twice is fine.',
  access: {
    auth: 'secret',
    scope: 'accounts:write',
    tenant_bound: true,
    idempotent: false,
    rate_class: 'default',
    pii_out: false,
  },
  params: Type.Object({ account_id: Id('account', { description: 'Id of the account.' }) }),
  responses: { 204: { description: 'Archived.', schema: null } },
  problems: [404, 412],
  handle: async (ctx, { caller, params, request }) => {
    await archive(ctx, caller, requireId('account', params.account_id), expectedVersion(request))
    return noContent()
  },
})
