import { ok } from '../../../http/answers.ts'
import { readCursor, toPage, writeCursor } from '../../../http/paging.ts'
import { defineRoute } from '../../../http/route.ts'
import { CursorParameter, LimitParameter, query, ref } from '../../../http/schema.ts'
import { OUTREACH_READ } from '../access.ts'
import { listTemplates as listRows } from '../template-queries.ts'
import { TemplateList, toTemplate } from '../template-schemas.ts'

export const listTemplates = defineRoute({
  method: 'GET',
  url: '/templates',
  operationId: 'listTemplates',
  summary: 'List templates',
  description: 'Templates of mails in the order of their keys.',
  access: OUTREACH_READ,
  query: query({ limit: LimitParameter, cursor: CursorParameter }),
  responses: { 200: { description: 'A page of templates.', schema: ref(TemplateList) } },
  handle: async (ctx, { caller, query: { limit, cursor } }) => {
    const scope = { secret: ctx.secret, workspaceId: caller.workspaceId, operation: 'listTemplates', query: null }
    const [after] = cursor === undefined ? [null] : readCursor(scope, cursor)
    const rows = await listRows(ctx.db, caller.workspaceId, after as string | null, limit + 1)
    return ok(toPage(rows, limit, toTemplate, (row) => writeCursor(scope, [row.template_key])))
  },
})
