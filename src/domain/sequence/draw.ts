// Chance that can be told again: the same enrollment and the same step always draw the same number, in a live run, a
// replay and a simulation.
import { hash } from 'node:crypto'

/** A number from 0 (included) to 1 (excluded) for a seed and a place. */
export function draw(seed: string, place: string): number {
  return Number.parseInt(hash('sha256', `${seed.length}:${seed}${place}`).slice(0, 12), 16) / 2 ** 48
}

/** The variant that a drawn number falls on, by weight; the weights are above zero and there is at least one. */
export function pickVariant<V extends { readonly weight: number }>(variants: readonly V[], drawn: number): V {
  let left = drawn * variants.reduce((sum, { weight }) => sum + weight, 0)
  for (const variant of variants) {
    left -= variant.weight
    if (left < 0) return variant
  }
  return variants.at(-1) as V // rounding may leave a crumb
}
