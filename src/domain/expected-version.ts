// A change may name the version that its author saw: then it is made to that version or not at all. Versions count from
// one; zero stands for "whichever it is now, but it must exist" (`If-Match: *`), null for no condition.

export const ANY_VERSION = 0

/** True when the current version of an existing object is one that the author of a change accepts. */
export function isExpectedVersion(expected: number | null, current: number): boolean {
  return expected === null || expected === ANY_VERSION || expected === current
}
