import { Type } from 'typebox'
import { notFound } from '../../../errors.ts'
import { ok } from '../../../http/answers.ts'
import { readCursor, toPage, writeCursor } from '../../../http/paging.ts'
import { defineRoute } from '../../../http/route.ts'
import { CursorParameter, LimitParameter, query, ref } from '../../../http/schema.ts'
import { OUTREACH_READ } from '../access.ts'
import { listTemplateVersions as listRows } from '../template-queries.ts'
import { TemplateKey, TemplateVersionList, toTemplateVersion } from '../template-schemas.ts'

export const listTemplateVersions = defineRoute({
  method: 'GET',
  url: '/templates/:template_key/versions',
  operationId: 'listTemplateVersions',
  summary: 'List the versions of a template',
  description: 'Every version that was ever saved, newest first; also of a template that was deleted.',
  access: OUTREACH_READ,
  params: Type.Object({ template_key: TemplateKey }),
  query: query({ limit: LimitParameter, cursor: CursorParameter }),
  responses: { 200: { description: 'A page of versions.', schema: ref(TemplateVersionList) } },
  problems: [404],
  handle: async (ctx, { caller, params: { template_key: key }, query: { limit, cursor } }) => {
    const { workspaceId } = caller
    const scope = { secret: ctx.secret, workspaceId, operation: 'listTemplateVersions', query: key }
    const [before] = cursor === undefined ? [null] : readCursor(scope, cursor)
    const rows = await listRows(ctx.db, workspaceId, key, before as number | null, limit + 1)
    if (rows.length === 0 && before === null) throw notFound('template')
    return ok(toPage(rows, limit, toTemplateVersion, (row) => writeCursor(scope, [row.version])))
  },
})
