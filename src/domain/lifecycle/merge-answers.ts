// Which answers a writer's news leave: a person always has the last word; a machine fills what is open and never writes
// over what a person said while it holds, nor over a machine that was surer. News from the past (a submission that is
// read later, or once more) never write over what a person has said since.
import type { CriterionAnswer, CriterionAnswers, QualificationPolicy } from './qualification.ts'

/** News about one criterion; a null answer takes back what was said. */
export interface AnswerNews {
  criterion: string
  answer: CriterionAnswer | null
}

/** News that were not taken, and why. */
export interface KeptAnswer {
  criterion: string
  reason: 'typed_by_person' | 'surer_answer' | 'later_answer'
}

export interface MergedAnswers {
  answers: Record<string, CriterionAnswer>
  /** Criteria whose answer is another one now. */
  changed: string[]
  kept: KeptAnswer[]
}

const DAY_MS = 86_400_000

/** The answers after these news, in their order. */
export function mergeAnswers(current: CriterionAnswers, news: readonly AnswerNews[], now: Date): MergedAnswers {
  const answers: Record<string, CriterionAnswer> = { ...current }
  const changed = new Set<string>()
  const kept: KeptAnswer[] = []
  for (const { criterion, answer } of news) {
    const before = Object.hasOwn(answers, criterion) ? answers[criterion] : undefined
    if (answer === null) {
      if (before === undefined) continue
      delete answers[criterion]
      changed.add(criterion)
      continue
    }
    const reason = before === undefined ? null : obstacleOf(before, answer, now)
    if (reason !== null) kept.push({ criterion, reason })
    else if (before === undefined || !isSame(before, answer)) {
      answers[criterion] = answer
      changed.add(criterion)
    }
  }
  return { answers, changed: [...changed], kept }
}

function obstacleOf(before: CriterionAnswer, next: CriterionAnswer, now: Date): KeptAnswer['reason'] | null {
  const holds = before.expires_at === null || Date.parse(before.expires_at) > now.getTime()
  if (before.by === 'person' && isPast(next, now) && isLater(before, next)) return 'later_answer'
  if (next.by === 'person' || !holds || before.status === 'unknown') return null
  if (before.by === 'person') return 'typed_by_person'
  return (before.confidence ?? 1) > (next.confidence ?? 1) ? 'surer_answer' : null
}

/** Who answers now is never late, whatever the clock of another process said. */
const isPast = ({ answered_at }: CriterionAnswer, now: Date) => Date.parse(answered_at) < now.getTime()

const isLater = (a: CriterionAnswer, b: CriterionAnswer) => Date.parse(a.answered_at) > Date.parse(b.answered_at)

/** The same words again are no news, whenever they come; only a later end makes them some. */
function isSame(a: CriterionAnswer, b: CriterionAnswer): boolean {
  return (
    a.value === b.value &&
    a.status === b.status &&
    a.source === b.source &&
    a.by === b.by &&
    a.evidence === b.evidence &&
    a.evidence_url === b.evidence_url &&
    a.confidence === b.confidence &&
    a.expires_at === b.expires_at
  )
}

/** When an answer of `at` ends by the rule of its criterion. */
export function expiryOf({ criteria }: QualificationPolicy, criterion: string, at: Date): string | null {
  const days = criteria.find(({ key }) => key === criterion)?.valid_days ?? null
  return days === null ? null : new Date(at.getTime() + days * DAY_MS).toISOString()
}
