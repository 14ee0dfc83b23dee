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

/** Members of a pool and where each of them stands, by place. */
export interface Rotation {
  readonly members: readonly { readonly user_id: string; readonly weight: number }[]
  readonly turns: readonly Turn[]
}

/**
 * The place of the member whose turn it is among those at `places`, of which there is at least one. `onAhead` hears the
 * places of those who are ahead of their share.
 */
export function chooseTurn(rotation: Rotation, places: readonly number[], onAhead: (place: number) => void): number {
  // Measured from the lowest pass: products with weights stay exact after years of leads.
  let base = Infinity
  for (const i of places) base = Math.min(base, passAt(rotation, i))
  let weights = 0
  let sum = 0
  for (const i of places) {
    const weight = weightAt(rotation, i)
    weights += weight
    sum += weight * (passAt(rotation, i) - base)
  }
  let chosen = -1
  for (const i of places) {
    if ((passAt(rotation, i) - base) * weights > sum) onAhead(i)
    else if (chosen < 0 || comesFirst(rotation, i, chosen)) chosen = i
  }
  return chosen
}

const passAt = ({ turns }: Rotation, i: number): number => (turns[i] as Turn).pass
const weightAt = ({ members }: Rotation, i: number): number => (members[i] as Rotation['members'][number]).weight

function comesFirst(rotation: Rotation, a: number, b: number): boolean {
  const difference =
    passAt(rotation, a) + strideOf(weightAt(rotation, a)) - (passAt(rotation, b) + strideOf(weightAt(rotation, b)))
  if (difference !== 0) return difference < 0
  const { turns, members } = rotation
  const [lastA, lastB] = [(turns[a] as Turn).last, (turns[b] as Turn).last]
  if (lastA !== lastB) return lastA < lastB
  return (members[a]?.user_id ?? '') < (members[b]?.user_id ?? '')
}

/** The pass at which somebody enters: the lowest of those who are present, so that nobody is flooded or forgotten. */
export function enterAt(passes: readonly number[]): number {
  return passes.length === 0 ? 0 : passes.reduce((a, b) => Math.min(a, b))
}

/** The pass of somebody who could take nothing while the present ones stood at `floor`; `leads` may be caught up. */
export function holdBack(pass: number, floor: number, weight: number, leads: number): number {
  return Math.max(pass, floor - leads * strideOf(weight))
}
