/** What follows from the events of clocks: changes, lines of the timeline, and the rungs of the ladder. */
import { uuidv7 } from 'uuidv7'
import type { ChangeType } from '../../changes/change.ts'
import type { Statement, Tx } from '../../db/client.ts'
import { type AssignmentProgressFacts, toAssignmentProgress } from '../../domain/assignment-wire.ts'
import type { SlaEvent } from '../../domain/sla/sla-policy.ts'
import type { JudgeDesk } from '../judge/judge-desk.ts'
import { assignOnDesk, releaseOnDesk } from '../route/assign-on-desk.ts'
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
  const rows = await tx.query<AssignmentProgressFacts>(listStatement, [tx.workspaceId, ids])
  const assignments = new Map(rows.map((row) => [row.id, row]))
  for (const { clock, events, policy } of told) {
    const assignment = assignments.get(clock.assignment_id)
    if (assignment === undefined) continue
    for (const event of events) {
      tellEvent(desk, assignment, event, policy)
      notices.push(...noticeOf(desk, assignment, event))
      // The lead is somebody else's now: the rungs above are for the next clock.
      if (takesAway(desk, assignment, event)) break
    }
  }
  return notices
}

function noticeOf({ leads }: JudgeDesk, { id, lead_id, user_id }: AssignmentProgressFacts, event: SlaEvent): Notice[] {
  const kind = event.action === 'remind' ? 'reminded' : event.action === 'notify_manager' ? 'manager' : null
  const lead = leads.get(lead_id)?.lead
  if (kind === null || user_id === null || lead === undefined) return []
  return [{ kind, assignment_id: id, user_id, lead, target: event.target, after_seconds: event.at / 1000 }]
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
    id: uuidv7(),
    lead_id: assignment.lead_id,
    type: `sla_${kind}`,
    occurred_at: at,
    actor: SYSTEM.actor,
    subject: null,
    data: { assignment_id: assignment.id, user_id: assignment.user_id, ...sla },
    receipt_id: null,
  })
}

/** Does the rung; true when the lead has left the assignment. */
function takesAway({ desk, now }: JudgeDesk, assignment: AssignmentProgressFacts, event: SlaEvent): boolean {
  const { lead_id, pool_key, target, user_id } = assignment
  if (event.action === 'return_to_pool' && pool_key !== null && target === 'user') {
    const queued = {
      id: uuidv7(),
      target: { kind: 'queue' as const },
      pool_key,
      cause: 'reassign' as const,
      note: null,
    }
    const end = { reason: 'sla_breached', note: event.target, credit: false }
    assignOnDesk(desk, SYSTEM, lead_id, { ...queued, facts: null }, now, end)
    return true
  }
  if (event.action === 'reassign' && user_id !== null) {
    // Nobody owns it now, so the judge routes it anew, to somebody who has not failed it yet.
    releaseOnDesk(desk, SYSTEM, lead_id, { reason: 'sla_breached', note: event.target, credit: false }, now)
    return true
  }
  return false
}
