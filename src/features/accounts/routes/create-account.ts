import { toAccount } from '../../../domain/account-wire.ts'
import { created, okWithEtag } from '../../../http/answers.ts'
import { defineRoute } from '../../../http/route.ts'
import { ref } from '../../../http/schema.ts'
import { Account, AccountCreate } from '../account-schemas.ts'
import { createAccount as create } from '../account-service.ts'

export const createAccount = defineRoute({
  method: 'POST',
  url: '/accounts',
  operationId: 'createAccount',
  summary: 'Create an account',
  description:
    'Creates a company, or updates the one that has the same external id or domain (`on_duplicate`). ' +
    'A known account that is archived comes back, unless `archived` says otherwise. ' +
    'Values are normalized; one that has no normal form is refused with a pointer.',
  access: {
    auth: 'secret',
    scope: 'accounts:write',
    tenant_bound: true,
    idempotent: true,
    rate_class: 'default',
    pii_out: true,
  },
  body: ref(AccountCreate),
  responses: {
    200: { description: 'The known account, updated.', schema: ref(Account) },
    201: { description: 'The new account.', schema: ref(Account) },
  },
  problems: [409, 422],
  handle: async (ctx, { caller, body: { on_duplicate, ...input } }) => {
    const result = await create(ctx, caller, input, on_duplicate)
    const account = toAccount(result.account)
    return result.created ? created(account, `/v1/accounts/${account.id}`) : okWithEtag(account)
  },
})
