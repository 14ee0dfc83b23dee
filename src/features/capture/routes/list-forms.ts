import { ok } from '../../../http/answers.ts'
import { readCursor, toPage, writeCursor } from '../../../http/paging.ts'
import { defineRoute } from '../../../http/route.ts'
import { CursorParameter, LimitParameter, query, ref } from '../../../http/schema.ts'
import { listForms as listRows } from '../form-queries.ts'
import { FormPage, toForm } from '../form-schemas.ts'

export const listForms = defineRoute({
  method: 'GET',
  url: '/forms',
  operationId: 'listForms',
  summary: 'List forms',
  description: 'Forms of the workspace in the order of their keys.',
  access: {
    auth: 'secret',
    scope: 'forms:read',
    tenant_bound: true,
    idempotent: false,
    rate_class: 'default',
    pii_out: false,
  },
  query: query({ limit: LimitParameter, cursor: CursorParameter }),
  responses: { 200: { description: 'A page of forms.', schema: ref(FormPage) } },
  handle: async (ctx, { caller, query: { limit, cursor } }) => {
    const scope = { secret: ctx.secret, workspaceId: caller.workspaceId, operation: 'listForms', query: null }
    const [after] = cursor === undefined ? [null] : readCursor(scope, cursor)
    const rows = await listRows(ctx.db, caller.workspaceId, after as string | null, limit + 1)
    return ok(toPage(rows, limit, toForm, (row) => writeCursor(scope, [row.form_key])))
  },
})
