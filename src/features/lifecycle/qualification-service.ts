/** Reading and answering the qualification of a lead. */

import type { Caller, Ctx } from '../../ctx.ts'
import { withWorkspace } from '../../db/client.ts'
import type { ExpectedVersion } from '../../domain/expected-version.ts'
import type { CompiledLifecycle } from '../../domain/lifecycle/lifecycle-policy.ts'
import { type AnswerNews, expiryOf } from '../../domain/lifecycle/merge-answers.ts'
import { type CriterionStatus, decideQualification } from '../../domain/lifecycle/qualification.ts'
import { encodeTypeId } from '../../domain/type-id.ts'
import { notFound, type ProblemItem, validationFailed } from '../../errors.ts'
import { etagOf, requireVersion } from '../../http/etag.ts'
import { listLeads, lockLeads } from '../../pipeline/desk-queries.ts'
import { answerCriteria } from '../../pipeline/lifecycle/answer-criteria.ts'
import { readLifecycle } from '../../pipeline/lifecycle/find-lifecycle.ts'
import { listQualifications, type QualificationRow } from '../../pipeline/lifecycle/lifecycle-queries.ts'
import { withJourney } from '../../pipeline/with-journey.ts'

/** One answer as the schema lets it through. */
export interface AnswerInput {
  criterion: string
  status: CriterionStatus
  value?: string | null
  evidence?: string | null
  evidence_url?: string | null
  confidence?: number | null
  expires_at?: string | null
  source?: string
  by?: 'person' | 'machine'
}

/** The qualification of a lead as it counts now; throws 404. */
export async function readQualification(ctx: Ctx, workspaceId: string, leadId: string) {
  return await withWorkspace(ctx.db, workspaceId, async (tx) => {
    const [[lead], [row], lifecycle] = await Promise.all([
      listLeads(tx, [leadId]),
      listQualifications(tx, [leadId]),
      readLifecycle(tx),
    ])
    if (lead === undefined) throw notFound('lead')
    return toQualification(leadId, row, lifecycle, [], ctx.now())
  })
}

/** Adds answers; throws 404, 400 for criteria that there are not, 412. */
export async function answerQualification(
  ctx: Ctx,
  caller: Caller,
  leadId: string,
  answers: readonly AnswerInput[],
  ifMatch: ExpectedVersion,
) {
  const now = ctx.now()
  return await withJourney(ctx.db, caller.workspaceId, async (tx) => {
    const [locked] = await lockLeads(tx, [leadId])
    if (locked === undefined) throw notFound('lead')
    const lifecycle = await readLifecycle(tx)
    const faults = answers.flatMap((answer, i) => [
      ...faultsOf(answer, i, lifecycle, now),
      ...faultsOfRepetition(answers, i),
    ])
    if (faults.length > 0) throw validationFailed(faults)
    const [before] = await listQualifications(tx, [leadId])
    requireVersion(ifMatch, shownVersion(before))
    const news = answers.map((answer) => newsOf(answer, caller.actor, lifecycle, now))
    const order = { lead: locked.lead, actor: caller.actor, origin: caller.origin, news }
    const [result] = await answerCriteria(tx, lifecycle, [order], now)
    const kept = result?.kept.map(({ criterion }) => criterion) ?? []
    return toQualification(leadId, result?.row, lifecycle, kept, now)
  })
}

/** Version 1 is a lead that nobody has asked anything. */
const shownVersion = (row: QualificationRow | undefined) => (row?.version ?? 0) + 1

function faultsOf(answer: AnswerInput, i: number, { policy }: CompiledLifecycle, now: Date): ProblemItem[] {
  const faults: ProblemItem[] = []
  const add = (name: string, code: string, detail: string) =>
    faults.push({ code, detail, pointer: `/answers/${i}/${name}`, parameter: null })
  if (!policy.criteria.some(({ key }) => key === answer.criterion)) {
    add('criterion', 'unknown_criterion', `Must be one of: ${policy.criteria.map(({ key }) => key).join(', ')}.`)
  }
  if (answer.expires_at != null && !(Date.parse(answer.expires_at) > now.getTime())) {
    add('expires_at', 'out_of_range', 'Must be a moment of the future.')
  }
  return faults
}

/** Of two answers in one call nobody can tell which is meant. */
function faultsOfRepetition(answers: readonly AnswerInput[], i: number): ProblemItem[] {
  const first = answers.findIndex(({ criterion }) => criterion === answers[i]?.criterion)
  const detail = 'There is an answer to this criterion already.'
  return first === i ? [] : [{ code: 'duplicate', detail, pointer: `/answers/${i}/criterion`, parameter: null }]
}

function newsOf(input: AnswerInput, actor: string, { policy }: CompiledLifecycle, now: Date): AnswerNews {
  const { criterion, status, value = null, evidence = null, evidence_url = null, confidence = null } = input
  if (status === 'unknown' && value === null) return { criterion, answer: null }
  const { expires_at, source = 'api', by = 'person' } = input
  const ends = expires_at === undefined ? expiryOf(policy, criterion, now) : expires_at
  return {
    criterion,
    answer: {
      ...{ value, status, source, by, actor, evidence, evidence_url, confidence },
      answered_at: now.toISOString(),
      expires_at: ends === null ? null : new Date(ends).toISOString(),
    },
  }
}

function toQualification(
  leadId: string,
  row: QualificationRow | undefined,
  { name, policy }: CompiledLifecycle,
  kept: string[],
  now: Date,
) {
  const { statuses, verdicts, next_change_at } = decideQualification(row?.answers ?? {}, policy, now)
  return {
    lead_id: encodeTypeId('lead', leadId),
    answers: Object.entries(row?.answers ?? {})
      .map(([criterion, answer]) => ({ criterion, ...answer, counts_as: statuses[criterion] ?? 'unknown' }))
      .sort((a, b) => (a.criterion < b.criterion ? -1 : 1)),
    verdicts: Object.entries(verdicts).map(([framework, verdict]) => ({ framework, ...verdict })),
    kept,
    next_change_at: next_change_at === null ? null : new Date(next_change_at).toISOString(),
    policy: name,
    etag: etagOf(shownVersion(row)),
  }
}
