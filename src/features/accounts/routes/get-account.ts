import { Type } from 'typebox'
import { toAccount } from '../../../domain/account-wire.ts'
import { notFound } from '../../../errors.ts'
import { okWithEtag } from '../../../http/answers.ts'
import { requireId } from '../../../http/id-parameter.ts'
import { defineRoute } from '../../../http/route.ts'
import { Id, ref } from '../../../http/schema.ts'
import { findAccount } from '../account-queries.ts'
import { Account } from '../account-schemas.ts'

export const getAccount = defineRoute({
  method: 'GET',
  url: '/accounts/:account_id',
  operationId: 'getAccount',
  summary: 'Read an account',
  description: 'One company with all of its fields. `GET /leads?account_id=` lists its leads.',
  access: {
    auth: 'secret',
    scope: 'accounts:read',
    tenant_bound: true,
    idempotent: false,
    rate_class: 'default',
    pii_out: true,
  },
  params: Type.Object({ account_id: Id('account', { description: 'Id of the account.' }) }),
  responses: { 200: { description: 'The account.', schema: ref(Account) } },
  problems: [404],
  handle: async (ctx, { caller, params }) => {
    const account = await findAccount(ctx.db, caller.workspaceId, requireId('account', params.account_id))
    if (account === undefined) throw notFound('account')
    return okWithEtag(toAccount(account))
  },
})
