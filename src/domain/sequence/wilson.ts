// Shares of small groups are uncertain: Wilson's interval (JASA 22, 1927) tells how much, and Newcombe's (Statistics in
// Medicine 17, 1998, method 10) does so for the difference of two shares. Both stay honest for 0 and for few leads.

/** 97.5th percentile of the normal distribution: intervals of 95 %. */
const Z = 1.959964

export interface Share {
  n: number
  rate: number | null
  low: number | null
  high: number | null
}

/** `hits` of `n` as a share with its interval; nulls when there is nobody. */
export function wilson(hits: number, n: number): Share {
  if (n === 0) return { n, rate: null, low: null, high: null }
  const rate = hits / n
  const spread = Z * Math.sqrt((rate * (1 - rate)) / n + (Z * Z) / (4 * n * n))
  const base = 1 + (Z * Z) / n
  const center = rate + (Z * Z) / (2 * n)
  // Exact where the formula leaves a crumb of rounding.
  const low = hits === 0 ? 0 : (center - spread) / base
  const high = hits === n ? 1 : (center + spread) / base
  return { n, rate, low, high }
}

/** How much more of the first group than of the second, with its interval; nulls when one group is empty. */
export function difference(a: Share, b: Share): { rate: number | null; low: number | null; high: number | null } {
  if (a.rate === null || b.rate === null || a.low === null || b.low === null || a.high === null || b.high === null) {
    return { rate: null, low: null, high: null }
  }
  const rate = a.rate - b.rate
  const low = rate - Math.hypot(a.rate - a.low, b.high - b.rate)
  const high = rate + Math.hypot(a.high - a.rate, b.rate - b.low)
  return { rate, low: Math.max(-1, low), high: Math.min(1, high) }
}
