// Proof of work: the visitor's browser finds a number whose hash together with the timing token starts with so many zero
// bits. Costs half a second once; costs a spammer half a second each time, because every token is good once.
import { createHash } from 'node:crypto'

/** Leading zero bits of SHA-256 over `<token>.<number>`; -1 when the number is none that a solver would send. */
export function workOf(token: string, number: string): number {
  if (!/^\d{1,15}$/.test(number)) return -1
  const hash = createHash('sha256').update(`${token}.${number}`).digest()
  // 32 bits are far beyond what may be asked for.
  return Math.clz32(hash.readUInt32BE(0))
}
