/** Lets leads into a sequence: by somebody's wish, by another sequence, or because the entry of the sequence says so. */
import type { Tx } from '../../db/client.ts'
import { newId } from '../../domain/new-id.ts'
import type { EnrollmentRow } from '../../domain/sequence/enrollment.ts'
import { type EntryRefusal, isHeldOut, refuseEntry } from '../../domain/sequence/enter.ts'
import { lockLeads } from '../desk-queries.ts'
import type { JudgeDesk, JudgedLead } from '../judge/judge-desk.ts'
import { openJudgeDesk } from '../judge/open-judge-desk.ts'
import { tellEnrollment, tellLines } from './end-enrollments.ts'
import { type ContactFacts, loadContactFacts } from './enrollment-facts.ts'
import { type EarlierRow, insertEnrollments, listEarlier } from './enrollment-queries.ts'
import { compiledOf, onlySequences, type PublishedSequence } from './find-sequence.ts'

export type EnrollResult =
  | { outcome: 'enrolled'; lead_id: string; enrollment: EnrollmentRow }
  | { outcome: 'refused'; lead_id: string; reason: EntryRefusal | 'not_found' | 'not_published' }

export interface EnrollWish {
  key: string
  leadIds: readonly string[]
  entered_by: string
}

/** Sequences and triggers, not keys. */
const isAutomatic = (enteredBy: string) => /^(sequence|entry):/.test(enteredBy)

/** Enrolls leads by name; one result for each, in their order. Who is in the sequence already is refused as running. */
export async function enrollLeads(
  tx: Tx,
  { key, leadIds, entered_by }: EnrollWish,
  now: Date,
): Promise<EnrollResult[]> {
  const locked = await lockLeads(tx, [...new Set(leadIds)].sort())
  const desk = await openJudgeDesk(
    tx,
    locked.map((one) => ({ ...one, reasons: [] })),
    now,
    { narrow: onlySequences },
  )
  const sequence = desk.policies.of('sequence').find((one) => one.key === key) as PublishedSequence | undefined
  if (sequence === undefined)
    return leadIds.map((lead_id) => ({ outcome: 'refused', lead_id, reason: 'not_published' }))
  const [contact, earlier] = await Promise.all([
    loadContactFacts(
      tx,
      locked.map(({ lead }) => lead),
      [],
    ),
    listEarlier(tx, tx.workspaceId, leadIds),
  ])
  const verdicts = leadIds.map((lead_id): EnrollResult => {
    const judged = desk.leads.get(lead_id)
    if (judged === undefined) return { outcome: 'refused', lead_id, reason: 'not_found' }
    const reason = refusalOf(desk, contact, earlier, judged, sequence, isAutomatic(entered_by))
    if (reason !== null) return { outcome: 'refused', lead_id, reason }
    return { outcome: 'enrolled', lead_id, enrollment: newEnrollment(desk, judged, sequence, entered_by) }
  })
  const started = await startEnrollments(
    tx,
    verdicts.flatMap((verdict) => (verdict.outcome === 'enrolled' ? [verdict.enrollment] : [])),
    now,
  )
  return verdicts.map((verdict) =>
    verdict.outcome === 'enrolled' && !started.has(verdict.enrollment.id)
      ? { outcome: 'refused', lead_id: verdict.lead_id, reason: 'running' }
      : verdict,
  )
}

/** Why a lead may not enter a sequence now; null when it may. */
export function refusalOf(
  desk: JudgeDesk,
  contact: ContactFacts,
  earlier: readonly EarlierRow[],
  { id, lead, facts }: JudgedLead,
  { key, definition }: Pick<PublishedSequence, 'key' | 'definition'>,
  automatic: boolean,
): EntryRefusal | null {
  const entry = {
    lead: facts,
    timeZone: lead.time_zone ?? desk.policy.settings.time_zone,
    stage_key: lead.stage_key,
    archived: lead.archived,
    opted_out: contact.hasOptedOut(lead, definition, desk.now),
    earlier: earlier
      .filter((row) => row.lead_id === id && row.sequence_key === key)
      .map(({ started_at, ended_at }) => ({
        started_at: new Date(started_at),
        ended_at: ended_at === null ? null : new Date(ended_at),
      })),
    automatic,
  }
  return refuseEntry(compiledOf(desk.catalogue, definition), entry, desk.now)
}

/** An enrollment at the first step, due at once. */
export function newEnrollment(
  { catalogue, now }: JudgeDesk,
  { id: lead_id }: JudgedLead,
  { key, version, definition }: PublishedSequence,
  entered_by: string,
): EnrollmentRow {
  const id = newId()
  const at = now.toISOString()
  const sequence = compiledOf(catalogue, definition)
  const held_out = isHeldOut(sequence, key, lead_id)
  return {
    id,
    sequence_key: key,
    version,
    lead_id,
    status: 'active',
    reason: null,
    held_out,
    step_key: sequence.first,
    waiting_since: null,
    variant: null,
    due_at: at,
    visits: 0,
    failures: 0,
    edits: 1,
    entered_by,
    started_at: at,
    ended_at: null,
    updated_at: at,
  }
}

/** Stores enrollments and tells of them; returns the ids of those whose lead was not in the sequence already. */
export async function startEnrollments(tx: Tx, rows: readonly EnrollmentRow[], now: Date): Promise<Set<string>> {
  const started = await insertEnrollments(tx, rows)
  const entered = rows.filter(({ id }) => started.has(id))
  await tellLines(tx, entered, 'sequence_entered', null, now)
  for (const row of entered) tellEnrollment(tx, 'enrollment.started', row, now, {}, row.entered_by)
  if (entered.length > 0) tx.announce('enrollments')
  return started
}
