/** Working hours on the wire: one shape wherever somebody's hours are asked for or told. */
import { Type } from 'typebox'
import { WEEKDAYS } from '../domain/calendar/calendar.ts'
import { ClosedEnum, component, input, List, Text } from './schema.ts'

const window = {
  weekdays: List(ClosedEnum(WEEKDAYS, { description: 'A day.', examples: ['monday'] }), 7, {
    description: 'Days on which the block begins.',
    examples: [['monday', 'tuesday', 'wednesday', 'thursday', 'friday']],
    minItems: 1,
  }),
  from: Type.String({
    pattern: '^([01][0-9]|2[0-3]):[0-5][0-9]$',
    maxLength: 5,
    description: 'Begin by the clock on the wall.',
    examples: ['09:00'],
  }),
  to: Type.String({
    pattern: '^(([01][0-9]|2[0-3]):[0-5][0-9]|24:00)$',
    maxLength: 5,
    description: 'End, up to 24:00; not later than `from` means on the next day.',
    examples: ['12:30'],
  }),
}

export const WorkingWindowSchema = component('WorkingWindow', 'A block of working time.', window)
export const WorkingWindowInput = input('WorkingWindowInput', 'A block of working time.', window)

/** IANA name of a time zone. */
export const TimeZoneName = (description: string) =>
  Text(64, { description, examples: ['Europe/Berlin'], minLength: 1 })

/** A day of the local calendar. */
export const LocalDay = (description: string) =>
  Type.String({ format: 'date', maxLength: 10, description, examples: ['2026-12-25'] })
