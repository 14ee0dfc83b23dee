import { Type } from 'typebox'
import { toUser } from '../../../domain/routing/seller-wire.ts'
import { notFound } from '../../../errors.ts'
import { okWithEtag } from '../../../http/answers.ts'
import { requireId } from '../../../http/id-parameter.ts'
import { defineRoute } from '../../../http/route.ts'
import { Id, ref } from '../../../http/schema.ts'
import { findUser } from '../user-queries.ts'
import { User } from '../user-schemas.ts'

export const getUser = defineRoute({
  method: 'GET',
  url: '/users/:user_id',
  operationId: 'getUser',
  summary: 'Read a user',
  description: 'One seller with capacity, hours and absences.',
  access: {
    auth: 'secret',
    scope: 'users:read',
    tenant_bound: true,
    idempotent: false,
    rate_class: 'default',
    pii_out: true,
  },
  params: Type.Object({ user_id: Id('user', { description: 'Id of the user.' }) }),
  responses: { 200: { description: 'The user.', schema: ref(User) } },
  problems: [404],
  handle: async (ctx, { caller, params }) => {
    const user = await findUser(ctx.db, caller.workspaceId, requireId('user', params.user_id))
    if (user === undefined) throw notFound('user')
    return okWithEtag(toUser(user))
  },
})
