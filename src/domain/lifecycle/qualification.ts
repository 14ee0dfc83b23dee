// Qualification is evidence: a criterion (budget, authority …) has an answer with a status, its source, how sure it is and
// until when it holds. A framework (BANT, MEDDIC …) is a weighted list of criteria; its verdict follows from the answers
// and is never typed. An answer that has expired or is not sure enough counts as none.

/** What an answer says about its criterion. */
export const CRITERION_STATUSES = ['met', 'partly_met', 'not_met', 'unknown'] as const
export type CriterionStatus = (typeof CRITERION_STATUSES)[number]

/** Share of its weight that a criterion earns. */
const CREDIT: Record<string, number> = { met: 1, partly_met: 0.5 }

export interface CriterionAnswer {
  value: string | null
  status: CriterionStatus
  /** `api`, `form:<key>`, `enrichment:<provider>` … */
  source: string
  by: 'person' | 'machine'
  actor: string
  /** What was said or seen. */
  evidence: string | null
  evidence_url: string | null
  /** 0 to 1; null means that nobody said. */
  confidence: number | null
  answered_at: string
  /** From then on it counts as unanswered; null never. */
  expires_at: string | null
}

export type CriterionAnswers = Readonly<Record<string, CriterionAnswer>>

/** What one value that a form may send says about its criterion. */
export interface CriterionValue {
  value: string
  status: CriterionStatus
  confidence: number | null
}

export interface Criterion {
  key: string
  label: string
  question: string
  /** An answer holds so many days unless it says otherwise; null for ever. */
  valid_days: number | null
  /** What the values of forms mean; another value is kept and waits for somebody to judge it. */
  values: CriterionValue[]
}

export interface FrameworkCriterion {
  criterion: string
  weight: number
  required: boolean
}

export interface Framework {
  key: string
  label: string
  criteria: FrameworkCriterion[]
  /** A lead qualifies from this share of the weights on, in percent. */
  min_score: number
}

export interface QualificationPolicy {
  criteria: Criterion[]
  frameworks: Framework[]
  /** Answers that are less sure than this do not count. */
  min_confidence: number
}

export interface FrameworkVerdict {
  /** Every required criterion has an answer that counts. */
  complete: boolean
  /** Complete, no required criterion is unmet, and the score is reached. */
  qualified: boolean
  /** Percent of the weights. */
  score: number
  /** Required criteria without an answer that counts. */
  missing: string[]
  /** Required criteria that are not met. */
  unmet: string[]
}

export interface QualificationVerdict {
  /** How each answered criterion counts: its status, `expired` or `unsure`. */
  statuses: Record<string, string>
  verdicts: Record<string, FrameworkVerdict>
  /** When the next answer expires, epoch milliseconds. */
  next_change_at: number | null
}

/** What the answers amount to at `now`. */
export function decideQualification(
  answers: CriterionAnswers,
  policy: QualificationPolicy,
  now: Date,
): QualificationVerdict {
  const statuses = Object.fromEntries(
    Object.entries(answers).map(([key, answer]) => [key, countedStatus(answer, policy.min_confidence, now)]),
  )
  const expiries = Object.values(answers)
    .map(({ expires_at }) => (expires_at === null ? 0 : Date.parse(expires_at)))
    .filter((at) => at > now.getTime())
  return {
    statuses,
    verdicts: Object.fromEntries(policy.frameworks.map((framework) => [framework.key, judge(framework, statuses)])),
    next_change_at: expiries.length === 0 ? null : Math.min(...expiries),
  }
}

function countedStatus({ status, confidence, expires_at }: CriterionAnswer, least: number, now: Date): string {
  if (expires_at !== null && Date.parse(expires_at) <= now.getTime()) return 'expired'
  return confidence !== null && confidence < least ? 'unsure' : status
}

const COUNTS = new Set(['met', 'partly_met', 'not_met'])

function judge({ criteria, min_score }: Framework, statuses: Record<string, string>): FrameworkVerdict {
  const total = criteria.reduce((sum, { weight }) => sum + weight, 0)
  const earned = criteria.reduce((sum, { criterion, weight }) => sum + weight * creditOf(statuses, criterion), 0)
  const required = criteria.filter((one) => one.required).map(({ criterion }) => criterion)
  const missing = required.filter((key) => !COUNTS.has(statusOf(statuses, key)))
  const unmet = required.filter((key) => statusOf(statuses, key) === 'not_met')
  const score = total === 0 ? 0 : Math.round((100 * earned) / total)
  const complete = missing.length === 0
  return { complete, qualified: complete && unmet.length === 0 && score >= min_score, score, missing, unmet }
}

const creditOf = (statuses: Record<string, string>, key: string) => CREDIT[statusOf(statuses, key)] ?? 0

const statusOf = (statuses: Record<string, string>, key: string) =>
  Object.hasOwn(statuses, key) ? (statuses[key] ?? '') : ''
