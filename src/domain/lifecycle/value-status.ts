// What a value of a form says about a criterion: what the lifecycle declares for it. A yes or no that nobody declared speaks
// for itself; any other value is kept as it is and says nothing until somebody judges it.
import type { Criterion, CriterionStatus, CriterionValue } from './qualification.ts'

/** Status and confidence that a value earns. */
export type ValueStatus = Pick<CriterionValue, 'status' | 'confidence'>

/** Best first: of several values that were chosen the best one counts. */
const RANK: readonly CriterionStatus[] = ['met', 'partly_met', 'not_met', 'unknown']

const UNJUDGED: ValueStatus = { status: 'unknown', confidence: null }

/** A value as it is compared. */
export const plainValue = (text: string) => text.normalize('NFC').trim().toLowerCase()

/** The status of the values that were given; `isChoice` tells a yes or no from a text that happens to read so. */
export function statusOfValues({ values }: Criterion, given: readonly string[], isChoice: boolean): ValueStatus {
  const declared = new Map(values.map((entry) => [plainValue(entry.value), entry]))
  const earned = given.map((text): ValueStatus => {
    const plain = plainValue(text)
    return declared.get(plain) ?? (isChoice ? statusOfChoice(plain) : UNJUDGED)
  })
  const [best = UNJUDGED] = earned.toSorted((a, b) => RANK.indexOf(a.status) - RANK.indexOf(b.status))
  return { status: best.status, confidence: best.confidence }
}

function statusOfChoice(plain: string): ValueStatus {
  if (plain === 'true') return { status: 'met', confidence: null }
  return plain === 'false' ? { status: 'not_met', confidence: null } : UNJUDGED
}
