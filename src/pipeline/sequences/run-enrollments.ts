/**
 * Due enrollments of one workspace, batch by batch. A batch is one transaction: what is due is locked with its leads, one
 * decision is taken about each, and what its steps do is written together with where it stands then. So a step is taken
 * once, whatever dies in between, and any number of workers may do this at once.
 */
import type { Ctx } from '../../ctx.ts'
import { isConnectionFault, sqlStateOf, type Tx } from '../../db/client.ts'
import { type Advance, advance, changesLead, type EnrollmentFacts } from '../../domain/sequence/advance.ts'
import type { CompiledSequence } from '../../domain/sequence/compile-sequence.ts'
import type { EnrollmentRow } from '../../domain/sequence/enrollment.ts'
import type { SequenceDefinition } from '../../domain/sequence/sequence.ts'
import { inLanes } from '../../queue/in-lanes.ts'
import { unjudged } from '../explain-on-lead.ts'
import type { JudgeDesk, JudgedLead } from '../judge/judge-desk.ts'
import { openJudgeDesk, readDeskPolicies } from '../judge/open-judge-desk.ts'
import { withJourney } from '../with-journey.ts'
import { applyEffects } from './apply-effects.ts'
import { endEnrollments } from './end-enrollments.ts'
import { type ContactFacts, loadContactFacts } from './enrollment-facts.ts'
import {
  claimEnrollments,
  insertVisits,
  listLeadChangers,
  lockLeadsAtHand,
  updateEnrollments,
  type VisitRow,
} from './enrollment-queries.ts'
import { compiledOf, findSequenceVersion, onlySequences } from './find-sequence.ts'

/** Large enough to amortize the commit, small enough to hold locks for a fraction of a second. */
const BATCH = 200
/** After so many failed looks in a row an enrollment is paused until somebody has looked at it. */
const MOST_FAILURES = 8
/** Wait before the next look in seconds, doubled each time. */
const RETRY_SECONDS = 5
/** When the lead was in other hands: soon again. */
const SOON_MS = 500

/** Looks at everything due, or until told to stop after a batch; returns how many were looked at. */
export async function runEnrollments(
  ctx: Ctx,
  workspaceId: string,
  isStopping: () => boolean = () => false,
): Promise<number> {
  return await inLanes(async (onFull) => {
    let looked = 0
    while (!isStopping()) {
      const taken = await runBatch(ctx, workspaceId)
      if (taken === 0) return looked
      if (taken === BATCH) onFull()
      looked += taken
    }
    return looked
  })
}

/** A batch that fails is tried one by one, so that one bad enrollment never holds up the others. */
async function runBatch(ctx: Ctx, workspaceId: string): Promise<number> {
  let claimed: EnrollmentRow[] = []
  try {
    return await withJourney(ctx.db, workspaceId, async (tx) => {
      claimed = await claimEnrollments(tx, ctx.now(), BATCH)
      return await lookAt(tx, claimed, ctx.now())
    })
  } catch (error) {
    if (isConnectionFault(error) || claimed.length === 0) throw error
    ctx.log.warn({ sqlstate: sqlStateOf(error), size: claimed.length }, 'a batch of enrollments failed; one by one')
    for (const one of claimed) await runOne(ctx, workspaceId, one)
    return claimed.length
  }
}

async function runOne(ctx: Ctx, workspaceId: string, { id }: EnrollmentRow): Promise<void> {
  const now = ctx.now()
  try {
    await withJourney(ctx.db, workspaceId, async (tx) => lookAt(tx, await claimEnrollments(tx, now, 1, id), now))
  } catch (error) {
    if (isConnectionFault(error)) throw error
    await withJourney(ctx.db, workspaceId, async (tx) => {
      const [failed] = await claimEnrollments(tx, now, 1, id)
      if (failed === undefined) return
      const failures = failed.failures + 1
      const isLast = failures >= MOST_FAILURES
      ctx.log.error({ enrollment_id: id, failures, reason: sqlStateOf(error) ?? 'error' }, 'an enrollment failed')
      const dueAt = new Date(now.getTime() + RETRY_SECONDS * 2 ** failures * 1000).toISOString()
      const status = isLast ? 'paused' : failed.status
      const reason = isLast ? 'failed' : failed.reason
      await updateEnrollments(tx, [
        { ...failed, failures, status, reason, due_at: isLast ? null : dueAt, updated_at: now.toISOString() },
      ])
    })
  }
}

interface Look {
  row: EnrollmentRow
  definition: SequenceDefinition
  sequence: CompiledSequence
  judged: JudgedLead
  step: Advance
}

