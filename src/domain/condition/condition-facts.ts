// What a condition may look at: one lead, and the times of its events. Values are as the wire shows them.
import type { LeadFacts } from '../lead.ts'
import type { CompiledBehaviour } from './compiled-condition.ts'
import { type FamilyFacts, NO_FAMILY_FACTS, readFamily, turnsOfFamily } from './family-facts.ts'
import type { FieldDefinition } from './field-catalogue.ts'
import { foldText } from './fold-text.ts'

export interface ConditionFacts {
  /**
   * The value of a field: text, number (never its text), boolean, array, `2024-05-01T10:00:00.000Z`, `2024-05-01`, a
   * uuid for `id`. Null, undefined and a value of another type are blank.
   */
  read(field: FieldDefinition, now: Date): unknown
  /** Moments at which the value of a field changes by time alone, epoch milliseconds, past ones too. */
  turns?(field: FieldDefinition): readonly number[]
  /**
   * When the lead did this, newest first, epoch milliseconds, none later than `now`: at least the newest `minCount`
   * times when there are so many. `withinDays` need not be applied.
   */
  eventTimes(behaviour: CompiledBehaviour, now: Date): readonly number[]
}

/** One event as far as conditions care. */
export interface ConditionEvent {
  readonly name: string
  /** Epoch milliseconds. */
  readonly occurredAt: number
  readonly properties: Readonly<Record<string, unknown>>
}

/** Values of further families of fields: kind of their source -> name in it -> value. */
export type FamilyValues = Map<string, Readonly<Record<string, unknown>>>

/**
 * A lead that changes while it is judged, with families of fields beside its own; all are read when asked for. What a
 * stage has set in `families` is newer than what was loaded.
 */
export function familyConditionFacts(
  readLead: () => LeadFacts,
  families: FamilyValues,
  eventTimes: ConditionFacts['eventTimes'],
  readLoaded: () => FamilyFacts = () => NO_FAMILY_FACTS,
): ConditionFacts {
  return {
    read: (field, now) => {
      const { kind, name } = field.source
      if (kind === 'column') return (readLead() as unknown as Readonly<Record<string, unknown>>)[name] // as below
      if (kind === 'custom_field') return own(readLead().custom_fields, name)
      const set = families.get(kind)
      return set === undefined ? readFamily(field, readLoaded(), readLead(), now) : own(set, name)
    },
    turns: (field) => turnsOfFamily(field, readLoaded()),
    eventTimes,
  }
}

/** A lead as facts; `events` may hold more than the condition asks about, in any order. */
export function leadConditionFacts(
  lead: LeadFacts,
  events: readonly ConditionEvent[] = [],
  families: FamilyFacts = NO_FAMILY_FACTS,
): ConditionFacts {
  const columns = lead as unknown as Readonly<Record<string, unknown>> // the catalogue names columns, LeadFacts has them
  return {
    read: (field, now) => {
      const { kind, name } = field.source
      if (kind === 'column') return columns[name]
      return kind === 'custom_field' ? own(lead.custom_fields, name) : readFamily(field, families, lead, now)
    },
    turns: (field) => turnsOfFamily(field, families),
    eventTimes: (behaviour, now) =>
      events
        .filter((event) => event.occurredAt <= now.getTime() && isBehaviour(event, behaviour))
        .map((event) => event.occurredAt)
        .sort((a, b) => b - a),
  }
}

/** Whether an event is of the asked name and has the asked properties, each a text. */
export function isBehaviour(event: ConditionEvent, behaviour: CompiledBehaviour): boolean {
  if (event.name !== behaviour.event) return false
  return behaviour.properties.every(([name, text]) => {
    const value = own(event.properties, name)
    return typeof value === 'string' && foldText(value) === text
  })
}

function own(members: Readonly<Record<string, unknown>>, name: string): unknown {
  return Object.hasOwn(members, name) ? members[name] : undefined
}

/** The same lead with further events, as if they had happened: for walks in advance. */
export function withEvents(facts: ConditionFacts, events: readonly ConditionEvent[]): ConditionFacts {
  return {
    ...facts,
    eventTimes: (behaviour, now) =>
      [
        ...events
          .filter((event) => event.occurredAt <= now.getTime() && isBehaviour(event, behaviour))
          .map((event) => event.occurredAt),
        ...facts.eventTimes(behaviour, now),
      ].sort((a, b) => b - a),
  }
}
