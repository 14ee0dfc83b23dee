/**
 * Due clocks of one workspace, batch by batch, until none is left. A batch is one transaction: lock the leads, look at the
 * clocks again, decide, tell, escalate. Two workers share the leads between them; one that dies leaves everything as it
 * was, so each event happens once.
 */
import type { Ctx } from '../../ctx.ts'
import { isConnectionFault, sqlStateOf, type Tx, withWorkspace } from '../../db/client.ts'
import { nameVersion } from '../../domain/policy.ts'
import { followNotes } from '../../domain/sla/follow-notes.ts'
import { findNextDue } from '../../domain/sla/sla-clock.ts'
import { planSla, type SlaDefinition, type SlaEvent } from '../../domain/sla/sla-policy.ts'
import { lockLeads } from '../desk-queries.ts'
import type { JudgeDesk } from '../judge/judge-desk.ts'
import { openJudgeDesk } from '../judge/open-judge-desk.ts'
import { withJourney } from '../with-journey.ts'
import { writeDesk } from '../write-desk.ts'
import {
  type ClaimedClock,
  type ClockRow,
  claimDueClocks,
  deleteClocks,
  lockDueClocks,
  postponeClocks,
  toClock,
  updateClocks,
} from './clock-queries.ts'
import { loadHours } from './load-hours.ts'
import { type Notice, planNotices } from './plan-notices.ts'
import { chooseSla, findSlaDefinition } from './sla-definitions.ts'
import { tellEvents } from './tell-events.ts'

/** Large enough to amortize the commit, small enough to hold locks for a fraction of a second. */
const BATCH = 100
/** A clock that cannot be followed is looked at again after a minute; it must not hold up the others. */
const RETRY_SECONDS = 60

/** Follows everything due, or until told to stop after a batch; returns how many clocks were looked at. */
export async function runDueClocks(
  ctx: Ctx,
  workspaceId: string,
  isStopping: () => boolean = () => false,
): Promise<number> {
  let looked = 0
  while (!isStopping()) {
    const { taken, followed } = await runBatch(ctx, workspaceId)
    looked += followed
    if (taken === 0) return looked
  }
  return looked
}

interface BatchResult {
  /** Clocks that were claimed. */
  taken: number
  followed: number
}

async function runBatch(ctx: Ctx, workspaceId: string): Promise<BatchResult> {
  let claimed: ClaimedClock[] = []
  try {
    return await withJourney(ctx.db, workspaceId, async (tx) => {
      claimed = await claimDueClocks(tx, BATCH)
      return { taken: claimed.length, followed: await followClocks(ctx, tx, claimed) }
    })
  } catch (error) {
    if (isConnectionFault(error) || claimed.length === 0) throw error
    ctx.log.warn({ sqlstate: sqlStateOf(error), size: claimed.length }, 'a batch of clocks failed; trying one by one')
    for (const one of claimed) await runOne(ctx, workspaceId, one)
    return { taken: claimed.length, followed: 0 }
  }
}

async function runOne(ctx: Ctx, workspaceId: string, one: ClaimedClock): Promise<void> {
  try {
    await withJourney(ctx.db, workspaceId, (tx) => followClocks(ctx, tx, [one]))
  } catch (error) {
    if (isConnectionFault(error)) throw error
    ctx.log.error({ lead_id: one.lead_id, sqlstate: sqlStateOf(error) }, 'a clock could not be followed; put off')
    await withWorkspace(ctx.db, workspaceId, (tx) => postponeClocks(tx, one.lead_id, RETRY_SECONDS))
  }
}

async function followClocks(ctx: Ctx, tx: Tx, claimed: ClaimedClock[]): Promise<number> {
  if (claimed.length === 0) return 0
  // Sent right behind each other; the second sees what was committed until the first had its locks.
  const [locked, { clocks, now }] = await Promise.all([
    lockLeads(tx, [...new Set(claimed.map(({ lead_id }) => lead_id))]),
    lockDueClocks(
      tx,
      claimed.map(({ assignment_id }) => assignment_id),
    ),
  ])
  if (clocks.length === 0) return 0
  const desk = await openJudgeDesk(
    tx,
    locked.map((entry) => ({ ...entry, reasons: [] })),
    ctx.now(),
  )
  const under = clocks.map((clock) => ({ clock, sla: slaOf(desk, clock) }))
  const hours = await loadHours(tx, [...new Set(clocks.flatMap(({ user_id }) => user_id ?? []))])
  const moved: ClockRow[] = []
  const notices: Notice[] = []
  const told: { clock: ClockRow; events: SlaEvent[]; policy: string }[] = []
  for (const { clock, sla } of under) {
    if (sla === null) continue
    const definition = await findSlaDefinition(tx, tx.workspaceId, sla.key, sla.version)
    const next = moveClock(clock, sla, definition, hours(definition, clock.user_id), now)
    moved.push(next.row)
    notices.push(...noticesOf(desk, clock, definition))
    if (next.happened.length > 0) told.push({ clock: next.row, events: next.happened, policy: nameVersion('sla', sla) })
  }
  await deleteClocks(
    tx,
    under.filter(({ sla }) => sla === null).map(({ clock }) => clock.assignment_id),
  )
  // Before the desk is written: an escalation that takes a lead away ends its clock there.
  await updateClocks(tx, moved)
  notices.push(...(await tellEvents(tx, desk, told)))
  await planNotices(tx, notices, desk.now)
  await writeDesk(tx, desk.desk, desk.now)
  return clocks.length
}

/** A new assignment that lasts is told to its seller when the policy says so. */
function noticesOf({ leads }: JudgeDesk, clock: ClockRow, { notify_seller }: SlaDefinition): Notice[] {
  const { assignment_id, user_id, pool_key, lead_id, policy_key, ended_at } = clock
  const lead = leads.get(lead_id)?.lead
  if (!notify_seller || policy_key !== null || ended_at !== null || user_id === null || lead === undefined) return []
  return [{ kind: 'assigned', assignment_id, user_id, pool_key, lead, target: null, after_seconds: 0 }]
}

function slaOf(desk: JudgeDesk, clock: ClockRow): { key: string; version: number } | null {
  const { policy_key, policy_version } = clock
  if (policy_key !== null && policy_version !== null) return { key: policy_key, version: policy_version }
  return chooseSla(desk, clock.lead_id, clock.pool_key)
}

function moveClock(
  row: ClockRow,
  sla: { key: string; version: number },
  definition: SlaDefinition,
  calendar: Parameters<typeof followNotes>[1],
  now: number,
): { row: ClockRow; happened: SlaEvent[] } {
  const end = row.ended_at === null ? now : Date.parse(row.ended_at)
  const { clock, happened } = followNotes(definition, calendar, toClock(row), row.notes, {
    now: end,
    ended: row.ended_at !== null,
  })
  const due = row.ended_at === null ? findNextDue(clock, planSla(definition), calendar) : null
  const targetsOf = (kind: SlaEvent['kind']) => happened.filter((event) => event.kind === kind).map((e) => e.target)
  return {
    happened,
    row: {
      ...row,
      policy_key: sla.key,
      policy_version: sla.version,
      elapsed_ms: clock.elapsed_ms,
      counted_from: toText(clock.counted_from),
      passed: clock.passed,
      met: [...clock.met],
      at_risk: [...row.at_risk, ...targetsOf('at_risk')],
      breached: [...row.breached, ...targetsOf('breached')],
      notes: [],
      due_at: toText(due),
    },
  }
}

const toText = (at: number | null) => (at === null ? null : new Date(at).toISOString())
