// What a routing policy may look like: keys are unique, and each target names what its kind needs and nothing else.
// Whether users, pools and fields are there is asked by who has them at hand.
import type { RoutingDefinition, RoutingTarget, TargetKind } from './routing-policy.ts'

export interface RoutingFault {
  pointer: string
  code: string
  detail: string
}

const NEEDS: Record<TargetKind, 'user_id' | 'pool_key' | 'buyer_key' | null> = {
  user: 'user_id',
  pool: 'pool_key',
  queue: 'pool_key',
  buyer: 'buyer_key',
  account_owner: null,
  previous_owner: null,
}

/** Every target with its place. */
export function targetsOf({ rules, default_target }: RoutingDefinition): { target: RoutingTarget; pointer: string }[] {
  return [
    ...rules.map(({ target }, i) => ({ target, pointer: `/rules/${i}/target` })),
    { target: default_target, pointer: '/default_target' },
  ]
}

/** All faults of a definition, in its order. */
export function routingFaults(definition: RoutingDefinition): RoutingFault[] {
  const { rules, default_target } = definition
  const faults: RoutingFault[] = []
  const keys = new Set<string>()
  for (const [i, { key, skills, if_nobody, wait_seconds }] of rules.entries()) {
    const at = `/rules/${i}`
    if (keys.size === keys.add(key).size) add(faults, `${at}/key`, 'duplicate', 'This key is given twice.')
    const wished = skills.map(({ skill }) => skill)
    for (const [j, skill] of wished.entries()) {
      if (wished.indexOf(skill) < j) add(faults, `${at}/skills/${j}/skill`, 'duplicate', 'This skill is given twice.')
    }
    if (wait_seconds !== null && if_nobody !== 'wait') {
      add(faults, `${at}/wait_seconds`, 'not_allowed_here', 'Only a rule that waits has a longest wait.')
    }
  }
  for (const { target, pointer } of targetsOf(definition)) faults.push(...faultsOfTarget(target, pointer))
  if (NEEDS[default_target.kind] === null) {
    // Many leads have neither: then nobody at all would be asked.
    const detail = 'The last resort must be there for every lead: a user, a pool, a queue or a buyer.'
    add(faults, '/default_target/kind', 'not_allowed_here', detail)
  }
  return faults
}

function faultsOfTarget(target: RoutingTarget, pointer: string): RoutingFault[] {
  const faults: RoutingFault[] = []
  const needed = NEEDS[target.kind]
  for (const name of ['user_id', 'pool_key', 'buyer_key'] as const) {
    if (name === needed && target[name] === null) {
      add(faults, `${pointer}/${name}`, 'required', `A target of kind ${target.kind} needs it.`)
    }
    if (name !== needed && target[name] !== null) {
      add(faults, `${pointer}/${name}`, 'not_allowed_here', `A target of kind ${target.kind} takes none.`)
    }
  }
  return faults
}

function add(faults: RoutingFault[], pointer: string, code: string, detail: string): void {
  faults.push({ pointer, code, detail })
}
