// What a lead did, counted by event name and UTC day. Sums, earliest and latest do not depend on the order in which events
// arrive, so a lead that is recognized late has the same counters as one that was known from the start.

/** As much of an event as counting needs. */
export interface CountedEvent {
  readonly lead_id: string | null
  readonly name: string
  readonly occurred_at: string
  readonly is_bot: boolean
}

/** A counter, or what is to be added to one. */
export interface EventCount {
  lead_id: string
  name: string
  /** UTC. */
  day: string
  raw_count: number
  /** Without bots. */
  count: number
  first_at: string | null
  last_at: string | null
}

/** The counts of these events, sorted by their key, so that all writers lock counters in one order. */
export function countEvents(events: readonly CountedEvent[]): EventCount[] {
  const counts = new Map<string, EventCount>()
  for (const { lead_id, name, occurred_at, is_bot } of events) {
    if (lead_id === null) continue
    const day = occurred_at.slice(0, 10)
    const key = `${lead_id} ${day} ${name}`
    let count = counts.get(key)
    if (count === undefined) {
      count = { lead_id, name, day, raw_count: 0, count: 0, first_at: null, last_at: null }
      counts.set(key, count)
    }
    count.raw_count++
    if (is_bot) continue
    count.count++
    // Moments in stored form sort as text.
    if (count.first_at === null || occurred_at < count.first_at) count.first_at = occurred_at
    if (count.last_at === null || occurred_at > count.last_at) count.last_at = occurred_at
  }
  return [...counts].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, count]) => count)
}
