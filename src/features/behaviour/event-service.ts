/** Events from servers: up to 1,000 in one request, each answered for itself, all in one transaction. */
import { createHash, randomBytes } from 'node:crypto'
import type { Caller, Ctx } from '../../ctx.ts'
import type { Tx } from '../../db/client.ts'
import { makeEventId } from '../../domain/behaviour/event.ts'
import { formatUuid } from '../../domain/type-id.ts'
import { ApiError, notFound } from '../../errors.ts'
import { appendEvents } from '../../pipeline/events/append-events.ts'
import type { NewEvent } from '../../pipeline/events/event-queries.ts'
import { eventsKeptFrom, requireEventPartitions } from '../../pipeline/events/partitions.ts'
import { type SeenVisitor, touchVisitors } from '../../pipeline/events/visitor-queries.ts'
import { type ItemResult, runBatch } from '../../pipeline/run-batch.ts'
import { listIdentityOwners, listKnownLeads } from './event-queries.ts'
import { type EventInput, judgeByUserAgent, type ReadEvent, readEvent } from './read-event.ts'

/** Records events; the results are in the order of the items. A repeated one is `unchanged`. */
export async function createEvents(
  ctx: Ctx,
  caller: Caller,
  items: (EventInput | ApiError)[],
): Promise<ItemResult<{ id: string }>[]> {
  await requireEventPartitions(ctx)
  const [now, keptFrom, judge] = [ctx.now(), eventsKeptFrom(ctx), judgeByUserAgent()]
  return await runBatch({
    db: ctx.db,
    workspaceId: caller.workspaceId,
    items: items.map((item) => (item instanceof ApiError ? item : readEvent(item, now, keptFrom, judge))),
    atomic: false,
    decide: async (tx, read) => {
      const results: ItemResult<{ id: string }>[] = []
      const write = async () => {
        const owned = await findOwners(tx, read)
        const events = eventsOf(owned, now)
        const ids = await appendEvents(
          tx,
          events.filter((event) => event !== null),
          now.toISOString(),
        )
        results.push(...resultsOf(read, events, ids))
      }
      return { results, write }
    },
  })
}

type OwnedEvent = ReadEvent & { leadId: string | null; visitorId: string | null }

/** Events with their owners as stored; an item without one stays null. */
async function findOwners(tx: Tx, read: (ReadEvent | ApiError)[]): Promise<(OwnedEvent | null)[]> {
  const events = read.filter((item): item is ReadEvent => !(item instanceof ApiError))
  const ids = new Set(events.flatMap(({ owner }) => ('lead' in owner ? [owner.lead] : [])))
  const identities = events.flatMap(({ owner }) => ('identity' in owner ? [owner.identity] : []))
  const sightings = events.flatMap(({ owner, at }) => ('visitor' in owner ? [{ visitor_id: owner.visitor, at }] : []))
  const leads = await listKnownLeads(tx, [...ids])
  const owners = new Map((await listIdentityOwners(tx, identities)).map((row) => [keyOf(row), row.lead_id]))
  const visitors = await touchVisitors(tx, sightings)
  return read.map((item) => (item instanceof ApiError ? null : withOwner(item, leads, owners, visitors)))
}

function withOwner(
  event: ReadEvent,
  leads: ReadonlySet<string>,
  owners: ReadonlyMap<string, string>,
  visitors: ReadonlyMap<string, SeenVisitor>,
): OwnedEvent | null {
  const { owner } = event
  if ('visitor' in owner) {
    const visitor = visitors.get(owner.visitor)
    return { ...event, leadId: visitor?.lead_id ?? null, visitorId: visitor?.visitor_id ?? owner.visitor }
  }
  const leadId = 'lead' in owner ? (leads.has(owner.lead) ? owner.lead : undefined) : owners.get(keyOf(owner.identity))
  return leadId === undefined ? null : { ...event, leadId, visitorId: null }
}

const keyOf = ({ kind, value }: { kind: string; value: string }) => `${kind}\0${value}`

/** Random bytes of one event id. */
const ID_BYTES = 10

function eventsOf(owned: (OwnedEvent | null)[], now: Date): (NewEvent | null)[] {
  const random = randomBytes(owned.length * ID_BYTES)
  const receivedAt = now.toISOString()
  return owned.map((event, i) => {
    if (event === null) return null
    const { input, at, verdict, leadId, visitorId } = event
    return {
      id: makeEventId(at, random, i * ID_BYTES),
      event_key: typeof input.event_id === 'string' ? keyOfEvent(input.event_id) : null,
      occurred_at: new Date(at).toISOString(),
      lead_id: leadId,
      visitor_id: visitorId,
      name: input.name,
      properties: input.properties ?? {},
      source: 'api',
      url: input.url ?? null,
      ...verdict,
      received_at: receivedAt,
    }
  })
}

/** 128 bits of a digest: ids of senders have any length and form. */
function keyOfEvent(id: string): string {
  return formatUuid(createHash('sha256').update(`api\0${id}`).digest().subarray(0, 16))
}

function resultsOf(
  read: (ReadEvent | ApiError)[],
  events: (NewEvent | null)[],
  ids: string[],
): ItemResult<{ id: string }>[] {
  let next = 0
  return read.map((item, i) => {
    if (item instanceof ApiError) return { outcome: 'failed', problem: item }
    const event = events[i]
    if (event === null || event === undefined) return { outcome: 'failed', problem: notFound('lead') }
    const id = ids[next++] ?? event.id
    return { outcome: id === event.id ? 'created' : 'unchanged', record: { id } }
  })
}
