import { toUser } from '../../../domain/routing/seller-wire.ts'
import { created } from '../../../http/answers.ts'
import { defineRoute } from '../../../http/route.ts'
import { ref } from '../../../http/schema.ts'
import { User, UserCreate } from '../user-schemas.ts'
import { createUser as create } from '../user-service.ts'

export const createUser = defineRoute({
  method: 'POST',
  url: '/users',
  operationId: 'createUser',
  summary: 'Create a user',
  description:
    'Creates a seller. Without capacity, hours or absences a seller takes leads at any time and without limit. ' +
    'An e-mail address or external id that another user has is refused with its id.',
  access: {
    auth: 'secret',
    scope: 'users:write',
    tenant_bound: true,
    idempotent: true,
    rate_class: 'default',
    pii_out: true,
  },
  body: ref(UserCreate),
  responses: { 201: { description: 'The new user.', schema: ref(User) } },
  problems: [409, 422],
  handle: async (ctx, { caller, body }) => {
    const user = toUser(await create(ctx, caller, body))
    return created(user, `/v1/users/${user.id}`)
  },
})
