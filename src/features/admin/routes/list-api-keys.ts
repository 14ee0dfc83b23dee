import { ok } from '../../../http/answers.ts'
import { readCursor, toPage, writeCursor } from '../../../http/paging.ts'
import { defineRoute } from '../../../http/route.ts'
import { ClosedEnum, CursorParameter, LimitParameter, query, Repeated, ref } from '../../../http/schema.ts'
import { KEY_STATES, listKeys } from '../key-queries.ts'
import { ApiKeyPage, toApiKey } from '../key-schemas.ts'

export const listApiKeys = defineRoute({
  method: 'GET',
  url: '/api-keys',
  operationId: 'listApiKeys',
  summary: 'List API keys',
  description: 'Keys of the workspace, newest first, without their secrets. Revoked keys stay in the list.',
  access: {
    auth: 'secret',
    scope: 'keys:read',
    tenant_bound: true,
    idempotent: false,
    rate_class: 'default',
    pii_out: false,
  },
  query: query({
    state: Repeated(ClosedEnum(KEY_STATES, { description: 'A state.' }), { description: 'Any of these states.' }),
    limit: LimitParameter,
    cursor: CursorParameter,
  }),
  responses: { 200: { description: 'A page of keys.', schema: ref(ApiKeyPage) } },
  handle: async (ctx, { caller, query: { state = null, limit, cursor } }) => {
    const scope = { secret: ctx.secret, workspaceId: caller.workspaceId, operation: 'listApiKeys', query: state }
    const before = cursor === undefined ? null : (readCursor(scope, cursor) as [string, string])
    const rows = await listKeys(ctx.db, caller.workspaceId, state, before, limit + 1)
    return ok(toPage(rows, limit, toApiKey, (row) => writeCursor(scope, [row.created_at, row.id])))
  },
})
