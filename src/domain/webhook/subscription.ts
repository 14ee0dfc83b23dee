// Which changes an endpoint wants: by type, and by a condition over the lead as it is after the change. The lead comes
// from the change itself, so the verdict is the same whenever it is made, and needs nothing but the change.
import type { CompiledCondition } from '../condition/compiled-condition.ts'
import type { ConditionFacts } from '../condition/condition-facts.ts'
import { matchesCondition } from '../condition/evaluate-condition.ts'
import { decodeTypeId } from '../type-id.ts'

/** The lead of a change, in wire form, as facts of a condition. */
export function wireLeadFacts(lead: Readonly<Record<string, unknown>>): ConditionFacts {
  return {
    read: (field) => {
      const { kind, name } = field.source
      if (kind === 'custom_field') return own(lead['custom_fields'], name)
      const value = own(lead, name)
      return field.type === 'id' && typeof value === 'string' ? decodeTypeId(field.idKind, value) : value
    },
    eventTimes: () => [],
  }
}

/** Whether the lead of a change is one that an endpoint asks for. */
export function wantsLead(
  condition: CompiledCondition,
  lead: Readonly<Record<string, unknown>> | null,
  now: Date,
): boolean {
  return lead !== null && matchesCondition(condition, wireLeadFacts(lead), now)
}

function own(members: unknown, name: string): unknown {
  if (typeof members !== 'object' || members === null || !Object.hasOwn(members, name)) return undefined
  return (members as Readonly<Record<string, unknown>>)[name]
}
