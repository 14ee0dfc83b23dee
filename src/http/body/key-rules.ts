/** Most member names in one body: far above a lead with all its custom fields, far below what costs time to check. */
export const maxKeys = 1_000

/** Longest member name, in code points: custom-field keys are at most 64, form builders send labels as names. */
export const maxKeyLength = 256

/**
 * `__proto__` is refused wherever it appears: a later `target[key] = value` would swap the prototype of the target.
 * `constructor` and `prototype` are allowed. The parsers create every member as an own data property, so these names
 * shadow the inherited ones and change nothing else; only code that merges deeply into inherited properties could be
 * led astray by them, and such code must look at own properties alone anyway.
 */
export function isForbiddenKey(key: string): boolean {
  return key === '__proto__'
}

/** Whether a name has more than `limit` code points. A code point takes one or two UTF-16 units. */
export function isKeyTooLong(key: string, limit: number): boolean {
  if (key.length <= limit) return false
  return key.length > 2 * limit || Array.from(key).length > limit
}
