/** Counting further costs more than the page itself, and "more than 10,000" is answer enough. */
export const COUNT_LIMIT = 10_000

/** Counts the rows that a query selects, but stops one after the limit. */
export function countingOf(select: string): string {
  return `SELECT count(*)::int AS count FROM (${select} LIMIT ${COUNT_LIMIT + 1}) AS counted`
}
