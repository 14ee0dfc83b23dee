import { OPERATION_STATUSES } from '../../../domain/operation.ts'
import { ok } from '../../../http/answers.ts'
import { AsyncOperationPage, toAsyncOperation } from '../../../http/operation-schemas.ts'
import { readCursor, toPage, writeCursor } from '../../../http/paging.ts'
import { defineRoute } from '../../../http/route.ts'
import { ClosedEnum, CursorParameter, LimitParameter, query, Repeated, ref, Slug } from '../../../http/schema.ts'
import { listOperations as listRows } from '../../../operations/operation-queries.ts'

export const listOperations = defineRoute({
  method: 'GET',
  url: '/operations',
  operationId: 'listOperations',
  summary: 'List operations',
  description: 'Long work of the workspace, newest first. Ended operations are kept for 30 days.',
  access: {
    auth: 'secret',
    scope: null,
    tenant_bound: true,
    idempotent: false,
    rate_class: 'default',
    pii_out: false,
  },
  query: query({
    kind: Repeated(Slug({ description: 'A kind.', examples: ['score_rescore'] }), {
      description: 'Any of these kinds.',
    }),
    status: Repeated(ClosedEnum(OPERATION_STATUSES, { description: 'A status.' }), {
      description: 'Any of these statuses.',
    }),
    limit: LimitParameter,
    cursor: CursorParameter,
  }),
  responses: { 200: { description: 'A page of operations.', schema: ref(AsyncOperationPage) } },
  handle: async (ctx, { caller: { workspaceId }, query: { kind = [], status = [], limit, cursor } }) => {
    const filter = { kinds: kind, statuses: status }
    const scope = { secret: ctx.secret, workspaceId, operation: 'listOperations', query: filter }
    // We wrote the cursor.
    const before = cursor === undefined ? null : (readCursor(scope, cursor) as [string, string])
    const rows = await listRows(ctx.db, workspaceId, filter, before, limit + 1)
    return ok(toPage(rows, limit, toAsyncOperation, (row) => writeCursor(scope, [row.created_at, row.id])))
  },
})
