/** How many records a list has: counted only when asked for, and never beyond what a person reads. */
import { type TSchema, Type } from 'typebox'
import { COUNT_LIMIT } from '../db/count-limit.ts'
import { ClosedEnum, component, Flag, Int, Nullable, NullableRef, ref } from './schema.ts'

export const Total = component('Total', 'How many there are.', {
  value: Int(0, COUNT_LIMIT, { description: `Counted up to ${COUNT_LIMIT}.`, examples: [128] }),
  relation: ClosedEnum(['eq', 'gte'], { description: '`eq`: exactly so many. `gte`: at least so many.' }),
})

/** The total of a count that stopped one after the limit; null when nobody asked. */
export function toTotal(counted: number | null): { value: number; relation: 'eq' | 'gte' } | null {
  if (counted === null) return null
  return counted > COUNT_LIMIT ? { value: COUNT_LIMIT, relation: 'gte' } : { value: counted, relation: 'eq' }
}

/** The envelope of a list that can tell its total. */
export function countedPageOf<T extends TSchema>(name: string, description: string, item: T) {
  return component(name, description, {
    data: Type.Array(ref(item), { description: 'This page, in the order of `sort`.', maxItems: 1000 }),
    has_more: Flag({ description: 'True when another page follows.', examples: [false] }),
    next_cursor: Nullable(
      Type.String({
        description: 'Pass as `cursor` for the next page; null on the last one.',
        maxLength: 16_384,
        pattern: '^[A-Za-z0-9_.-]*$',
        examples: [null],
      }),
    ),
    total: NullableRef(Total, 'How many there are; null unless `include_total` asks.'),
  })
}

export const IncludeTotalParameter = Type.Boolean({
  default: false,
  description: `True counts all matches, up to ${COUNT_LIMIT}.`,
  examples: [false],
})
