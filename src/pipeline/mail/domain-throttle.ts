/** No more mails at once to the servers of one recipient domain than they like, and no faster. */

export interface DomainThrottle {
  /** Waits for a place; call what it returns to give it back. */
  enter(domain: string): Promise<() => void>
  /** Domains with a queue of their own: taking up more of their mails only holds up others. */
  crowded(): string[]
}

/** At most `most` mails at once to a domain, and `perMinute` of them (0: no limit). */
export function domainThrottle(most: number, perMinute: number): DomainThrottle {
  const lanes = new Map<string, { busy: number; next: number; waiting: (() => void)[] }>()
  const gap = perMinute === 0 ? 0 : 60_000 / perMinute
  return {
    enter: async (domain) => {
      const lane = lanes.get(domain) ?? { busy: 0, next: 0, waiting: [] }
      lanes.set(domain, lane)
      if (lane.busy >= most) await new Promise<void>((resolve) => lane.waiting.push(resolve))
      else lane.busy++
      if (gap > 0) {
        const now = performance.now()
        const at = Math.max(now, lane.next)
        lane.next = at + gap
        if (at > now) await new Promise((resolve) => setTimeout(resolve, at - now))
      }
      return () => {
        // The place goes to the next one without being free in between.
        const next = lane.waiting.shift()
        if (next !== undefined) return next()
        if (--lane.busy === 0 && lane.next <= performance.now()) lanes.delete(domain)
      }
    },
    crowded: () => [...lanes].filter(([, { waiting }]) => waiting.length >= most).map(([domain]) => domain),
  }
}
