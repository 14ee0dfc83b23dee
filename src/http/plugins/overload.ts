/**
 * Shedding (reliability.md P16): under more load than can be done, some requests are refused at once so that the others
 * stay quick. Exports and searches go first, captures last: a lead that is lost is lost, a list can be read again.
 */
import type { FastifyInstance } from 'fastify'
import type { Ctx } from '../../ctx.ts'
import { ApiError } from '../../errors.ts'
import type { RateClass } from '../access.ts'
import { watchPressure } from '../limits/pressure.ts'

/** Part of the longest bearable delay at which a class is refused; health and metrics always answer. */
const SHARES: Record<RateClass, number> = {
  export: 0.25,
  search: 0.25,
  default: 0.5,
  events: 0.75,
  capture: 1,
  unlimited: Infinity,
}

/** Refuses requests while work waits too long. Must come first: a refusal costs next to nothing. */
export function addOverload(app: FastifyInstance, ctx: Ctx): void {
  app.decorateRequest('isShed', false)
  const longest = ctx.config.SHED_DELAY_MS
  if (longest === 0) return
  const pressure = watchPressure(ctx.db.pool)
  app.addHook('onClose', async () => pressure.stop())
  app.addHook('onRequest', (request, _reply, done) => {
    const rateClass = request.routeOptions.config.access?.rate_class ?? 'default'
    if (pressure.delayMs() < longest * SHARES[rateClass]) {
      done()
      return
    }
    ctx.metrics.shed.inc({ rate_class: rateClass })
    request.isShed = true
    throw new ApiError('unavailable', 'The service has more to do than it can; try again shortly.', {
      // Spread out, or all of them come back together.
      headers: { 'retry-after': String(1 + Math.floor(Math.random() * 3)) },
    })
  })
}

declare module 'fastify' {
  interface FastifyRequest {
    /** True when it was refused for too much load: its answer must cost nothing. */
    isShed: boolean
  }
}
