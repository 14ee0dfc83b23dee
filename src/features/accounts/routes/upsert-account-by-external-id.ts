import { Type } from 'typebox'
import { toAccount } from '../../../domain/account-wire.ts'
import { created, okWithEtag } from '../../../http/answers.ts'
import { expectedVersion, isCreateOnly } from '../../../http/etag.ts'
import { defineRoute } from '../../../http/route.ts'
import { query, ref } from '../../../http/schema.ts'
import { Account, AccountUpsert, ExternalAddress } from '../account-schemas.ts'
import { upsertAccount } from '../account-service.ts'

export const upsertAccountByExternalId = defineRoute({
  method: 'PATCH',
  url: '/accounts/by-external-id/:system/:external_id',
  operationId: 'upsertAccountByExternalId',
  summary: 'Create or change an account by its id in another system',
  description:
    'Changes the account that has this id (JSON merge patch), or makes one: 201 when it is new, 200 otherwise, also when nothing changed. ' +
    'A new id whose domain is known joins that account (`on_duplicate`), unless it has another id of the same system: then 409. ' +
    '`If-None-Match: *` only creates, `create_if_missing=false` only changes. Equal requests at the same moment make one account. ' +
    'An archived account comes back, unless the request says `archived` itself or `create_if_missing=false`.',
  access: {
    auth: 'secret',
    scope: 'accounts:write',
    tenant_bound: true,
    idempotent: false,
    rate_class: 'default',
    pii_out: true,
  },
  params: ExternalAddress,
  query: query({
    create_if_missing: Type.Boolean({
      default: true,
      description: 'False answers 404 instead of making an account.',
      examples: [true],
    }),
  }),
  body: ref(AccountUpsert),
  responses: {
    200: { description: 'The account as it is now.', schema: ref(Account) },
    201: { description: 'The new account.', schema: ref(Account) },
  },
  problems: [404, 409, 412, 422],
  handle: async (ctx, { caller, params, query: { create_if_missing }, body: { on_duplicate, ...input }, request }) => {
    const result = await upsertAccount(ctx, caller, params, input, {
      onDuplicate: on_duplicate,
      expectedVersion: expectedVersion(request),
      createOnly: isCreateOnly(request),
      createIfMissing: create_if_missing,
    })
    const account = toAccount(result.account)
    return result.created ? created(account, `/v1/accounts/${account.id}`) : okWithEtag(account)
  },
})
