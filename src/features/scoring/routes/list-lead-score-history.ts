import { Type } from 'typebox'
import { notFound } from '../../../errors.ts'
import { ok } from '../../../http/answers.ts'
import { requireId } from '../../../http/id-parameter.ts'
import { readCursor, toPage, writeCursor } from '../../../http/paging.ts'
import { defineRoute } from '../../../http/route.ts'
import { CursorParameter, Id, LimitParameter, query, ref } from '../../../http/schema.ts'
import { toHistoryEntry } from '../score-answer.ts'
import { ModelKey } from '../score-model-schemas.ts'
import { isLead, listScoreHistory } from '../score-queries.ts'
import { ScoreHistoryPage } from '../score-schemas.ts'

export const listLeadScoreHistory = defineRoute({
  method: 'GET',
  url: '/leads/:lead_id/scores/:model_key/history',
  operationId: 'listLeadScoreHistory',
  summary: 'List the former scores of a lead',
  description: 'Every score that the lead had under a model, newest first, with its cause and what each rule gave.',
  access: {
    auth: 'secret',
    scope: 'scoring:read',
    tenant_bound: true,
    idempotent: false,
    rate_class: 'default',
    pii_out: true,
  },
  params: Type.Object({ lead_id: Id('lead', { description: 'Id of the lead.' }), model_key: ModelKey }),
  query: query({ limit: LimitParameter, cursor: CursorParameter }),
  responses: {
    200: { description: 'A page of scores; empty when there never was one.', schema: ref(ScoreHistoryPage) },
  },
  problems: [404],
  handle: async (ctx, { caller: { workspaceId }, params, query: { limit, cursor } }) => {
    const leadId = requireId('lead', params.lead_id)
    const scope = { secret: ctx.secret, workspaceId, operation: 'listLeadScoreHistory', query: params }
    // We wrote the cursor.
    const [before] = cursor === undefined ? [null] : (readCursor(scope, cursor) as [string])
    const rows = await listScoreHistory(ctx.db, workspaceId, leadId, params.model_key, before, limit + 1)
    if (rows.length === 0 && !(await isLead(ctx.db, workspaceId, leadId))) throw notFound('lead')
    return ok(toPage(rows, limit, toHistoryEntry, (row) => writeCursor(scope, [row.id])))
  },
})
