// Spans of time on one axis: start included, end excluded, in milliseconds. Lists are sorted, and their members neither
// overlap nor touch, so that sums and searches need no further care.

export interface Interval {
  readonly start: number
  readonly end: number
}

/** Sorted, without empty ones, and with those joined that overlap or touch. */
export function mergeIntervals(intervals: readonly Interval[]): Interval[] {
  const merged: { start: number; end: number }[] = []
  const sorted = intervals.filter(({ start, end }) => end > start).sort((a, b) => a.start - b.start)
  for (const { start, end } of sorted) {
    const last = merged.at(-1)
    if (last !== undefined && start <= last.end) last.end = Math.max(last.end, end)
    else merged.push({ start, end })
  }
  return merged
}

/** What is left of the merged list `from` outside the merged list `taken`. */
export function subtractIntervals(from: readonly Interval[], taken: readonly Interval[]): Interval[] {
  if (taken.length === 0) return [...from]
  const left: Interval[] = []
  for (const { start, end } of from) {
    let open = start
    for (let i = firstEndingAfter(taken, start); i < taken.length && open < end; i++) {
      const cut = taken[i] as Interval
      if (cut.start >= end) break
      if (cut.start > open) left.push({ start: open, end: cut.start })
      open = Math.max(open, cut.end)
    }
    if (open < end) left.push({ start: open, end })
  }
  return left
}

/** Position of the first member of a merged list that ends after `at`; the length of the list when none does. */
export function firstEndingAfter(intervals: readonly Interval[], at: number): number {
  let low = 0
  let high = intervals.length
  while (low < high) {
    const middle = (low + high) >> 1
    if ((intervals[middle] as Interval).end > at) high = middle
    else low = middle + 1
  }
  return low
}

/** Whether a merged list covers the moment. */
export function coversMoment(intervals: readonly Interval[], at: number): boolean {
  const found = intervals[firstEndingAfter(intervals, at)]
  return found !== undefined && found.start <= at
}
