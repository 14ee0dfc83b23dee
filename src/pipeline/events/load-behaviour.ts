/**
 * What the leads of a batch did, as conditions ask about it: the twin of db/behaviour-sql.ts in memory. Counters answer
 * most questions; raw events are read for days with more than two events, and for questions about properties.
 */
import type { Tx } from '../../db/client.ts'
import { needsRawTimes, timesOfDay } from '../../domain/behaviour/times-of-day.ts'
import type { CompiledBehaviour } from '../../domain/condition/compiled-condition.ts'
import { DAY_MS } from '../../domain/condition/moment.ts'
import { type LeadDayCount, listDayCounts, listEventTimes, type TimeRange } from './behaviour-queries.ts'

export interface BehaviourBook {
  /** When a lead did this: see `ConditionFacts.eventTimes`. The behaviour must have been asked for, and so must `now`. */
  timesOf(leadId: string, behaviour: CompiledBehaviour, now: Date): readonly number[]
}

/** Loads the times of every asked behaviour of these leads at `now`, as many as the question needs. */
export async function loadBehaviour(
  tx: Tx,
  leadIds: readonly string[],
  asked: readonly CompiledBehaviour[],
  now: Date,
): Promise<BehaviourBook> {
  const times = new Map<string, readonly number[]>()
  const questions = new Map(asked.map((behaviour) => [keyOf(behaviour), behaviour]))
  if (questions.size > 0 && leadIds.length > 0) {
    const days = groupDays(await listDayCounts(tx, leadIds, namesOf(asked), firstDayOf(asked, now)))
    await Promise.all(
      [...questions].map(async ([key, behaviour]) => {
        for (const [leadId, found] of await answer(tx, behaviour, days, now)) times.set(`${leadId} ${key}`, found)
      }),
    )
  }
  return {
    timesOf: (leadId, behaviour) => {
      const key = keyOf(behaviour)
      if (!questions.has(key)) throw new Error('a behaviour is asked about that was not loaded')
      return times.get(`${leadId} ${key}`) ?? []
    },
  }
}

const keyOf = ({ event, minCount, withinDays, properties }: CompiledBehaviour) =>
  JSON.stringify([event, minCount, withinDays, properties])

const namesOf = (asked: readonly CompiledBehaviour[]) => [...new Set(asked.map(({ event }) => event))]

/** The first day that any question looks at; null when one looks at all of them. */
function firstDayOf(asked: readonly CompiledBehaviour[], now: Date): string | null {
  const days = asked.map(({ withinDays }) => withinDays)
  if (days.includes(null)) return null
  return new Date(now.getTime() - Math.max(...days.map(Number)) * DAY_MS).toISOString().slice(0, 10)
}

/** Lead -> name -> counters, newest day first. */
type Days = Map<string, Map<string, LeadDayCount[]>>

function groupDays(counts: LeadDayCount[]): Days {
  const days: Days = new Map()
  for (const count of counts) {
    const byName = days.get(count.lead_id) ?? new Map<string, LeadDayCount[]>()
    days.set(count.lead_id, byName)
    byName.set(count.name, [...(byName.get(count.name) ?? []), count])
  }
  return days
}

async function answer(tx: Tx, behaviour: CompiledBehaviour, days: Days, now: Date): Promise<[string, number[]][]> {
  const { event, properties } = behaviour
  const counted = [...days].flatMap(([id, byName]): [string, LeadDayCount[]][] => {
    const own = byName.get(event)
    return own === undefined ? [] : [[id, own]]
  })
  return properties.length === 0
    ? await answerByCounters(tx, behaviour, counted, now)
    : await answerByEvents(tx, behaviour, counted, now)
}

/** From the newest day back, until there are as many as asked for. */
async function answerByCounters(
  tx: Tx,
  { minCount }: CompiledBehaviour,
  counted: [string, LeadDayCount[]][],
  now: Date,
): Promise<[string, number[]][]> {
  const needed = counted.map(([id, days]) => ({ id, days: newestDays(days, minCount, now) }))
  const ranges = needed.flatMap(({ days }) =>
    days.filter((day) => needsRawTimes(day, now.getTime())).map((day) => ({ ...day, most: minCount })),
  )
  const raw = await listEventTimes(tx, ranges, now)
  const rawOf = new Map(ranges.map((range, i) => [`${range.lead_id} ${range.day}`, raw[i] ?? []]))
  return needed.map(({ id, days }) => {
    const times = days.flatMap((day) => timesOfDay(day, rawOf.get(`${id} ${day.day}`) ?? [], now.getTime(), minCount))
    return [id, times.slice(0, minCount)]
  })
}

function newestDays(days: LeadDayCount[], minCount: number, now: Date): LeadDayCount[] {
  const end = now.toISOString()
  const needed: LeadDayCount[] = []
  let sure = 0
  for (const day of days) {
    if (sure >= minCount) break
    if (day.first_at > end) continue
    needed.push(day)
    // A day that is not over at `now` has at least its first event.
    sure += day.last_at <= end ? day.count : 1
  }
  return needed
}

async function answerByEvents(
  tx: Tx,
  { minCount, properties }: CompiledBehaviour,
  counted: [string, LeadDayCount[]][],
  now: Date,
): Promise<[string, number[]][]> {
  const ranges = counted.map(([lead_id, days]): TimeRange => {
    const [newest, oldest] = [days[0], days.at(-1)]
    if (newest === undefined || oldest === undefined) throw new Error('a group has a member')
    return { lead_id, name: newest.name, first_at: oldest.first_at, last_at: newest.last_at, most: minCount }
  })
  const times = await listEventTimes(tx, ranges, now, Object.fromEntries(properties))
  return ranges.map(({ lead_id }, i) => [lead_id, times[i] ?? []])
}
