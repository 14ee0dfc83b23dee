// Whose turn it is, by stride scheduling. Each member has a pass, which each lead moves on by a stride that is smaller for
// a higher weight; passes stay together, so shares follow weights. Taking the lowest pass alone lets a heavy member lag by
// half its weight in a pool of light ones, so the rule is the one of EEVDF (Stoica and Abdel-Wahab, 1995): among those who
// are not ahead of their share (pass at most the weighted mean), the one whose pass would be lowest after this lead. Then
// every member is within one lead of its weight at any time. Ties: who has waited longest, then the id.

/** Divisible by 1 to 16 and by the usual percentages: strides of usual weights are whole, so that nothing drifts. */
export const STRIDE_UNIT = 720_720_000

/** How far one lead moves a member of this weight. Twelve million leads of weight 1 fit into a whole number. */
export const strideOf = (weight: number): number => Math.round(STRIDE_UNIT / weight)

export interface Turn {
  pass: number
  /** The decision that last chose this member; 0 when none did. */
  last: number
}

/** A member who could take the lead. */
export interface Waiting {
  user_id: string
  weight: number
  turn: Turn
}

/** The places of those who are ahead of their share, and of the member whose turn it is. There is at least one member. */
export function chooseTurn(members: readonly Waiting[]): { chosen: number; ahead: ReadonlySet<number> } {
  // Measured from the lowest pass: products with weights stay exact after years of leads.
  const base = members.reduce((lowest, { turn }) => Math.min(lowest, turn.pass), Infinity)
  let weights = 0
  let sum = 0
  for (const { weight, turn } of members) {
    weights += weight
    sum += weight * (turn.pass - base)
  }
  const ahead = new Set<number>()
  let chosen = -1
  for (const [i, member] of members.entries()) {
    if ((member.turn.pass - base) * weights > sum) ahead.add(i)
    else if (chosen < 0 || comesFirst(member, members[chosen] as Waiting)) chosen = i
  }
  return { chosen, ahead }
}

function comesFirst(a: Waiting, b: Waiting): boolean {
  const difference = a.turn.pass + strideOf(a.weight) - (b.turn.pass + strideOf(b.weight))
  if (difference !== 0) return difference < 0
  if (a.turn.last !== b.turn.last) return a.turn.last < b.turn.last
  return a.user_id < b.user_id
}

/** The pass at which somebody enters: the lowest of those who are present, so that nobody is flooded or forgotten. */
export function enterAt(passes: readonly number[]): number {
  return passes.length === 0 ? 0 : passes.reduce((a, b) => Math.min(a, b))
}

/** The pass of somebody who could take nothing while the present ones stood at `floor`; `leads` may be caught up. */
export function holdBack(pass: number, floor: number, weight: number, leads: number): number {
  return Math.max(pass, floor - leads * strideOf(weight))
}
