import { Type } from 'typebox'
import { notFound } from '../../../errors.ts'
import { ok } from '../../../http/answers.ts'
import { requireId } from '../../../http/id-parameter.ts'
import { defineRoute } from '../../../http/route.ts'
import { Id, query, ref } from '../../../http/schema.ts'
import { hasLead, listEventTotals } from '../event-queries.ts'
import { EventTotals } from '../event-schemas.ts'

const day = (description: string) =>
  Type.Optional(Type.String({ format: 'date', maxLength: 10, description, examples: ['2026-11-01'] }))

/** Most event names that are told; a lead with more is no person. */
const MOST_NAMES = 1_000

export const getLeadEventTotals = defineRoute({
  method: 'GET',
  url: '/leads/:lead_id/event-totals',
  operationId: 'getLeadEventTotals',
  summary: 'Count what a lead did',
  description:
    'Totals by event name, raw and without bots, of whole UTC days. They come from counters, so they reach further back than raw events are kept.',
  access: {
    auth: 'secret',
    scope: 'events:read',
    tenant_bound: true,
    idempotent: false,
    rate_class: 'default',
    pii_out: true,
  },
  params: Type.Object({ lead_id: Id('lead', { description: 'Id of the lead.' }) }),
  query: query({ from_on: day('First day, UTC.'), to_on: day('Last day, UTC.') }),
  responses: { 200: { description: 'Totals, the latest first.', schema: ref(EventTotals) } },
  problems: [404],
  handle: async (ctx, { caller, params, query: { from_on, to_on } }) => {
    const leadId = requireId('lead', params.lead_id)
    if (!(await hasLead(ctx.db, caller.workspaceId, leadId))) throw notFound('lead')
    const days = { from: from_on ?? null, to: to_on ?? null }
    return ok({ data: await listEventTotals(ctx.db, caller.workspaceId, leadId, days, MOST_NAMES) })
  },
})
