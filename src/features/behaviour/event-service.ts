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
import { touchVisitors } from '../../pipeline/events/visitor-queries.ts'
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
        const events = eventsOf(read, await findOwners(tx, read), now)
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

/** Whose an event is, as stored. */
interface Owner {
  leadId: string | null
  visitorId: string | null
}

/** The owners of events; null where there is none. */
async function findOwners(tx: Tx, read: (ReadEvent | ApiError)[]): Promise<(Owner | null)[]> {
  const events = read.filter((item): item is ReadEvent => !(item instanceof ApiError))
  const ids = new Set(events.flatMap(({ owner }) => ('lead' in owner ? [owner.lead] : [])))
  const identities = events.flatMap(({ owner }) => ('identity' in owner ? [owner.identity] : []))
  const sightings = events.flatMap(({ owner, at }) => ('visitor' in owner ? [{ visitor_id: owner.visitor, at }] : []))
  const [leads, known, visitors] = await Promise.all([
    listKnownLeads(tx, [...ids]),
    listIdentityOwners(tx, identities),
    touchVisitors(tx, sightings),
  ])
  const owners = new Map(known.map((row) => [keyOf(row), row.lead_id]))
  return read.map((item) => {
    if (item instanceof ApiError) return null
    const { owner } = item
    if ('visitor' in owner) {
      const visitor = visitors.get(owner.visitor)
      return { leadId: visitor?.lead_id ?? null, visitorId: visitor?.visitor_id ?? owner.visitor }
    }
    const leadId =
      'lead' in owner ? (leads.has(owner.lead) ? owner.lead : undefined) : owners.get(keyOf(owner.identity))
    return leadId === undefined ? null : { leadId, visitorId: null }
  })
}

const keyOf = ({ kind, value }: { kind: string; value: string }) => `${kind}\0${value}`

/** Random bytes of one event id. */
const ID_BYTES = 10

function eventsOf(read: (ReadEvent | ApiError)[], owners: (Owner | null)[], now: Date): (NewEvent | null)[] {
  const random = randomBytes(read.length * ID_BYTES)
  const receivedAt = now.toISOString()
  return read.map((item, i) => {
    const owner = owners[i]
    if (item instanceof ApiError || owner === null || owner === undefined) return null
    const { input, at, verdict } = item
    return {
      id: makeEventId(at, random, i * ID_BYTES),
      event_key: typeof input.event_id === 'string' ? keyOfEvent(input.event_id) : null,
      occurred_at: new Date(at).toISOString(),
      lead_id: owner.leadId,
      visitor_id: owner.visitorId,
      name: input.name,
      properties: input.properties ?? {},
      source: 'api',
      url: input.url ?? null,
      bot_probability: verdict.bot_probability,
      is_bot: verdict.is_bot,
      bot_signs: verdict.bot_signs,
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
