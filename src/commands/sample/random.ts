/** Chance that repeats: the same seed gives the same people on every machine. */
import { createHash } from 'node:crypto'

export interface Random {
  /** From 0 (included) to 1 (excluded). */
  next(): number
  /** A whole number between both bounds, both included. */
  whole(minimum: number, maximum: number): number
  pick<T>(list: readonly T[]): T
  /** A key of the table, each as often as its number says. */
  weighted<K extends string>(table: Readonly<Record<K, number>>): K
  chance(probability: number): boolean
}

/** A generator of its own for a seed: mulberry32, which is small, quick and good enough for made-up names. */
export function createRandom(seed: string): Random {
  let state = createHash('sha256').update(seed).digest().readUInt32LE(0)
  const next = () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
  const whole = (minimum: number, maximum: number) => minimum + Math.floor(next() * (maximum - minimum + 1))
  return {
    next,
    whole,
    pick: <T>(list: readonly T[]) => list[whole(0, list.length - 1)] as T, // the index is inside the list
    weighted: <K extends string>(table: Readonly<Record<K, number>>) => {
      const entries = Object.entries(table) as [K, number][]
      let left = next() * entries.reduce((sum, [, weight]) => sum + weight, 0)
      for (const [key, weight] of entries) {
        left -= weight
        if (left < 0) return key
      }
      return (entries[0] as [K, number])[0] // rounding at the very end
    },
    chance: (probability) => next() < probability,
  }
}
