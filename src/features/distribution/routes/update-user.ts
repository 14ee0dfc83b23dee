import { Type } from 'typebox'
import { toUser } from '../../../domain/routing/seller-wire.ts'
import { okWithEtag } from '../../../http/answers.ts'
import { expectedVersion } from '../../../http/etag.ts'
import { requireId } from '../../../http/id-parameter.ts'
import { defineRoute } from '../../../http/route.ts'
import { Id, ref } from '../../../http/schema.ts'
import { User, UserUpdate } from '../user-schemas.ts'
import { updateUser as update } from '../user-service.ts'

export const updateUser = defineRoute({
  method: 'PATCH',
  url: '/users/:user_id',
  operationId: 'updateUser',
  summary: 'Change a user',
  description:
    'JSON merge patch: absent fields keep their value, null clears, lists replace. From the answer on no lead is given by what ' +
    'was before; leads that the user has already stay. `active: false` ends all new leads.',
  access: {
    auth: 'secret',
    scope: 'users:write',
    tenant_bound: true,
    idempotent: false,
    rate_class: 'default',
    pii_out: true,
  },
  params: Type.Object({ user_id: Id('user', { description: 'Id of the user.' }) }),
  body: ref(UserUpdate),
  responses: { 200: { description: 'The user as it is now.', schema: ref(User) } },
  problems: [404, 409, 412, 422],
  handle: async (ctx, { caller, params, body, request }) => {
    const user = await update(ctx, caller, requireId('user', params.user_id), body, expectedVersion(request))
    return okWithEtag(toUser(user))
  },
})
