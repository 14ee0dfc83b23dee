import { Type } from 'typebox'
import { toUser } from '../../../domain/routing/seller-wire.ts'
import { ok } from '../../../http/answers.ts'
import { readCursor, toPage, writeCursor } from '../../../http/paging.ts'
import { defineRoute } from '../../../http/route.ts'
import { CursorParameter, LimitParameter, query, ref, Slug, Text } from '../../../http/schema.ts'
import { readUserFilter } from '../user-filter.ts'
import { listUsers as listRows } from '../user-queries.ts'
import { UserPage } from '../user-schemas.ts'

export const listUsers = defineRoute({
  method: 'GET',
  url: '/users',
  operationId: 'listUsers',
  summary: 'List users',
  description: 'Sellers page by page, the oldest first.',
  access: {
    auth: 'secret',
    scope: 'users:read',
    tenant_bound: true,
    idempotent: false,
    rate_class: 'default',
    pii_out: true,
  },
  query: query({
    active: Type.Optional(Type.Boolean({ description: 'Only those who are active, or not.', examples: [true] })),
    email: Type.Optional(
      Text(320, { description: 'The one with this e-mail address.', examples: ['grace@example.org'] }),
    ),
    external_system: Type.Optional(
      Slug({ description: 'With `external_id`: the one with this id there.', examples: ['hubspot'] }),
    ),
    external_id: Type.Optional(Text(255, { description: 'Id in `external_system`.', examples: ['0055f00001abcde'] })),
    limit: LimitParameter,
    cursor: CursorParameter,
  }),
  responses: { 200: { description: 'A page of users.', schema: ref(UserPage) } },
  handle: async (ctx, { caller, query: given }) => {
    const { limit, cursor } = given
    const { workspaceId } = caller
    const filter = readUserFilter(given)
    const scope = { secret: ctx.secret, workspaceId, operation: 'listUsers', query: filter }
    const after = cursor === undefined ? null : (readCursor(scope, cursor) as [string, string])
    const rows = await listRows(ctx.db, workspaceId, filter, after, limit + 1)
    return ok(toPage(rows, limit, toUser, (user) => writeCursor(scope, [user.created_at, user.id])))
  },
})
