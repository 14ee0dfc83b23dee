import { type BodyFault, type BodyFaultCode, makeBodyFault } from './body-fault.ts'
import { maxDepth } from './json-limits.ts'
import { makePointer } from './json-pointer.ts'
import { isForbiddenKey } from './key-rules.ts'

// With the `u` flag a surrogate pair is one character, so only an unpaired half has the category Surrogate.
const loneSurrogate = /\p{Surrogate}/u

/** Why PostgreSQL could not store this text as sent (NUL is refused, half a pair is replaced or refused), or `null`. */
export function findTextFaultCode(text: string): BodyFaultCode | null {
  if (text.includes('\0')) return 'nul_character'
  return loneSurrogate.test(text) ? 'lone_surrogate' : null
}

/**
 * The first fault in the texts and member names of a value that another parser made: query string, headers, multipart
 * fields. Walks arrays and plain objects; anything else that is not a string (a file's bytes, a stream) is passed over.
 * More than 32 levels, or a cycle, is `too_deep`.
 */
export function findTextFault(value: unknown): BodyFault | null {
  return findFaultAt(value, [])
}

function findFaultAt(value: unknown, path: (string | number)[]): BodyFault | null {
  if (typeof value === 'string') {
    const code = findTextFaultCode(value)
    return code && makeBodyFault(code, makePointer(path))
  }
  if (!isContainer(value)) return null
  if (path.length === maxDepth) return makeBodyFault('too_deep', makePointer(path), maxDepth)
  for (const [key, member] of Object.entries(value)) {
    const code = isForbiddenKey(key) ? 'forbidden_key' : findTextFaultCode(key)
    const fault = code ? makeBodyFault(code, makePointer(path)) : findFaultAt(member, [...path, key])
    if (fault) return fault
  }
  return null
}

function isContainer(value: unknown): value is object {
  if (typeof value !== 'object' || value === null) return false
  if (Array.isArray(value)) return true
  const prototype: unknown = Object.getPrototypeOf(value)
  // Either no prototype or one at the end of its chain: Object.prototype, or the bare one of Fastify's query objects.
  return prototype === null || Object.getPrototypeOf(prototype) === null
}
