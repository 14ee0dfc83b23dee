// Past arrivals through other rules: the same leads at the same moments, with the people, capacities and turns of those
// days. What left a desk then leaves it now, whoever owns it in the replay; nothing is drawn by lot, so the same log and
// the same versions give the same owners.
import { countFairness, type MemberFairness } from './fairness.ts'
import { dayNumber, mondayNumber } from './local-day.ts'
import { REFUSING_ENDS, RELEASED } from './refusal.ts'
import { type CompiledRule, type RoutingCase, routeLead } from './route-lead.ts'
import type { RoutingTarget } from './routing-policy.ts'
import type { Crew, Standing } from './routing-world.ts'

/** One assignment of the log. */
export interface LoggedAssignment {
  id: string
  lead_id: string
  user_id: string | null
  /** Epoch milliseconds. */
  assigned_at: number
  ended_at: number | null
  end_reason: string | null
  is_credited: boolean
  pool_key: string | null
  pass_before: number | null
  pass_after: number | null
  /** False for what people decided: it is taken over as it was. */
  is_routed: boolean
  score: number | null
  worth: number | null
}

export interface ReplayRules {
  rules: readonly CompiledRule[]
  defaultTarget: RoutingTarget
}

interface Leaving {
  at: number
  logged: LoggedAssignment
  owner: string
  pool_key: string | null
  stride: number
}

export interface ChangedOwner {
  lead_id: string
  assigned_at: number
  from: string | null
  to: string | null
  rule_key: string | null
}

export interface ReplayBook {
  arrivals: number
  changed: number
  unroutable: number
  waiting: number
  queued: number
  sold: number
  /** Leads by seller: then, and in the replay. */
  before: Map<string, number>
  after: Map<string, number>
  /** Leads whose promise was broken, by the seller who had them then; and how many of those would be another's. */
  breaches: Map<string, { total: number; elsewhere: number }>
  fairness: Map<string, MemberFairness>
  /** The first changed owners, for people to look at. */
  examples: ChangedOwner[]
}

/** Examples kept: a screen or two. */
export const MOST_EXAMPLES = 200

export const blankBook = (): ReplayBook => ({
  arrivals: 0,
  changed: 0,
  unroutable: 0,
  waiting: 0,
  queued: 0,
  sold: 0,
  before: new Map(),
  after: new Map(),
  breaches: new Map(),
  fairness: new Map(),
  examples: [],
})

export interface Replay {
  readonly standing: Standing
  readonly book: ReplayBook
  /** What will leave a desk, the next one last. */
  readonly leavings: Leaving[]
  readonly excluded: Map<string, Set<string>>
  /** Who gave a lead back that nobody has had since. */
  readonly gaveBack: Map<string, string>
  readonly owners: Map<string, string>
}

/** Starts from where everybody stood. */
export const startReplay = (standing: Standing): Replay => ({
  standing,
  book: blankBook(),
  leavings: [],
  excluded: new Map(),
  gaveBack: new Map(),
  owners: new Map(),
})

/** What was on the desks at the start and leaves them later. */
export function expectLeaving(replay: Replay, logged: LoggedAssignment): void {
  if (logged.user_id !== null) enqueue(replay, logged, logged.user_id, logged.pool_key, strideOfLog(logged))
}

const strideOfLog = ({ pass_before, pass_after }: LoggedAssignment): number => (pass_after ?? 0) - (pass_before ?? 0)

function enqueue(
  replay: Replay,
  logged: LoggedAssignment,
  owner: string,
  pool_key: string | null,
  stride: number,
): void {
  if (logged.ended_at === null) return
  const leaving: Leaving = { at: logged.ended_at, logged, owner, pool_key, stride }
  const { leavings } = replay
  let [low, high] = [0, leavings.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if ((leavings[middle] as Leaving).at > leaving.at) low = middle + 1
    else high = middle
  }
  leavings.splice(low, 0, leaving)
}

/** Everything that left a desk until a moment. */
export function settleUntil(replay: Replay, at: number): void {
  const { leavings, standing, excluded, gaveBack } = replay
  for (let next = leavings.at(-1); next !== undefined && next.at <= at; next = leavings.at(-1)) {
    leavings.pop()
    const { logged, owner, pool_key, stride } = next
    const load = standing.loads.get(owner)
    if (load !== undefined) standing.loads.set(owner, { ...load, open: load.open - 1 })
    const turns = pool_key === null ? undefined : standing.turns.get(pool_key)
    const turn = turns?.get(owner)
    if (logged.is_credited && turn !== undefined) turns?.set(owner, { ...turn, pass: turn.pass - stride })
    if (logged.user_id === null) continue
    if (logged.end_reason === RELEASED) gaveBack.set(logged.lead_id, logged.user_id)
    if (REFUSING_ENDS.includes(logged.end_reason ?? '')) {
      const refused = excluded.get(logged.lead_id) ?? new Set<string>()
      excluded.set(logged.lead_id, refused.add(logged.user_id))
    }
  }
}

