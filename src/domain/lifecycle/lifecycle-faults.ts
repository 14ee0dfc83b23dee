// What is wrong with a lifecycle, all of it at once, each with its place: names that lead nowhere, gates that ask for
// unknown fields, and circles of automatic moves, in which a lead would run for ever.
import type { FieldCatalogue } from '../condition/field-catalogue.ts'
import { validateCondition } from '../condition/validate-condition.ts'
import type { LifecyclePolicy, Transition } from './lifecycle-policy.ts'
import { plainValue } from './value-status.ts'

export interface LifecycleFault {
  code: string
  detail: string
  pointer: string
}

/** Shortest rest between automatic moves where they can go round in a circle: an hour. */
export const CIRCLE_COOL_DOWN_SECONDS = 3_600

/** Every fault of a policy under the fields of its workspace. */
export function findLifecycleFaults(policy: LifecyclePolicy, catalogue: FieldCatalogue): LifecycleFault[] {
  return [
    ...faultsOfKeys(policy),
    ...faultsOfNames(policy),
    ...faultsOfValues(policy),
    ...policy.transitions.flatMap(({ gate }, i) => {
      const verdict = validateCondition(gate, catalogue, `/transitions/${i}/gate`)
      return verdict.ok ? [] : verdict.faults
    }),
    ...faultsOfCircles(policy),
  ]
}

function faultsOfKeys(policy: LifecyclePolicy): LifecycleFault[] {
  const lists = ['stages', 'transitions', 'reasons', 'criteria', 'frameworks'] as const
  return lists.flatMap((list) => {
    const seen = new Set<string>()
    return policy[list].flatMap(({ key }, i) => {
      const isNew = !seen.has(key)
      seen.add(key)
      return isNew ? [] : [{ code: 'duplicate', detail: `"${key}" is there already.`, pointer: `/${list}/${i}/key` }]
    })
  })
}

/** Values are compared without case, so two spellings of one would contradict each other. */
function faultsOfValues({ criteria }: LifecyclePolicy): LifecycleFault[] {
  return criteria.flatMap(({ values }, i) => {
    const seen = new Set<string>()
    return values.flatMap(({ value }, k) => {
      const plain = plainValue(value)
      const isNew = !seen.has(plain)
      seen.add(plain)
      if (isNew) return []
      return [
        { code: 'duplicate', detail: `"${value}" is there already.`, pointer: `/criteria/${i}/values/${k}/value` },
      ]
    })
  })
}

function faultsOfNames(policy: LifecyclePolicy): LifecycleFault[] {
  const stages = new Set(policy.stages.map(({ key }) => key))
  const criteria = new Set(policy.criteria.map(({ key }) => key))
  const frameworks = new Set(policy.frameworks.map(({ key }) => key))
  const faults: LifecycleFault[] = []
  const check = (known: ReadonlySet<string>, kind: string, name: string | null, pointer: string) => {
    if (name === null || known.has(name)) return
    faults.push({ code: `unknown_${kind}`, detail: `No such ${kind}: "${name}".`, pointer })
  }
  for (const place of ['initial_stage', 'accept_stage', 'recycle_stage'] as const) {
    check(stages, 'stage', policy[place], `/${place}`)
  }
  for (const [i, { from, to, framework, criteria: needed }] of policy.transitions.entries()) {
    const at = `/transitions/${i}`
    for (const [k, name] of from.entries()) check(stages, 'stage', name, `${at}/from/${k}`)
    check(stages, 'stage', to, `${at}/to`)
    check(frameworks, 'framework', framework, `${at}/framework`)
    for (const [k, name] of needed.entries()) check(criteria, 'criterion', name, `${at}/criteria/${k}`)
  }
  for (const [i, { to }] of policy.reasons.entries()) check(stages, 'stage', to, `/reasons/${i}/to`)
  for (const [i, framework] of policy.frameworks.entries()) {
    const seen = new Set<string>()
    for (const [k, { criterion }] of framework.criteria.entries()) {
      const pointer = `/frameworks/${i}/criteria/${k}/criterion`
      check(criteria, 'criterion', criterion, pointer)
      if (seen.has(criterion)) faults.push({ code: 'duplicate', detail: `"${criterion}" is there already.`, pointer })
      seen.add(criterion)
    }
  }
  return faults
}

/** A circle of automatic moves is allowed only where each round takes its time. */
function faultsOfCircles(policy: LifecyclePolicy): LifecycleFault[] {
  if (policy.cool_down_seconds >= CIRCLE_COOL_DOWN_SECONDS) return []
  const rank = new Map(policy.stages.filter(({ kind }) => kind === 'path').map(({ key }, i) => [key, i]))
  const isForward = (from: string, to: string) =>
    !policy.no_backwards || (rank.get(from) ?? -1) < (rank.get(to) ?? Number.POSITIVE_INFINITY)
  const next = (from: string) =>
    policy.transitions.filter((transition) => leaves(transition, from) && isForward(from, transition.to))
  const circle = policy.stages.find(({ key }) => isReachable(key, key, (stage) => next(stage).map(({ to }) => to)))
  if (circle === undefined) return []
  const detail = `Automatic moves lead from "${circle.key}" back to it: wait at least ${CIRCLE_COOL_DOWN_SECONDS} seconds between them.`
  return [{ code: 'automatic_circle', detail, pointer: '/cool_down_seconds' }]
}

const leaves = ({ by, from, to }: Transition, stage: string) =>
  by.includes('automatic') && to !== stage && (from.length === 0 || from.includes(stage))

function isReachable(start: string, goal: string, next: (stage: string) => string[]): boolean {
  const seen = new Set<string>()
  const open = next(start)
  for (let stage = open.pop(); stage !== undefined; stage = open.pop()) {
    if (stage === goal) return true
    if (seen.has(stage)) continue
    seen.add(stage)
    open.push(...next(stage))
  }
  return false
}
