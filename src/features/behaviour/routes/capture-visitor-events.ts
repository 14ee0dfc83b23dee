import { Type } from 'typebox'
import { judgeTraffic } from '../../../domain/behaviour/judge-traffic.ts'
import { defineRoute } from '../../../http/route.ts'
import { query, ref } from '../../../http/schema.ts'
import { requireSite } from '../site-key.ts'
import { isUntracked, RECENT_MS, trafficOf } from '../traffic.ts'
import { VISITOR_EVENT_BYTES, VisitorEvents, VisitorReceipt } from '../visitor-event-schemas.ts'
import { captureVisitorEvents as capture } from '../visitor-service.ts'

export const captureVisitorEvents = defineRoute({
  method: 'POST',
  url: '/public/events',
  operationId: 'captureVisitorEvents',
  summary: 'Send what a visitor did',
  description:
    'From a browser of any website, with its publishable key: page views, clicks, downloads, events of your own. `/track.js` does it for you. ' +
    'Takes JSON, and `text/plain` holding JSON (sendBeacon). Stored when answered; the events of a known visitor count at once, others when it is recognized. ' +
    'A browser that asks not to be tracked (`Sec-GPC`, `DNT`) is answered like any other, and nothing is stored.',
  access: { auth: 'public', scope: null, tenant_bound: true, idempotent: false, rate_class: 'events', pii_out: false },
  query: query({
    publishable_key: Type.Optional(
      Type.String({
        description: 'The key, where no header can be sent.',
        maxLength: 100,
        pattern: '^[A-Za-z0-9_]*$',
        examples: [''],
      }),
    ),
  }),
  body: ref(VisitorEvents),
  consumes: ['application/json', 'text/plain'],
  bodyLimit: VISITOR_EVENT_BYTES,
  responses: { 202: { description: 'Stored.', schema: ref(VisitorReceipt) } },
  problems: [403, 413, 415],
  handle: async (ctx, { query: { publishable_key }, body, request }) => {
    const workspaceId = await requireSite(ctx, request, publishable_key)
    const { visitor_id, events, automated = false } = body
    if (isUntracked(request)) return { status: 202, body: { visitor_id, accepted: 0 } }
    // What has waited for the network was not done just now, however much of it comes at once.
    const fresh = events.filter(({ age_ms = 0 }) => age_ms < RECENT_MS).length
    const sent = { workspaceId, visitorId: visitor_id, events: fresh, automated }
    const verdict = judgeTraffic(trafficOf(ctx, request, sent))
    const current = await capture(ctx, workspaceId, body, verdict, request.arrivedAt)
    return { status: 202, body: { visitor_id: current, accepted: events.length } }
  },
})
