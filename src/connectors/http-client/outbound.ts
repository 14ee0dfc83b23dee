/** The outbound client of a running service. */
import type { Config } from '../../config.ts'
import { perCtx } from '../../ctx.ts'
import type { TargetRules } from './check-target.ts'
import { createHttpClient } from './http-client.ts'

/** One client for all calls of a service; idle connections do not keep the process alive. */
export const outbound = perCtx((ctx) => createHttpClient(rulesOf(ctx.config)))

/** What the settings allow: also for checking a URL when it is saved. */
export function rulesOf(config: Config): TargetRules {
  return {
    ports: new Set(config.OUTBOUND_PORTS.split(',').map(Number)),
    trusted: new Set((config.OUTBOUND_TRUSTED_HOSTS ?? '').split(',').filter(Boolean)),
  }
}
