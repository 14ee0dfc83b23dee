// What a lead did, as scores count it: for each UTC day how often, first when and last when. These counters are kept as
// events come in, in any order and with the same result, so no score ever reads raw events where a counter serves.
// Events of one day are taken as spread evenly between the first and the last of it: exact for one or two.
import { DAY_MS } from '../condition/moment.ts'
import { type EngagementRule, SCORE_LIMITS } from './score-model.ts'

/** Events of one name on one UTC day; epoch milliseconds. */
export interface ActivityDay {
  count: number
  first: number
  last: number
}

/** How much the events of a rule weigh at a moment, and how many of them count. `days` come newest first. */
export interface Weight {
  weight: number
  counted: number
}

/** Sums the weights of the events that count at `at`: 1 each, halved with each half-life of age. */
export function weighEvents(rule: EngagementRule, days: readonly ActivityDay[], at: number): Weight {
  const oldest = rule.window_days === null ? -Infinity : at - rule.window_days * DAY_MS
  const halfLife = rule.half_life_days === null ? null : rule.half_life_days * DAY_MS
  const most = rule.max_count ?? SCORE_LIMITS.count
  let left = most
  let weight = 0
  for (const day of days) {
    if (left <= 0 || day.last < oldest) break
    const { last, step, count } = newestOf(day, oldest, at, Math.min(rule.max_per_day ?? Infinity, left))
    if (count === 0) continue
    left -= count
    weight += halfLife === null ? count : sumDecayed(count, (at - last) / halfLife, step / halfLife)
  }
  return { weight, counted: most - left }
}

/** The newest of the day's events that lie in the window, at most `most`. */
function newestOf({ count, first, last }: ActivityDay, oldest: number, at: number, most: number) {
  const step = count > 1 ? (last - first) / (count - 1) : 0
  if (step === 0) return { last, step, count: last >= oldest && last <= at ? Math.min(count, most) : 0 }
  const newest = Math.min(count - 1, Math.floor((at - first) / step))
  const eldest = Math.max(0, Math.ceil((oldest - first) / step))
  return { last: first + newest * step, step, count: Math.max(0, Math.min(newest - eldest + 1, most)) }
}

/** Of `count` events, the newest `age` half-lives old and each other `step` half-lives older: a geometric series. */
function sumDecayed(count: number, age: number, step: number): number {
  const newest = 2 ** -age
  // expm1 keeps its digits for events of one second, where 1 - 2 ** -step would lose them.
  return step === 0 ? newest * count : (newest * Math.expm1(-count * step * Math.LN2)) / Math.expm1(-step * Math.LN2)
}

/**
 * The next moment after `at` at which an event enters or leaves the count by itself, or Infinity: one of the future comes
 * to pass, or the oldest of the window drops out. What only fades is not told here.
 */
export function nextTurnOf({ window_days }: EngagementRule, days: readonly ActivityDay[], at: number): number {
  let next = Infinity
  const window = window_days === null ? Infinity : window_days * DAY_MS
  for (const { count, first, last } of days) {
    if (last + window < at) break
    const step = count > 1 ? (last - first) / (count - 1) : 0
    if (last > at)
      next = Math.min(next, step === 0 ? last : Math.max(first, first + Math.ceil((at + 1 - first) / step) * step))
    if (window === Infinity) continue
    const place = step === 0 ? 0 : Math.max(0, Math.ceil((at - window - first) / step))
    next = Math.min(next, Math.floor(first + place * step + window) + 1)
  }
  return next
}
