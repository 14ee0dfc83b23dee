import { Type } from 'typebox'
import { notFound } from '../../../errors.ts'
import { ok } from '../../../http/answers.ts'
import { requireId } from '../../../http/id-parameter.ts'
import { readCursor, toPage, writeCursor } from '../../../http/paging.ts'
import { defineRoute } from '../../../http/route.ts'
import { CursorParameter, Id, LimitParameter, query, ref } from '../../../http/schema.ts'
import { hasLead, listConsents } from '../consent-queries.ts'
import { ConsentEntryPage, toConsentEntry } from '../consent-schemas.ts'

export const listLeadConsents = defineRoute({
  method: 'GET',
  url: '/leads/:lead_id/consents',
  operationId: 'listLeadConsents',
  summary: 'Read the consent ledger of a lead',
  description: 'Every grant and withdrawal with its proof, oldest first. Entries are added, never changed.',
  access: {
    auth: 'secret',
    scope: 'leads:read',
    tenant_bound: true,
    idempotent: false,
    rate_class: 'default',
    pii_out: true,
  },
  params: Type.Object({ lead_id: Id('lead', { description: 'Id of the lead.' }) }),
  query: query({ limit: LimitParameter, cursor: CursorParameter }),
  responses: { 200: { description: 'A page of the ledger.', schema: ref(ConsentEntryPage) } },
  problems: [404],
  handle: async (ctx, { caller, params, query: { limit, cursor } }) => {
    const leadId = requireId('lead', params.lead_id)
    if (!(await hasLead(ctx.db, caller.workspaceId, leadId))) throw notFound('lead')
    const scope = { secret: ctx.secret, workspaceId: caller.workspaceId, operation: 'listLeadConsents', query: leadId }
    const after = cursor === undefined ? null : (readCursor(scope, cursor) as [string, string])
    const rows = await listConsents(ctx.db, caller.workspaceId, leadId, after, limit + 1)
    return ok(toPage(rows, limit, toConsentEntry, (row) => writeCursor(scope, [row.occurred_at, row.id])))
  },
})
