/** Answers to qualification criteria that submissions bring, once it is known whose they are. */
import type { Tx } from '../db/client.ts'
import type { FormDefinition } from '../domain/form.ts'
import type { AnswerNews } from '../domain/lifecycle/merge-answers.ts'
import type { CriterionAnswer } from '../domain/lifecycle/qualification.ts'
import { criteriaOf, readCriteria } from '../domain/read-criteria.ts'
import type { ReceivedSubmission } from '../domain/read-submission.ts'
import { type AnswerOrder, answerCriteria } from './lifecycle/answer-criteria.ts'
import { readLifecycle } from './lifecycle/find-lifecycle.ts'
import { listQualifications } from './lifecycle/lifecycle-queries.ts'
import type { Resolution } from './resolve-lead.ts'

/** A submission that was let through, with its form and its lead, which is locked. */
export interface AnsweringSubmission {
  submission: ReceivedSubmission
  form: FormDefinition
  resolution: Resolution
}

/** Writes the answers in the order of the submissions; returns, by submission, which were not taken and why. */
export async function recordAnswers(
  tx: Tx,
  answering: readonly AnsweringSubmission[],
  now: Date,
): Promise<Map<string, string[]>> {
  const reasons = new Map<string, string[]>()
  const asked = answering.filter(({ form }) => criteriaOf(form).length > 0)
  if (asked.length === 0) return reasons
  const lifecycle = await readLifecycle(tx)
  const orders: (AnswerOrder & { id: string })[] = []
  for (const { submission, form, resolution } of asked) {
    const { news, unknown } = readCriteria(form, submission, lifecycle.policy)
    reasons.set(submission.id, unknown.map(unknownReason))
    const { actor, origin } = resolution.intake
    if (news.length > 0) orders.push({ id: submission.id, lead: resolution.lead, actor, origin, news })
  }
  const results = await answerCriteria(tx, lifecycle, orders, now)
  for (const [i, { kept }] of results.entries()) {
    const id = orders[i]?.id ?? ''
    reasons.set(id, [...(reasons.get(id) ?? []), ...kept.map(keptReason)])
  }
  return reasons
}

const unknownReason = (key: string) => `criteria.${key}: unknown_criterion`
const keptReason = ({ criterion, reason }: { criterion: string; reason: string }) => `criteria.${criterion}: ${reason}`

/** An answer that would be taken, for who answers now has the last word, and the one that it would replace. */
export interface RehearsedAnswer {
  news: AnswerNews
  before: CriterionAnswer | null
}

export interface RehearsedAnswers {
  answers: RehearsedAnswer[]
  reasons: string[]
}

/** The same for a submission that nobody has sent, with nothing written. */
export async function rehearseAnswers(
  tx: Tx,
  { submission, form, resolution }: AnsweringSubmission,
): Promise<RehearsedAnswers> {
  if (criteriaOf(form).length === 0) return { answers: [], reasons: [] }
  const { news, unknown } = readCriteria(form, submission, (await readLifecycle(tx)).policy)
  const leadId = resolution.match.lead_id
  const [row] = leadId === null ? [] : await listQualifications(tx, [leadId])
  const known = new Map(Object.entries(row?.answers ?? {}))
  return {
    answers: news.map((one) => ({ news: one, before: known.get(one.criterion) ?? null })),
    reasons: unknown.map(unknownReason),
  }
}
