/**
 * PostgreSQL keeps so many bytes of a statement's name. Of two longer names that begin alike, as those of lists do that name
 * their filters, it takes the second for the first and refuses it.
 */
import { createHash } from 'node:crypto'
import type { Statement } from './flight.ts'

const MOST_BYTES = 63
/** Of the name itself; the rest is room for a digest, which no two names share. */
const KEPT = 30

/** The statement under a name that PostgreSQL keeps whole. Our names are ASCII. */
export function fitName(statement: Statement): Statement {
  const { name, text } = statement
  if (name.length <= MOST_BYTES) return statement
  const digest = createHash('sha256').update(name).digest('base64url').slice(0, 32)
  return { name: `${name.slice(0, KEPT)} ${digest}`, text }
}
