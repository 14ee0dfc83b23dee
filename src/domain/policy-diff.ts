// What differs between two versions of a policy, place by place, so that a reviewer reads only what changed. Places are
// JSON pointers (RFC 6901). Members of a list that have a `key` are the same member wherever they stand in it.

export interface PolicyDifference {
  kind: 'added' | 'removed' | 'changed'
  /** A pointer; a member of a keyed list is named by its key: `/rules/seniority/points`. */
  path: string
  /** JSON text of the value before; null when it was not there. */
  before: string | null
  after: string | null
}

/** More nobody reads; the versions themselves are there. */
export const MAX_DIFFERENCES = 500
/** Longer values are cut. */
export const MAX_VALUE_TEXT = 2_000

/** The differences from one definition to another, in the order of their places. */
export function diffDefinitions(before: unknown, after: unknown): PolicyDifference[] {
  const found: PolicyDifference[] = []
  compare(before, after, '', found)
  return found.slice(0, MAX_DIFFERENCES)
}

function compare(before: unknown, after: unknown, path: string, found: PolicyDifference[]): void {
  if (found.length >= MAX_DIFFERENCES) return
  const [from, to] = [membersOf(before), membersOf(after)]
  if (from === null || to === null || Array.isArray(before) !== Array.isArray(after)) {
    note(before, after, path, found)
    return
  }
  for (const name of new Set([...from.keys(), ...to.keys()])) {
    const place = `${path}/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`
    compare(from.get(name), to.get(name), place, found)
  }
}

function note(before: unknown, after: unknown, path: string, found: PolicyDifference[]): void {
  const [from, to] = [textOf(before), textOf(after)]
  if (from === to) return
  const kind = from === null ? 'added' : to === null ? 'removed' : 'changed'
  found.push({ kind, path, before: cut(from), after: cut(to) })
}

/** The members of an object or list by name, or null for a plain value. */
function membersOf(value: unknown): ReadonlyMap<string, unknown> | null {
  if (typeof value !== 'object' || value === null) return null
  if (!Array.isArray(value)) return new Map(Object.entries(value))
  const keys = value.map(keyOf)
  const isKeyed = keys.every((key) => key !== null) && new Set(keys).size === keys.length
  return new Map(value.map((item, i) => [isKeyed ? (keys[i] ?? '') : String(i), item]))
}

function keyOf(item: unknown): string | null {
  if (typeof item !== 'object' || item === null || !('key' in item)) return null
  return typeof item.key === 'string' ? item.key : null
}

const textOf = (value: unknown): string | null => (value === undefined ? null : JSON.stringify(value))

const cut = (text: string | null) => (text === null ? null : [...text].slice(0, MAX_VALUE_TEXT).join(''))
