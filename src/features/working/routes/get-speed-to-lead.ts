import { Type } from 'typebox'
import { ApiError } from '../../../errors.ts'
import { ok } from '../../../http/answers.ts'
import { requireMoment } from '../../../http/moment-parameter.ts'
import { defineRoute } from '../../../http/route.ts'
import { ClosedEnum, query, ref, Timestamp } from '../../../http/schema.ts'
import { measureSpeed } from '../speed-queries.ts'
import { SpeedToLead, toSpeedToLead } from '../speed-schemas.ts'

const PERIOD_MS = 30 * 86_400_000

export const getSpeedToLead = defineRoute({
  method: 'GET',
  url: '/reports/speed-to-lead',
  operationId: 'getSpeedToLead',
  summary: 'Read how fast leads are touched',
  description:
    'From arrival to first touch: median and ninth decile, with the number of leads behind them, for all and by seller or source. ' +
    'The last 30 days when no period is given.',
  access: {
    auth: 'secret',
    scope: 'routing:read',
    tenant_bound: true,
    idempotent: false,
    rate_class: 'search',
    pii_out: false,
  },
  // The period ends now when none is given.
  volatile: true,
  query: query({
    from: Type.Optional(
      Timestamp({ description: 'Leads that arrived from here on.', examples: ['2026-11-01T00:00:00Z'] }),
    ),
    to: Type.Optional(
      Timestamp({ description: 'Leads that arrived before this.', examples: ['2026-12-01T00:00:00Z'] }),
    ),
    by: Type.Optional(ClosedEnum(['member', 'source'], { description: 'What to group by.' })),
  }),
  responses: { 200: { description: 'The report.', schema: ref(SpeedToLead) } },
  handle: async (ctx, { caller, query: given }) => {
    const to = requireMoment('to', given.to) ?? ctx.now().toISOString()
    const from = requireMoment('from', given.from) ?? new Date(Math.max(0, Date.parse(to) - PERIOD_MS)).toISOString()
    if (from >= to) {
      throw new ApiError('validation_failed', 'The period ends before it begins.', {
        items: [{ code: 'invalid_range', detail: 'Must be later than from.', pointer: null, parameter: 'to' }],
      })
    }
    const period = { from, to, by: given.by ?? null }
    return ok(toSpeedToLead(await measureSpeed(ctx.db, caller.workspaceId, period), period))
  },
})
