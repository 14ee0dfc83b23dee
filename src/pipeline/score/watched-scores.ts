/** Numbers that published policies compare the default score with: a lead that cools wakes up at each of them. */

import { POLICY_KINDS } from '../../domain/policy.ts'
import type { WatchedScores } from '../../domain/scoring/next-score-change.ts'
import type { PolicyBook } from '../../policies/published-policies.ts'

const AXES = ['total', 'fit', 'engagement'] as const

const AXIS_OF: Readonly<Record<string, (typeof AXES)[number]>> = {
  score: 'total',
  'score.total': 'total',
  'score.fit': 'fit',
  'score.engagement': 'engagement',
}

/** Definitions never change, so what was found in one is found in it for ever. */
const found = new WeakMap<object, WatchedScores>()

/** All numbers in conditions of the published policies. */
export function watchedScores(policies: PolicyBook): WatchedScores {
  const all = { total: new Set<number>(), fit: new Set<number>(), engagement: new Set<number>() }
  let firstCounts = false
  for (const kind of POLICY_KINDS) {
    for (const { definition } of policies.of(kind)) {
      const numbers = found.get(definition) ?? numbersIn(definition)
      found.set(definition, numbers)
      firstCounts ||= numbers.firstCounts
      for (const axis of AXES) for (const number of numbers[axis]) all[axis].add(number)
    }
  }
  return { total: [...all.total], fit: [...all.fit], engagement: [...all.engagement], firstCounts }
}

function numbersIn(definition: unknown): WatchedScores {
  const numbers = { total: [] as number[], fit: [] as number[], engagement: [] as number[], firstCounts: false }
  const visit = (part: unknown): void => {
    if (typeof part !== 'object' || part === null) return
    const { field, op, value, values } = part as { field?: unknown; op?: unknown; value?: unknown; values?: unknown }
    const axis = typeof field === 'string' ? AXIS_OF[field] : undefined
    const isSetness = axis !== undefined && (op === 'is_set' || op === 'is_not_set')
    if (field === 'score.grade' || isSetness) numbers.firstCounts = true
    if (axis !== undefined) {
      const texts = [value, ...(Array.isArray(values) ? values : [])].filter((text) => typeof text === 'string')
      numbers[axis].push(...texts.map(Number).filter(Number.isFinite))
    }
    for (const member of Object.values(part)) visit(member)
  }
  visit(definition)
  return numbers
}
