import { Type } from 'typebox'
import { toAccount } from '../../../domain/account-wire.ts'
import { okWithEtag } from '../../../http/answers.ts'
import { expectedVersion } from '../../../http/etag.ts'
import { requireId } from '../../../http/id-parameter.ts'
import { defineRoute } from '../../../http/route.ts'
import { Id, ref } from '../../../http/schema.ts'
import { Account, AccountUpdate } from '../account-schemas.ts'
import { updateAccount as update } from '../account-service.ts'

export const updateAccount = defineRoute({
  method: 'PATCH',
  url: '/accounts/:account_id',
  operationId: 'updateAccount',
  summary: 'Change an account',
  description:
    'JSON merge patch: absent fields keep their value, null clears, lists replace, `custom_fields` and `metadata` merge key by key. ' +
    '`If-Match` makes it conditional. A domain or external id that another account has is refused with its id.',
  access: {
    auth: 'secret',
    scope: 'accounts:write',
    tenant_bound: true,
    idempotent: false,
    rate_class: 'default',
    pii_out: true,
  },
  params: Type.Object({ account_id: Id('account', { description: 'Id of the account.' }) }),
  body: ref(AccountUpdate),
  responses: { 200: { description: 'The account as it is now.', schema: ref(Account) } },
  problems: [404, 409, 412, 422],
  handle: async (ctx, { caller, params, body, request }) => {
    const id = requireId('account', params.account_id)
    return okWithEtag(toAccount(await update(ctx, caller, id, body, expectedVersion(request))))
  },
})
