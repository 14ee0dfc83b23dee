/** Patterns that choose types of changes: a type, all of an object (`lead.*`), or everything (`*`). */
import { CHANGE_TYPES } from './change.ts'

const KNOWN_TYPES = Object.keys(CHANGE_TYPES)

/** Whether a type is one of those that a pattern means. */
export function isMeant(pattern: string, type: string): boolean {
  return pattern === '*' || pattern === type || (pattern.endsWith('.*') && type.startsWith(pattern.slice(0, -1)))
}

/** The known types that a pattern means; none is a typing error of its author. */
export function typesMeant(pattern: string): string[] {
  return KNOWN_TYPES.filter((type) => isMeant(pattern, type))
}
