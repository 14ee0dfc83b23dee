import type { LeadFacts } from '../../../domain/lead.ts'
import { ok } from '../../../http/answers.ts'
import { readCursor, toPage, writeCursor } from '../../../http/paging.ts'
import { defineRoute } from '../../../http/route.ts'
import { query, ref } from '../../../http/schema.ts'
import { toTotal } from '../../../http/total.ts'
import { type Expansion, toLeadAnswers } from '../lead-answer.ts'
import { ExpandParameter, LeadPage } from '../lead-schemas.ts'
import { countMatches, searchLeads as listMatches, type SortKey } from '../lead-search-queries.ts'
import { LeadSearch } from '../lead-search-schemas.ts'
import { namesArchived, readFilter, readSort } from '../read-search.ts'

const PAGE = 50

export const searchLeads = defineRoute({
  method: 'POST',
  url: '/leads/search',
  operationId: 'searchLeads',
  summary: 'Search leads',
  description:
    'Finds leads by a condition over their fields and your custom fields: OR of ANDs, every value as text. ' +
    'Pages by cursor; a cursor belongs to its filter and sort. Text is sorted by code point, blanks last. ' +
    'A search that would take more than two seconds is answered with 503: narrow it.',
  access: {
    auth: 'secret',
    scope: 'leads:read',
    tenant_bound: true,
    idempotent: false,
    rate_class: 'search',
    pii_out: true,
  },
  query: query({ expand: ExpandParameter }),
  body: ref(LeadSearch),
  responses: { 200: { description: 'A page of leads.', schema: ref(LeadPage) } },
  handle: async (ctx, { caller, query: { expand }, body }) => {
    const { workspaceId } = caller
    const { filter = null, sort = '-created_at', limit = PAGE, cursor, include_total = false } = body
    const keys = readSort(sort)
    const condition = await readFilter(ctx, workspaceId, filter)
    const scope = { secret: ctx.secret, workspaceId, operation: 'searchLeads', query: [filter, sort] }
    // We wrote the cursor: sort values are texts or null, the id comes last.
    const after = cursor === undefined ? null : (readCursor(scope, cursor) as (string | null)[])
    const withArchived = namesArchived(condition)
    const asked = { condition, withArchived, sort: keys, after, limit: limit + 1, now: ctx.now() }
    const [rows, counted] = await Promise.all([
      listMatches(ctx.db, workspaceId, asked),
      include_total ? countMatches(ctx.db, workspaceId, asked) : null,
    ])
    const page = toPage(
      rows,
      limit,
      (lead) => lead,
      (lead) => writeCursor(scope, placeOf(lead, keys)),
    )
    const data = await toLeadAnswers(ctx, workspaceId, page.data, expand as Expansion[] | undefined)
    return ok({ ...page, data, total: toTotal(counted) })
  },
})

const placeOf = (lead: LeadFacts, keys: SortKey[]) => [...keys.map(({ field }) => lead[field]), lead.id]
