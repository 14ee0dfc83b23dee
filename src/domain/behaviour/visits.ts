// A timeline shows visits, not clicks: "3 pages, 5 minutes, pricing". A visit is what one browser did without a pause of
// half an hour (the rule of every web statistic), and a day at most. Bots do not visit.

export const VISIT_PAUSE_MS = 1_800_000
export const LONGEST_VISIT_MS = 86_400_000
/** Pages and other deeds that a visit names; the rest is in its numbers. */
const MOST_NAMED = 10

/** As much of an event as a visit needs. */
export interface VisitEvent {
  readonly name: string
  readonly occurred_at: string
  readonly url: string | null
}

export interface Visit {
  started_at: string
  ended_at: string
  seconds: number
  /** Page views. */
  pages: number
  /** Paths by how often they were seen, the most seen first. */
  paths: string[]
  landing_page: string | null
  /** What else happened, by event name. */
  deeds: Record<string, number>
}

/** The event that the tracker sends for each page. */
export const PAGE_VIEW = 'page_viewed'

/** The visits that these events of one browser make, oldest first; the events may come in any order. */
export function visitsOf(events: readonly VisitEvent[]): Visit[] {
  const sorted = events.toSorted((a, b) => (a.occurred_at < b.occurred_at ? -1 : a.occurred_at > b.occurred_at ? 1 : 0))
  const groups: VisitEvent[][] = []
  let [start, last] = [-Infinity, -Infinity]
  for (const event of sorted) {
    const at = Date.parse(event.occurred_at)
    if (at - last > VISIT_PAUSE_MS || at - start > LONGEST_VISIT_MS) {
      groups.push([])
      start = at
    }
    groups.at(-1)?.push(event)
    last = at
  }
  return groups.map(visitOf)
}

function visitOf(events: VisitEvent[]): Visit {
  const started = events[0]?.occurred_at ?? ''
  const ended = events.at(-1)?.occurred_at ?? ''
  const views = events.filter(({ name }) => name === PAGE_VIEW)
  const paths = tally(views.map(({ url }) => pathOf(url)).filter((path) => path !== null))
  const deeds = tally(events.filter(({ name }) => name !== PAGE_VIEW).map(({ name }) => name))
  return {
    started_at: started,
    ended_at: ended,
    seconds: Math.round((Date.parse(ended) - Date.parse(started)) / 1000),
    pages: views.length,
    paths: paths.map(([path]) => path),
    landing_page: views[0]?.url ?? null,
    deeds: Object.fromEntries(deeds),
  }
}

/** The most frequent first, of equals the earliest. */
function tally(names: string[]): [string, number][] {
  const counts = new Map<string, number>()
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1)
  return [...counts].sort(([, a], [, b]) => b - a).slice(0, MOST_NAMED)
}

function pathOf(url: string | null): string | null {
  const path = url === null ? undefined : /^(?:https?:\/\/[^/?#]*)?(\/[^?#]*)?/i.exec(url)?.[1]
  return url === null ? null : (path ?? '/').slice(0, 200)
}

/** A visit in one line. */
export function describeVisit({ pages, seconds, paths, deeds }: Visit): string {
  const done = Object.values(deeds).reduce((sum, count) => sum + count, 0)
  const parts = pages > 0 ? [plural(pages, 'page')] : [plural(done, 'action')]
  if (seconds >= 60) parts.push(plural(Math.round(seconds / 60), 'minute'))
  // The front page says nothing about what somebody came for.
  const topic = paths.map((path) => path.split('/').filter(Boolean).at(-1)).find((name) => name !== undefined)
  if (topic !== undefined) parts.push(topic)
  return parts.join(', ')
}

const plural = (count: number, noun: string) => `${count} ${noun}${count === 1 ? '' : 's'}`
