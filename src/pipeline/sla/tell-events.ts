/** What follows from the events of clocks: changes, lines of the timeline, and the rungs of the ladder. */
import type { ChangeType } from '../../changes/change.ts'
import type { Statement, Tx } from '../../db/client.ts'
import { type AssignmentProgressFacts, toAssignmentProgress } from '../../domain/assignment-wire.ts'
import { newId } from '../../domain/new-id.ts'
import { membersOf } from '../../domain/routing/team-document.ts'
import type { SlaAction, SlaEvent } from '../../domain/sla/sla-policy.ts'
import type { JudgeDesk } from '../judge/judge-desk.ts'
import { assignOnDesk, releaseOnDesk } from '../route/assign-on-desk.ts'
import { findTeams } from '../route/load-crew.ts'
import type { ClockRow } from './clock-queries.ts'
import type { Notice } from './plan-notices.ts'

const SYSTEM = { actor: 'system', origin: null }

export interface ToldClock {
  clock: ClockRow
  events: SlaEvent[]
  /** Name of the policy version. */
  policy: string
}

const listStatement: Statement = {
  name: 'list_assignments_by_id',
  text: 'SELECT * FROM assignments WHERE workspace_id = $1 AND id = ANY($2::uuid[])',
}

/** Tells what happened and does what the ladder says; the desk is written afterwards, and the notices are for the caller to send. */
export async function tellEvents(tx: Tx, desk: JudgeDesk, told: ToldClock[]): Promise<Notice[]> {
  if (told.length === 0) return []
  const notices: Notice[] = []
  const ids = told.map(({ clock }) => clock.assignment_id)
  const [rows, { document }] = await Promise.all([
    tx.query<AssignmentProgressFacts>(listStatement, [tx.workspaceId, ids]),
    findTeams(tx, tx.workspaceId),
  ])
  const assignments = new Map(rows.map((row) => [row.id, row]))
  const queues = new Set(document.pools.filter((pool) => membersOf(document, pool).length > 0).map(({ key }) => key))
  for (const { clock, events, policy } of told) {
    const assignment = assignments.get(clock.assignment_id)
    if (assignment === undefined) continue
    let isGone = false
    for (const event of events) {
      // The lead is somebody else's now: the rungs above are for the next clock. What was broken until now is told.
      if (event.kind === 'escalated' && (isGone || !isClimbed(assignment, event))) continue
      tellEvent(desk, assignment, event, policy)
      notices.push(...noticeOf(desk, assignment, event))
      isGone ||= takesAway(desk, assignment, event, queues)
    }
  }
  return notices
}

/** A lead that waits in a queue can only be told of: nobody has it who is reminded, or from whom it is taken. */
const isClimbed = ({ user_id }: AssignmentProgressFacts, { action }: SlaEvent): boolean =>
  user_id !== null || action === 'notify_manager'

const NOTICE_OF: Partial<Record<SlaAction, Notice['kind']>> = { remind: 'reminded', notify_manager: 'manager' }

function noticeOf({ leads }: JudgeDesk, assignment: AssignmentProgressFacts, event: SlaEvent): Notice[] {
  const kind = event.action === null ? undefined : NOTICE_OF[event.action]
  const { id, lead_id, user_id, pool_key } = assignment
  const lead = leads.get(lead_id)?.lead
  if (kind === undefined || lead === undefined) return []
  return [{ kind, assignment_id: id, user_id, pool_key, lead, target: event.target, after_seconds: event.at / 1000 }]
}

const CHANGE_OF: Record<SlaEvent['kind'], ChangeType> = {
  at_risk: 'assignment.sla_at_risk',
  breached: 'assignment.sla_breached',
  escalated: 'assignment.escalated',
}

function tellEvent({ desk, now }: JudgeDesk, assignment: AssignmentProgressFacts, event: SlaEvent, policy: string) {
  const { kind, target, action } = event
  const at = now.toISOString()
  const sla = { target, policy, after_seconds: event.at / 1000, ...(action !== null && { action }) }
  desk.trail.changes.push({
    type: CHANGE_OF[kind],
    object_id: assignment.id,
    actor: SYSTEM.actor,
    origin: null,
    occurred_at: at,
    object: { ...toAssignmentProgress(assignment), sla },
    changed_fields: ['sla'],
    previous: {},
  })
  desk.trail.activities.push({
    id: newId(),
    lead_id: assignment.lead_id,
    type: `sla_${kind}`,
    occurred_at: at,
    actor: SYSTEM.actor,
    subject: null,
    data: { assignment_id: assignment.id, user_id: assignment.user_id, ...sla },
    receipt_id: null,
  })
}

/** Does the rung; true when the lead has left the assignment. `queues` are the pools that somebody may pull from. */
function takesAway(
  { desk, now }: JudgeDesk,
  { lead_id, pool_key }: AssignmentProgressFacts,
  { action, target }: SlaEvent,
  queues: ReadonlySet<string>,
): boolean {
  if (action !== 'return_to_pool' && action !== 'reassign') return false
  const end = { reason: 'sla_breached', note: target, credit: false }
  if (action === 'return_to_pool' && pool_key !== null && queues.has(pool_key)) {
    const queued = { id: newId(), target: { kind: 'queue' }, pool_key, cause: 'reassign', note: null } as const
    assignOnDesk(desk, SYSTEM, lead_id, { ...queued, facts: null }, now, end)
  } else {
    // Nobody owns it now, so the judge routes it anew, to somebody who has not failed it yet.
    releaseOnDesk(desk, SYSTEM, lead_id, end, now)
  }
  return true
}
