/** How the work on judged leads ends: nothing is left to do, they wait for a moment, or they are judged once more. */
import type { Tx } from '../../db/client.ts'
import type { JudgeDesk } from './judge-desk.ts'
import { settleWork } from './lead-work-queries.ts'

/**
 * A verdict that an earlier stage asks about has the lead judged once more at once, and so on: as often as a sensible
 * chain of policies is long. Policies that contradict each other in a circle would go on for ever.
 */
const MOST_ROUNDS = 5
/** A stage that asks to be woken at once, again and again, would keep a worker busy for nothing. */
const SHORTEST_SLEEP_MS = 1_000

/** Ends the work on the leads of a desk; `rounds` tells how often one was judged right before for its own verdicts. */
export function endWork(tx: Tx, { leads, now }: JudgeDesk, rounds: ReadonlyMap<string, number> = new Map()): void {
  const soonest = new Date(now.getTime() + SHORTEST_SLEEP_MS)
  const ends = [...leads.values()].map(({ id, wakeAt, isNews }) => {
    const round = (rounds.get(id) ?? 0) + 1
    return {
      id,
      wakeAt: wakeAt !== null && wakeAt < soonest ? soonest : wakeAt,
      round: isNews && round <= MOST_ROUNDS ? round : null,
    }
  })
  settleWork(tx, ends)
  if (ends.some(({ round }) => round !== null)) tx.announce('leads')
}
