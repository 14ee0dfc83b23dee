/** Numbers that published policies compare the default score with: a lead that cools wakes up at each of them. */

import { POLICY_KINDS } from '../../domain/policy.ts'
import type { WatchedScores } from '../../domain/scoring/next-score-change.ts'
import type { PolicyBook } from '../../policies/published-policies.ts'

const AXIS_OF: Readonly<Record<string, keyof WatchedScores>> = {
  score: 'total',
  'score.total': 'total',
  'score.engagement': 'engagement',
}

/** Definitions never change, so what was found in one is found in it for ever. */
const found = new WeakMap<object, WatchedScores>()

/** All numbers in conditions of the published policies. */
export function watchedScores(policies: PolicyBook): WatchedScores {
  const total = new Set<number>()
  const engagement = new Set<number>()
  for (const kind of POLICY_KINDS) {
    for (const { definition } of policies.of(kind)) {
      const numbers = found.get(definition) ?? numbersIn(definition)
      found.set(definition, numbers)
      for (const number of numbers.total) total.add(number)
      for (const number of numbers.engagement) engagement.add(number)
    }
  }
  return { total: [...total], engagement: [...engagement] }
}

function numbersIn(definition: unknown): WatchedScores {
  const numbers = { total: [] as number[], engagement: [] as number[] }
  const visit = (part: unknown): void => {
    if (typeof part !== 'object' || part === null) return
    const { field, value, values } = part as { field?: unknown; value?: unknown; values?: unknown }
    const axis = typeof field === 'string' ? AXIS_OF[field] : undefined
    if (axis !== undefined) {
      const texts = [value, ...(Array.isArray(values) ? values : [])].filter((text) => typeof text === 'string')
      numbers[axis].push(...texts.map(Number).filter(Number.isFinite))
    }
    for (const member of Object.values(part)) visit(member)
  }
  visit(definition)
  return numbers
}
