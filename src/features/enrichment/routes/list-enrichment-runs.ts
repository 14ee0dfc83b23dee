import { Type } from 'typebox'
import { RUN_CAUSES, RUN_STATES } from '../../../domain/enrichment/providers/enrichment-run.ts'
import { ok } from '../../../http/answers.ts'
import { requireId } from '../../../http/id-parameter.ts'
import { readCursor, toPage, writeCursor } from '../../../http/paging.ts'
import { defineRoute } from '../../../http/route.ts'
import { CursorParameter, Id, LimitParameter, OpenEnum, query, Repeated, ref } from '../../../http/schema.ts'
import { enrichmentPolicy } from '../enrichment-policy-service.ts'
import { listRuns } from '../run-queries.ts'
import { EnrichmentRunPage, toRun } from '../run-schemas.ts'

export const listEnrichmentRuns = defineRoute({
  method: 'GET',
  url: '/enrichment-runs',
  operationId: 'listEnrichmentRuns',
  summary: 'List enrichment runs',
  description: 'Who was asked about which lead, what was found and what it cost, newest first.',
  access: enrichmentPolicy.reads,
  query: query({
    lead_id: Type.Optional(Id('lead', { description: 'About this lead.' })),
    state: Repeated(OpenEnum(RUN_STATES, { description: 'A state.' }), { description: 'In any of these states.' }),
    cause: Repeated(OpenEnum(RUN_CAUSES, { description: 'A cause.' }), { description: 'For any of these causes.' }),
    limit: LimitParameter,
    cursor: CursorParameter,
  }),
  responses: { 200: { description: 'A page of runs.', schema: ref(EnrichmentRunPage) } },
  handle: async (ctx, { caller: { workspaceId }, query: { lead_id, state, cause, limit, cursor } }) => {
    const leadId = lead_id === undefined ? null : requireId('lead', lead_id)
    const filter = { lead_id: leadId, state: state ?? [], cause: cause ?? [] }
    const scope = { secret: ctx.secret, workspaceId, operation: 'listEnrichmentRuns', query: filter }
    const [before] = cursor === undefined ? [null] : readCursor(scope, cursor)
    const rows = await listRuns(ctx.db, workspaceId, filter, before as string | null, limit + 1)
    return ok(toPage(rows, limit, toRun, (row) => writeCursor(scope, [row.id])))
  },
})
