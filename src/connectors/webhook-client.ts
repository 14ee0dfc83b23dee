/**
 * The way to webhook receivers: the outbound client with rules of its own. https only, unless the operator trusts the
 * host (OUTBOUND_TRUSTED_HOSTS) or everything (WEBHOOK_ALLOW_PRIVATE); asked when an endpoint is saved and at each call,
 * because settings change and names move.
 */
import type { Config } from '../config.ts'
import { perCtx } from '../ctx.ts'
import { checkTarget, type TargetRefusal, type TargetRules } from './http-client/check-target.ts'
import { resolveBySystem } from './http-client/guarded-connect.ts'
import { createHttpClient, type OutboundRequest, type OutboundResult } from './http-client/http-client.ts'
import { rulesOf } from './http-client/outbound.ts'

/** The sender bounds its calls itself; many endpoints may live on one host. */
const CONNECTIONS_PER_HOST = 500

const webhookRules = (config: Config): TargetRules => ({ ...rulesOf(config), trustsAll: config.WEBHOOK_ALLOW_PRIVATE })

export type WebhookRefusal = TargetRefusal | 'https_required'

/** Names that mean the machine itself or its neighbours, wherever they are looked up. */
const INNER_NAME = /(^|\.)(localhost|local|internal|home\.arpa)\.?$/

/** Why a URL may not be called, null when it may as far as its text tells. */
export function refuseWebhookUrl(config: Config, text: string): WebhookRefusal | null {
  const target = checkTarget(text, webhookRules(config))
  if (!target.ok) return target.reason
  if (target.trusted) return null
  if (target.url.protocol !== 'https:') return 'https_required'
  return INNER_NAME.test(target.url.hostname) ? 'address_refused' : null
}

const client = perCtx(({ config }) => createHttpClient(webhookRules(config), resolveBySystem, CONNECTIONS_PER_HOST))

export type WebhookResult = OutboundResult | { ok: false; reason: WebhookRefusal }

/** Calls a receiver. */
export const callWebhook = perCtx((ctx) => async (request: OutboundRequest): Promise<WebhookResult> => {
  const reason = refuseWebhookUrl(ctx.config, request.url)
  return reason === null ? await client(ctx).request(request) : { ok: false, reason }
})
