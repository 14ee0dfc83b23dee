// New ids. UUIDv7: they sort by the moment at which they were made, so that indexes grow at one end.
import { randomFillSync } from 'node:crypto'
import { V7Generator } from 'uuidv7'
import { formatUuid } from './type-id.ts'

/** Random numbers are drawn this many at a time: asking for each id's alone costs more than all else about it. */
const DRAWN = 1024

const numbers = new Uint32Array(DRAWN)
let used = DRAWN

function nextUint32(): number {
  if (used === DRAWN) {
    randomFillSync(numbers)
    used = 0
  }
  const number = numbers[used] ?? 0
  // An id that somebody has seen must not be found in the memory of the process again, and tells nothing about the next.
  numbers[used++] = 0
  return number
}

const generator = new V7Generator({ nextUint32 })

/** A new id; later ones of a process sort behind it. */
export const newId = (): string => formatUuid(generator.generate().bytes)
