import { ok } from '../../../http/answers.ts'
import { readCursor, toPage, writeCursor } from '../../../http/paging.ts'
import { defineRoute } from '../../../http/route.ts'
import { ref } from '../../../http/schema.ts'
import { toTotal } from '../../../http/total.ts'
import { type Expansion, toLeadAnswers } from '../lead-answer.ts'
import { LeadFilterParameters, readLeadFilter } from '../lead-filter.ts'
import { countLeads, type LeadSort, listLeads as listRows } from '../lead-queries.ts'
import { LeadPage } from '../lead-schemas.ts'

export const listLeads = defineRoute({
  method: 'GET',
  url: '/leads',
  operationId: 'listLeads',
  summary: 'List leads',
  description: 'Leads page by page. Different filters narrow the list (AND); a repeated one widens it (OR).',
  access: {
    auth: 'secret',
    scope: 'leads:read',
    tenant_bound: true,
    idempotent: false,
    rate_class: 'default',
    pii_out: true,
  },
  query: LeadFilterParameters,
  responses: { 200: { description: 'A page of leads.', schema: ref(LeadPage) } },
  handle: async (ctx, { caller, query: given }) => {
    const { limit, cursor, sort } = given
    const { workspaceId } = caller
    const filter = readLeadFilter(given)
    const scope = { secret: ctx.secret, workspaceId, operation: 'listLeads', query: [filter, sort] }
    const after = cursor === undefined ? null : (readCursor(scope, cursor) as [string, string])
    const column = sort.replace('-', '') as 'created_at' | 'updated_at'
    const [rows, counted] = await Promise.all([
      listRows(ctx.db, workspaceId, filter, sort as LeadSort, after, limit + 1),
      given.include_total ? countLeads(ctx.db, workspaceId, filter) : null,
    ])
    const page = toPage(
      rows,
      limit,
      (lead) => lead,
      (lead) => writeCursor(scope, [lead[column], lead.id]),
    )
    const data = await toLeadAnswers(ctx, workspaceId, page.data, given.expand as Expansion[] | undefined)
    return ok({ ...page, data, total: toTotal(counted) })
  },
})
