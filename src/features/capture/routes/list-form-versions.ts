import { Type } from 'typebox'
import { notFound } from '../../../errors.ts'
import { ok } from '../../../http/answers.ts'
import { readCursor, toPage, writeCursor } from '../../../http/paging.ts'
import { defineRoute } from '../../../http/route.ts'
import { CursorParameter, LimitParameter, query, ref } from '../../../http/schema.ts'
import { FormKey } from '../form-parameters.ts'
import { listVersions } from '../form-queries.ts'
import { FormVersionPage, toFormVersion } from '../form-schemas.ts'

export const listFormVersions = defineRoute({
  method: 'GET',
  url: '/forms/:form_key/versions',
  operationId: 'listFormVersions',
  summary: 'List the versions of a form',
  description: 'Every version that was ever published, newest first, each whole and with who published it.',
  access: {
    auth: 'secret',
    scope: 'forms:read',
    tenant_bound: true,
    idempotent: false,
    rate_class: 'default',
    pii_out: false,
  },
  params: Type.Object({ form_key: FormKey }),
  query: query({ limit: LimitParameter, cursor: CursorParameter }),
  responses: { 200: { description: 'A page of versions.', schema: ref(FormVersionPage) } },
  problems: [404],
  handle: async (ctx, { caller, params, query: { limit, cursor } }) => {
    const scope = {
      secret: ctx.secret,
      workspaceId: caller.workspaceId,
      operation: 'listFormVersions',
      query: params.form_key,
    }
    const [before] = cursor === undefined ? [null] : readCursor(scope, cursor)
    const rows = await listVersions(ctx.db, caller.workspaceId, params.form_key, before as number | null, limit + 1)
    // Every form has a version; none at all means no form.
    if (rows.length === 0 && before === null) throw notFound('form')
    return ok(toPage(rows, limit, toFormVersion, (row) => writeCursor(scope, [row.version])))
  },
})
