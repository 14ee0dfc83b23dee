/** Writes answers to qualification criteria, whoever brings them: the API, a form, enrichment. */
import type { PendingChange } from '../../changes/change.ts'
import { recordChanges } from '../../changes/record-change.ts'
import type { Tx } from '../../db/client.ts'
import type { LeadFacts } from '../../domain/lead.ts'
import { toLead } from '../../domain/lead-wire.ts'
import type { CompiledLifecycle } from '../../domain/lifecycle/lifecycle-policy.ts'
import { type AnswerNews, type KeptAnswer, mergeAnswers } from '../../domain/lifecycle/merge-answers.ts'
import { decideQualification } from '../../domain/lifecycle/qualification.ts'
import { newId } from '../../domain/new-id.ts'
import { insertRows } from '../desk-queries.ts'
import { markWork } from '../mark-work.ts'
import type { Teller } from '../tell-story.ts'
import { listQualifications, type QualificationRow, saveQualifications } from './lifecycle-queries.ts'

/** News about one lead, which is locked by the caller. */
export interface AnswerOrder extends Teller {
  lead: LeadFacts
  news: readonly AnswerNews[]
}

export interface AnswerResult {
  row: QualificationRow
  changed: string[]
  kept: KeptAnswer[]
}

/** Merges the news into what is known, decides anew and marks the leads; the results are in the order of the orders. */
export async function answerCriteria(
  tx: Tx,
  { name, policy }: CompiledLifecycle,
  orders: readonly AnswerOrder[],
  now: Date,
): Promise<AnswerResult[]> {
  if (orders.length === 0) return []
  const stored = await listQualifications(tx, [...new Set(orders.map(({ lead }) => lead.id))])
  const rows = new Map(stored.map((row) => [row.lead_id, row]))
  const results = orders.map((order): AnswerResult & { order: AnswerOrder; before: QualificationRow | undefined } => {
    const before = rows.get(order.lead.id)
    const { answers, changed, kept } = mergeAnswers(before?.answers ?? {}, order.news, now)
    const { next_change_at: _, ...verdict } = decideQualification(answers, policy, now)
    const version = (before?.version ?? 0) + (changed.length > 0 ? 1 : 0)
    const row = { lead_id: order.lead.id, answers, ...verdict, version, updated_at: now.toISOString() }
    if (changed.length > 0) rows.set(order.lead.id, row)
    return { row: changed.length > 0 ? row : (before ?? row), changed, kept, order, before }
  })
  const written = results.filter(({ changed }) => changed.length > 0)
  await saveQualifications(tx, [...new Map(written.map(({ row }) => [row.lead_id, row])).values()])
  await tellAnswers(tx, name, written, now)
  await markWork(
    tx,
    written.map(({ row }) => row.lead_id),
    'qualification',
  )
  return results.map(({ row, changed, kept }) => ({ row, changed, kept }))
}

type Told = AnswerResult & { order: AnswerOrder; before: QualificationRow | undefined }

async function tellAnswers(tx: Tx, policy: string, written: readonly Told[], now: Date): Promise<void> {
  const at = now.toISOString()
  const told = written.map((one) => ({ ...one, receipt_id: newId() }))
  await insertRows(
    tx,
    'receipts',
    told.map(({ row, changed, kept, receipt_id, order }) => ({
      id: receipt_id,
      lead_id: row.lead_id,
      kind: 'qualification',
      decided_at: at,
      policy,
      inputs: { answered: order.news.map(({ criterion }) => criterion) },
      outcome: { changed, scores: scoresOf(row) },
      rejected: kept,
    })),
  )
  await insertRows(
    tx,
    'activities',
    told.map(({ row, changed, receipt_id, order }) => ({
      id: newId(),
      lead_id: row.lead_id,
      type: 'qualification_changed',
      occurred_at: at,
      actor: order.actor,
      subject: null,
      data: { changed, statuses: row.statuses },
      receipt_id,
    })),
  )
  recordChanges(
    tx,
    told.map(
      ({ row, before, order }): PendingChange => ({
        type: 'lead.qualification_changed',
        object_id: row.lead_id,
        actor: order.actor,
        origin: order.origin,
        occurred_at: at,
        object: toLead(order.lead),
        changed_fields: ['qualification'],
        previous: { qualification: before?.statuses ?? {} },
        details: { qualification: row.statuses, scores: scoresOf(row) },
      }),
    ),
  )
}

const scoresOf = ({ verdicts }: QualificationRow) =>
  Object.fromEntries(Object.entries(verdicts).map(([framework, { score }]) => [framework, score]))
