import { ok } from '../../../http/answers.ts'
import { readCursor, toPage, writeCursor } from '../../../http/paging.ts'
import { defineRoute } from '../../../http/route.ts'
import { CursorParameter, LimitParameter, query, ref } from '../../../http/schema.ts'
import { listCredentials } from '../credential-queries.ts'
import { EnrichmentCredentialPage, toCredential } from '../credential-schemas.ts'
import { enrichmentPolicy } from '../enrichment-policy-service.ts'

export const listEnrichmentCredentials = defineRoute({
  method: 'GET',
  url: '/enrichment-credentials',
  operationId: 'listEnrichmentCredentials',
  summary: 'List stored secrets of providers',
  description: 'Which secrets are stored, never what they are.',
  access: enrichmentPolicy.reads,
  query: query({ limit: LimitParameter, cursor: CursorParameter }),
  responses: { 200: { description: 'A page of secrets.', schema: ref(EnrichmentCredentialPage) } },
  handle: async (ctx, { caller: { workspaceId }, query: { limit, cursor } }) => {
    const scope = { secret: ctx.secret, workspaceId, operation: 'listEnrichmentCredentials', query: null }
    const [after] = cursor === undefined ? [null] : readCursor(scope, cursor)
    const rows = await listCredentials(ctx.db, workspaceId, after as string | null, limit + 1)
    return ok(toPage(rows, limit, toCredential, (row) => writeCursor(scope, [row.credential_key])))
  },
})
