/** What a browser's request gives away about who sits before it. */
import type { FastifyRequest } from 'fastify'
import { LRUCache } from 'lru-cache'
import { type Ctx, perCtx } from '../../ctx.ts'
import type { TrafficFacts } from '../../domain/behaviour/judge-traffic.ts'

/** The length of the window in which a visitor's events are counted. */
export const RECENT_MS = 10_000
/** Visitors of such a window; who falls out counts from zero. */
const MOST_VISITORS = 50_000

const recent = perCtx(() => new LRUCache<string, { count: number }>({ max: MOST_VISITORS, ttl: RECENT_MS }))

/** The facts for the verdict. The rate is that of this process: with several, a fast visitor is noticed later. */
export function trafficOf(
  ctx: Ctx,
  request: FastifyRequest,
  sent: { workspaceId: string; visitorId: string; events: number; automated: boolean },
): TrafficFacts {
  const { headers } = request
  return {
    userAgent: headers['user-agent'] ?? '',
    address: request.ip,
    isPrefetch: /prefetch|prerender/i.test(`${headers['sec-purpose'] ?? ''} ${headers['purpose'] ?? ''}`),
    isProxied: headers['via'] !== undefined,
    isAutomated: sent.automated,
    recentEvents: countRecent(ctx, `${sent.workspaceId}/${sent.visitorId}`, sent.events),
  }
}

function countRecent(ctx: Ctx, visitor: string, events: number): number {
  const known = recent(ctx).get(visitor) ?? { count: 0 }
  if (known.count === 0) recent(ctx).set(visitor, known)
  known.count += events
  return known.count
}

/** Whether the browser asks that nobody follows it: Global Privacy Control, or the older Do Not Track. */
export function isUntracked({ headers }: FastifyRequest): boolean {
  return headers['sec-gpc'] === '1' || headers['dnt'] === '1'
}