/** One arrival of the log through the rules. */
export function replayArrival(
  replay: Replay,
  { rules, defaultTarget }: ReplayRules,
  crew: Crew,
  logged: LoggedAssignment,
  given: Omit<RoutingCase, 'excluded' | 'now' | 'waitingSince'>,
): void {
  settleUntil(replay, logged.assigned_at)
  const { standing, book, owners } = replay
  const excluded = takeRefusals(replay, logged.lead_id)
  if (!logged.is_routed) {
    takeOver(replay, crew, logged)
    return
  }
  const verdict = routeLead(
    rules,
    defaultTarget,
    {
      ...given,
      previousOwner: owners.get(logged.lead_id) ?? given.previousOwner,
      excluded,
      now: logged.assigned_at,
      waitingSince: null,
    },
    crew,
    standing,
  )
  book.arrivals += 1
  if (verdict.outcome === 'queue') book.queued += 1
  else if (verdict.outcome === 'buyer') book.sold += 1
  else if (verdict.outcome !== 'user') book[verdict.outcome] += 1
  const owner = verdict.user_id
  count(book.before, logged.user_id)
  count(book.after, owner)
  if (owner !== logged.user_id) noteChange(book, logged, owner, verdict.rule_key)
  noteBreach(book, logged, owner)
  const trial = verdict.trials.at(-1)
  const pool = trial?.pool_key == null ? undefined : crew.pools.get(trial.pool_key)
  if (trial !== undefined && pool !== undefined && owner !== null) {
    const members = trial.candidates.map(({ user_id, reason }, i) => ({
      user_id,
      reason,
      weight: pool.members[i]?.weight ?? 1,
    }))
    countFairness(book.fairness, { members, score: logged.score, worth: logged.worth })
  }
  if (owner === null) return
  owners.set(logged.lead_id, owner)
  const { pass_before, pass_after } = verdict
  enqueue(replay, logged, owner, verdict.pool_key, (pass_after ?? 0) - (pass_before ?? 0))
}

/** Who is not asked about a lead now; who gave it back is asked again once somebody else has had it. */
function takeRefusals({ excluded, gaveBack }: Replay, leadId: string): ReadonlySet<string> {
  const refused = excluded.get(leadId) ?? new Set<string>()
  const last = gaveBack.get(leadId)
  gaveBack.delete(leadId)
  return last === undefined ? refused : new Set([...refused, last])
}

/** What a person decided stays as it was, and takes its room on the desk. */
function takeOver(replay: Replay, crew: Crew, logged: LoggedAssignment): void {
  const { user_id, assigned_at, lead_id } = logged
  if (user_id === null) return
  const day = dayNumber(crew.sellers.get(user_id)?.zone ?? 'UTC', assigned_at)
  const week = mondayNumber(day)
  const load = replay.standing.loads.get(user_id) ?? { open: 0, day, day_count: 0, week, week_count: 0 }
  replay.standing.loads.set(user_id, {
    open: load.open + 1,
    day,
    day_count: (load.day === day ? load.day_count : 0) + 1,
    week,
    week_count: (load.week === week ? load.week_count : 0) + 1,
  })
  replay.owners.set(lead_id, user_id)
  enqueue(replay, logged, user_id, logged.pool_key, strideOfLog(logged))
}

function noteChange(
  book: ReplayBook,
  { lead_id, assigned_at, user_id }: LoggedAssignment,
  to: string | null,
  rule_key: string | null,
): void {
  book.changed += 1
  if (book.examples.length < MOST_EXAMPLES) book.examples.push({ lead_id, assigned_at, from: user_id, to, rule_key })
}

function noteBreach(book: ReplayBook, { user_id, end_reason }: LoggedAssignment, owner: string | null): void {
  if (end_reason !== 'sla_breached' || user_id === null) return
  const breach = book.breaches.get(user_id) ?? { total: 0, elsewhere: 0 }
  book.breaches.set(user_id, { total: breach.total + 1, elsewhere: breach.elsewhere + (owner === user_id ? 0 : 1) })
}

function count(counts: Map<string, number>, key: string | null): void {
  if (key !== null) counts.set(key, (counts.get(key) ?? 0) + 1)
}
