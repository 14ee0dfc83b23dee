/** Visitors: what they send, who they are, and taking that back. */
import { createHash } from 'node:crypto'
import type { Caller, Ctx } from '../../ctx.ts'
import { EVENT_PROPERTIES_BYTES } from '../../domain/behaviour/event.ts'
import type { TrafficVerdict } from '../../domain/behaviour/judge-traffic.ts'
import { issueVisitorToken, readVisitorToken } from '../../domain/behaviour/visitor-token.ts'
import { formatUuid } from '../../domain/type-id.ts'
import { notFound, type ProblemItem, validationFailed } from '../../errors.ts'
import { lockLeads } from '../../pipeline/desk-queries.ts'
import { type Link, linkVisitors } from '../../pipeline/events/link-visitors.ts'
import { requireEventPartitions } from '../../pipeline/events/partitions.ts'
import { type Unlinked, unlinkVisitor as unlink } from '../../pipeline/events/unlink-visitor.ts'
import { withJourney } from '../../pipeline/with-journey.ts'
import { isTooLarge } from './read-event.ts'
import { type VisitorDeed, visitorEventWriter } from './visitor-event-writer.ts'

/** What a browser sends, as the schema lets it through. */
export interface VisitorEventsInput {
  visitor_id: string
  events: { name: string; event_id?: string; age_ms?: number; url?: string; properties?: Record<string, unknown> }[]
  identity?: string
}

/**
 * Stores what a visitor did; returns the id under which the browser goes on. The ages of events count back from the moment
 * when the request arrived: what it then waited for (a key, a connection) must not move them behind those of a later request.
 */
export async function captureVisitorEvents(
  ctx: Ctx,
  workspaceId: string,
  input: VisitorEventsInput,
  verdict: TrafficVerdict,
  arrivedAt: Date,
): Promise<string> {
  const deeds = readDeeds(input, arrivedAt.getTime())
  await requireEventPartitions(ctx)
  const leadId = input.identity ? readVisitorToken(ctx.secret, workspaceId, input.identity, ctx.now()) : null
  return await visitorEventWriter(ctx)({ workspaceId, visitorId: input.visitor_id, leadId, verdict, deeds })
}

function readDeeds({ visitor_id, events }: VisitorEventsInput, now: number): VisitorDeed[] {
  const faults: ProblemItem[] = []
  const deeds = events.map(({ name, event_id, age_ms = 0, url = null, properties = {} }, i) => {
    if (isTooLarge(properties)) {
      const detail = `Must have at most ${EVENT_PROPERTIES_BYTES} bytes as JSON.`
      faults.push({ code: 'too_large', detail, pointer: `/events/${i}/properties`, parameter: null })
    }
    const event_key = event_id === undefined ? null : keyOfDeed(visitor_id, event_id)
    return { name, at: now - age_ms, event_key, url, properties }
  })
  if (faults.length > 0) throw validationFailed(faults)
  return deeds
}

/** Ids of one browser can never hide the events of another, or of a server. */
function keyOfDeed(visitorId: string, eventId: string): string {
  return formatUuid(createHash('sha256').update(`visitor ${visitorId}\0${eventId}`).digest().subarray(0, 16))
}

/** Connects a visitor with a lead. */
export async function identifyVisitor(ctx: Ctx, caller: Caller, visitorId: string, leadId: string): Promise<Link> {
  return await withJourney(ctx.db, caller.workspaceId, async (tx) => {
    if ((await lockLeads(tx, [leadId])).length === 0) throw notFound('lead')
    const [link] = await linkVisitors(tx, [{ visitor_id: visitorId, lead_id: leadId, by: caller.actor }], ctx.now())
    if (link === undefined) throw new Error('one recognition has one link')
    return link
  })
}

/** Takes a visitor from its lead. */
export async function unlinkVisitor(ctx: Ctx, caller: Caller, visitorId: string): Promise<Unlinked> {
  const unlinked = await withJourney(ctx.db, caller.workspaceId, (tx) => unlink(tx, visitorId, caller.actor, ctx.now()))
  if (unlinked === undefined) throw notFound('visitor')
  return unlinked
}

/** How long a token is good for when nobody says so: as long as a page stays open. */
const TOKEN_LIFETIME_SECONDS = 3_600

/** A token that tells the browser of a website who its user is. The lead has been found. */
export function createVisitorToken(
  ctx: Ctx,
  workspaceId: string,
  leadId: string,
  lifetimeSeconds = TOKEN_LIFETIME_SECONDS,
): { identity: string; expires_at: string } {
  const expires = new Date(ctx.now().getTime() + lifetimeSeconds * 1000)
  return {
    identity: issueVisitorToken(ctx.secret, workspaceId, leadId, expires),
    expires_at: expires.toISOString(),
  }
}
