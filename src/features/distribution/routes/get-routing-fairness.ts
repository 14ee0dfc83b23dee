import { Type } from 'typebox'
import { ApiError } from '../../../errors.ts'
import { ok } from '../../../http/answers.ts'
import { requireMoment } from '../../../http/moment-parameter.ts'
import { defineRoute } from '../../../http/route.ts'
import { query, ref, Slug, Timestamp } from '../../../http/schema.ts'
import { reportFairness } from '../fairness-service.ts'
import { FairnessReport } from '../rehearsal-schemas.ts'

const DAY_MS = 86_400_000
/** A quarter: more is read in parts. */
const LONGEST_DAYS = 92

export const getRoutingFairness = defineRoute({
  method: 'GET',
  url: '/routing/fairness',
  operationId: 'getRoutingFairness',
  summary: 'Report fairness',
  description:
    'Who was due how many leads by weight, who got how many, what they are worth, and what every deviation comes from: absence, hours, ' +
    `a full desk, skills. At most ${LONGEST_DAYS} days; the last 30 when left out.`,
  access: {
    auth: 'secret',
    scope: 'routing:read',
    tenant_bound: true,
    idempotent: false,
    rate_class: 'search',
    pii_out: false,
  },
  query: query({
    from: Type.Optional(Timestamp({ description: 'First moment.', examples: ['2026-11-01T00:00:00.000Z'] })),
    to: Type.Optional(Timestamp({ description: 'First moment after; now when left out.' })),
    pool_key: Type.Optional(Slug({ description: 'Only this pool.', examples: ['fashion-uk'] })),
  }),
  responses: { 200: { description: 'The report.', schema: ref(FairnessReport) } },
  handle: async (ctx, { caller, query: given }) => {
    const to = requireMoment('to', given.to) ?? ctx.now().toISOString()
    const from = requireMoment('from', given.from) ?? new Date(Date.parse(to) - 30 * DAY_MS).toISOString()
    const days = (Date.parse(to) - Date.parse(from)) / DAY_MS
    if (days <= 0 || days > LONGEST_DAYS) {
      const detail = `Must be before \`to\`, by at most ${LONGEST_DAYS} days.`
      const items = [{ code: 'invalid_range', detail, pointer: null, parameter: 'from' }]
      throw new ApiError('validation_failed', detail, { items })
    }
    return ok(await reportFairness(ctx, caller.workspaceId, { from, to, pool: given.pool_key ?? null }))
  },
})
