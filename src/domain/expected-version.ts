// A change may name the versions that its author would accept: then it is made to one of them or not at all. Versions count
// from one; zero stands for "whichever it is now, but it must exist" (`If-Match: *`), null for no condition, and an empty
// list for a condition that no version fulfils.

/** The versions that a change may be made to. */
export type ExpectedVersion = readonly number[] | null

/** Any version, as long as there is one. */
export const ANY_VERSION: ExpectedVersion = [0]

/** True when the current version of an existing object is one that the author of a change accepts. */
export function isExpectedVersion(expected: ExpectedVersion, current: number): boolean {
  return expected === null || expected === ANY_VERSION || expected.includes(current)
}
