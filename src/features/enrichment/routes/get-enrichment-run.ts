import { Type } from 'typebox'
import { notFound } from '../../../errors.ts'
import { ok } from '../../../http/answers.ts'
import { requireId } from '../../../http/id-parameter.ts'
import { defineRoute } from '../../../http/route.ts'
import { Id, ref } from '../../../http/schema.ts'
import { enrichmentPolicy } from '../enrichment-policy-service.ts'
import { findRun } from '../run-queries.ts'
import { EnrichmentRunSchema, toRun } from '../run-schemas.ts'

export const getEnrichmentRun = defineRoute({
  method: 'GET',
  url: '/enrichment-runs/:run_id',
  operationId: 'getEnrichmentRun',
  summary: 'Read an enrichment run',
  description: 'How asking about one lead went, provider by provider.',
  access: enrichmentPolicy.reads,
  params: Type.Object({ run_id: Id('enrichment_run', { description: 'Id of the run.' }) }),
  responses: { 200: { description: 'The run.', schema: ref(EnrichmentRunSchema) } },
  problems: [404],
  handle: async (ctx, { caller, params }) => {
    const run = await findRun(ctx.db, caller.workspaceId, requireId('enrichment_run', params.run_id))
    if (run === undefined) throw notFound('enrichment run')
    return ok(toRun(run))
  },
})
