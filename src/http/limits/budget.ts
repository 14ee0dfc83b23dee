/** Budgets of requests: so many in a window, counted for each holder, in the memory of one process. */
import { LRUCache } from 'lru-cache'

/** What the RateLimit headers tell (IETF httpapi draft): `quota` requests in each window of `windowSeconds`. */
export interface Policy {
  readonly name: string
  readonly quota: number
  readonly windowSeconds: number
}

/** What is left to one holder. */
export interface Balance {
  readonly policy: Policy
  readonly remaining: number
  /** Seconds until the whole quota is there again, at least 1. */
  readonly resetSeconds: number
  /** True when this request was one too many. */
  readonly isExceeded: boolean
}

export type Budget = (holder: string) => Balance

/**
 * Holders remembered at most, about 8 MB. Beyond it the one that was quiet longest starts anew, which helps only those
 * who have 50,000 keys or networks.
 */
const MOST_HOLDERS = 50_000

/**
 * A budget: each call takes one request of a holder. The window begins with the first request, so holders do not all
 * start anew at the same moment. Several processes multiply the quota: each counts what it sees.
 */
export function createBudget(policy: Policy, now: () => number = () => performance.now()): Budget {
  // Made at the first use: room for all holders is reserved at once, which a start should not wait for.
  let holders: LRUCache<string, { used: number; endsAt: number }> | undefined
  const windowMs = policy.windowSeconds * 1000
  return (holder) => {
    const at = Math.floor(now())
    holders ??= new LRUCache({ max: MOST_HOLDERS })
    let window = holders.get(holder)
    if (window === undefined || window.endsAt <= at) {
      window = { used: 0, endsAt: at + windowMs }
      holders.set(holder, window)
    }
    const isExceeded = window.used >= policy.quota
    if (!isExceeded) window.used++
    const resetSeconds = Math.max(1, Math.ceil((window.endsAt - at) / 1000))
    return { policy, remaining: policy.quota - window.used, resetSeconds, isExceeded }
  }
}

/** `RateLimit-Policy` and `RateLimit` for the budgets that a request drew on. */
export function balanceHeaders(balances: Balance[]): Record<string, string> {
  return {
    'ratelimit-policy': balances.map(({ policy: p }) => `"${p.name}";q=${p.quota};w=${p.windowSeconds}`).join(', '),
    ratelimit: balances.map((b) => `"${b.policy.name}";r=${b.remaining};t=${b.resetSeconds}`).join(', '),
  }
}
