/** Group commit of what browsers send: one transaction for all that arrived meanwhile in a workspace. */
import { randomBytes } from 'node:crypto'
import { type Ctx, perCtx } from '../../ctx.ts'
import { sqlStateOf, type Tx } from '../../db/client.ts'
import { makeEventId } from '../../domain/behaviour/event.ts'
import type { TrafficVerdict } from '../../domain/behaviour/judge-traffic.ts'
import { ApiError } from '../../errors.ts'
import { lockLeads } from '../../pipeline/desk-queries.ts'
import { appendEvents } from '../../pipeline/events/append-events.ts'
import type { NewEvent } from '../../pipeline/events/event-queries.ts'
import { linkVisitors } from '../../pipeline/events/link-visitors.ts'
import { type SeenVisitor, touchVisitors } from '../../pipeline/events/visitor-queries.ts'
import { withJourney } from '../../pipeline/with-journey.ts'
import { createGroupCommit } from '../../queue/group-commit.ts'

/** An event of a visitor, placed in time. */
export interface VisitorDeed {
  name: string
  at: number
  event_key: string | null
  url: string | null
  properties: Record<string, unknown>
}

/** One request of a browser. */
export interface Arrival {
  workspaceId: string
  visitorId: string
  /** The lead of a visitor token; null when nobody said who it is. */
  leadId: string | null
  verdict: TrafficVerdict
  deeds: VisitorDeed[]
}

/** Commits under way at once: the next group is on its way while the disk works on this one. */
const SLOTS = 2
/** Requests of one commit. */
const LARGEST_GROUP = 100
/** Requests that may wait: a few seconds of work. Browsers keep what is refused and send it again. */
const LONGEST_QUEUE = 8_000

/** Stores one request; resolves to the id under which the browser goes on, after the commit. */
export const visitorEventWriter = perCtx((ctx) => {
  const write = createGroupCommit<Arrival, string | ApiError>({
    slots: SLOTS,
    largestGroup: LARGEST_GROUP,
    longestQueue: LONGEST_QUEUE,
    workspaceOf: ({ workspaceId }) => workspaceId,
    write: (workspaceId, arrivals) => writeArrivals(ctx, workspaceId, arrivals),
    refuse: () =>
      new ApiError('unavailable', 'Too many events at once; send these again.', { headers: { 'retry-after': '2' } }),
  })
  return async (arrival: Arrival): Promise<string> => {
    const result = await write(arrival)
    if (result instanceof ApiError) throw result
    return result
  }
})

async function writeArrivals(ctx: Ctx, workspaceId: string, arrivals: Arrival[]): Promise<(string | ApiError)[]> {
  try {
    return await withJourney(ctx.db, workspaceId, (tx) => storeArrivals(tx, arrivals, ctx.now()))
  } catch (error) {
    if (!/^(22|23|54)/.test(sqlStateOf(error) ?? '')) throw error
    if (arrivals.length === 1) return [new ApiError('invalid_request', 'A value cannot be stored.')]
    // What the database refuses of one browser must not take the others along.
    const results: (string | ApiError)[] = []
    for (const arrival of arrivals) results.push(...(await writeArrivals(ctx, workspaceId, [arrival])))
    return results
  }
}

async function storeArrivals(tx: Tx, arrivals: Arrival[], now: Date): Promise<string[]> {
  await recognize(tx, arrivals, now)
  const sightings = arrivals.flatMap(({ visitorId, deeds }) => [
    { visitor_id: visitorId, at: now.getTime() },
    ...deeds.map(({ at }) => ({ visitor_id: visitorId, at })),
  ])
  const visitors = await touchVisitors(tx, sightings)
  const receivedAt = now.toISOString()
  const events = arrivals.flatMap((arrival) => eventsOf(arrival, visitors.get(arrival.visitorId), receivedAt))
  await appendEvents(tx, events, receivedAt)
  return arrivals.map(({ visitorId }) => visitors.get(visitorId)?.visitor_id ?? visitorId)
}

/** A token says who it is; its lead may be gone. Leads are locked before visitors. */
async function recognize(tx: Tx, arrivals: Arrival[], now: Date): Promise<void> {
  const named = arrivals.flatMap(({ visitorId, leadId }) =>
    leadId === null ? [] : [{ visitor_id: visitorId, lead_id: leadId, by: 'token' }],
  )
  if (named.length === 0) return
  const locked = await lockLeads(tx, [...new Set(named.map(({ lead_id }) => lead_id))])
  const known = new Set(locked.map(({ lead }) => lead.id))
  await linkVisitors(
    tx,
    named.filter(({ lead_id }) => known.has(lead_id)),
    now,
  )
}

function eventsOf(
  { visitorId, verdict, deeds }: Arrival,
  visitor: SeenVisitor | undefined,
  receivedAt: string,
): NewEvent[] {
  const random = randomBytes(deeds.length * 10)
  return deeds.map(({ name, at, event_key, url, properties }, i) => ({
    id: makeEventId(at, random, i * 10),
    event_key,
    occurred_at: new Date(at).toISOString(),
    lead_id: visitor?.lead_id ?? null,
    visitor_id: visitor?.visitor_id ?? visitorId,
    name,
    properties,
    source: 'tracker',
    url,
    ...verdict,
    received_at: receivedAt,
  }))
}