/** Decides about claimed enrollments and writes what comes of it; returns how many. */
async function lookAt(tx: Tx, claimed: EnrollmentRow[], now: Date): Promise<number> {
  if (claimed.length === 0) return 0
  const [locked, policies, definitions] = await Promise.all([
    lockLeadsAtHand(tx, [...new Set(claimed.map(({ lead_id }) => lead_id))]),
    readDeskPolicies(tx),
    loadDefinitions(tx, claimed),
  ])
  const ids = claimed.map(({ id }) => id)
  const wish = { narrow: onlySequences, definitions: [...new Set(definitions.values())] }
  const [desk, contact] = await Promise.all([
    // Nothing is changed on this desk: steps that edit have one of their own.
    openJudgeDesk(tx, locked.map(unjudged), now, wish, policies),
    loadContactFacts(tx, locked, ids),
  ])
  const looks: Look[] = []
  const others: EnrollmentRow[] = []
  // What one sequence changes of a lead is what the next one must see: its look stays due, and comes with the next batch.
  const changing = new Set<string>()
  const retired: { row: EnrollmentRow }[] = []
  for (const row of claimed) {
    const judged = desk.leads.get(row.lead_id)
    const definition = definitions.get(versionOf(row))
    if (changing.has(row.lead_id)) continue
    if (judged === undefined) others.push({ ...row, due_at: new Date(now.getTime() + SOON_MS).toISOString() })
    else if (definition === undefined || isRetired(desk, row)) retired.push({ row })
    else {
      const taken = look(desk, contact, { row, definition, judged })
      looks.push(taken)
      if (taken.step.effects.some(({ step }) => changesLead(step))) changing.add(row.lead_id)
    }
  }
  await write(tx, desk, looks, now)
  await updateEnrollments(tx, others)
  await endEnrollments(tx, retired, 'retired', now)
  return claimed.length
}

const versionOf = ({ sequence_key, version }: EnrollmentRow) => `${sequence_key}@${version}`

async function loadDefinitions(tx: Tx, rows: readonly EnrollmentRow[]): Promise<Map<string, SequenceDefinition>> {
  const definitions = new Map<string, SequenceDefinition>()
  for (const row of rows) {
    if (definitions.has(versionOf(row))) continue
    const definition = await findSequenceVersion(tx, row.sequence_key, row.version)
    if (definition !== undefined) definitions.set(versionOf(row), definition)
  }
  return definitions
}

/** A sequence that was taken out of use sends nobody anything any more. */
function isRetired({ policies }: JudgeDesk, { sequence_key }: EnrollmentRow): boolean {
  return !policies.of('sequence').some(({ key }) => key === sequence_key)
}

function look(
  { catalogue, policy, now }: JudgeDesk,
  contact: ContactFacts,
  { row, definition, judged }: Pick<Look, 'row' | 'definition' | 'judged'>,
): Look {
  const sequence = compiledOf(catalogue, definition)
  const { lead } = judged
  const facts: EnrollmentFacts = {
    lead: judged.facts,
    timeZone: lead.time_zone ?? policy.settings.time_zone,
    stage_key: lead.stage_key,
    archived: lead.archived,
    replied: contact.hasReplied(row.id),
    opted_out: contact.hasOptedOut(lead, definition, now),
  }
  const from = {
    step_key: row.step_key,
    waiting_since: row.waiting_since === null ? null : new Date(row.waiting_since),
    variant: row.variant,
  }
  const taken = advance(sequence, from, facts, row.id, now)
  // Held out is who walks along and gets nothing: its goal is watched exactly as long as that of the others.
  const step = row.held_out ? { ...taken, effects: [], visits: [] } : taken
  return { row, definition, sequence, judged, step }
}

/** Ends that a step which changes the lead may have made. */
const LEAD_ENDS: ReadonlySet<string> = new Set(['goal', 'stage', 'condition'])

async function write(tx: Tx, desk: JudgeDesk, looks: readonly Look[], now: Date): Promise<void> {
  const at = now.toISOString()
  const taken = looks.map((one) => ({ ...one, visits: visitsOf(one, at) }))
  await applyEffects(tx, desk, taken, now)
  const moved = looks.map((one) => ({ end: one.step.end, row: movedOf(one, at) }))
  await Promise.all([
    insertVisits(
      tx,
      taken.flatMap(({ visits }) => visits),
    ),
    updateEnrollments(
      tx,
      moved.flatMap(({ end, row }) => (end === null ? [row] : [])),
    ),
  ])
  // Who stood at a wait already was ended by somebody else.
  const reached = looks.filter(({ row, step }) => LEAD_ENDS.has(step.end ?? '') && row.waiting_since === null)
  const byItself = await listLeadChangers(
    tx,
    reached.map(({ row }) => row),
  )
  for (const reason of new Set(moved.flatMap(({ end }) => end ?? []))) {
    const ending = moved.flatMap(({ end, row }) => (end === reason ? [{ row, byItself: byItself.has(row.id) }] : []))
    await endEnrollments(tx, ending, reason, now)
  }
}

/** Where an enrollment stands after its steps. */
function movedOf({ row, step }: Look, updated_at: string): EnrollmentRow {
  const { position, due_at, variant } = step
  return {
    ...row,
    step_key: position.step_key,
    waiting_since: position.waiting_since?.toISOString() ?? null,
    due_at: due_at?.toISOString() ?? null,
    variant,
    visits: row.visits + step.visits.length,
    failures: 0,
    updated_at,
  }
}

function visitsOf({ row, step }: Look, visited_at: string): VisitRow[] {
  return step.visits.map(({ step_key, kind, way, variant }, i) => ({
    enrollment_id: row.id,
    position: row.visits + i,
    sequence_key: row.sequence_key,
    step_key,
    kind,
    way,
    variant,
    outcome: null,
    message_id: null,
    visited_at,
  }))
}
