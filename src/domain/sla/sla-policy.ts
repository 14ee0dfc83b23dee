// The promise of a response: after how much business time a lead is accepted, touched for the first time, and judged,
// and what happens when the promise is in danger or broken. Time stands still while the lead is in a pause state.
import type { WorkingWindow } from '../calendar/calendar.ts'
import type { Condition } from '../condition/condition-shape.ts'

export const SLA_TARGETS = ['accept', 'first_touch', 'qualify'] as const
export type SlaTarget = (typeof SLA_TARGETS)[number]

/** Rungs of the ladder: from a word to the seller to taking the lead away. */
export const SLA_ACTIONS = ['remind', 'notify_manager', 'reassign', 'return_to_pool'] as const
export type SlaAction = (typeof SLA_ACTIONS)[number]

/** Whose hours count: those of the seller who has the lead, or those that the policy names. */
export const SLA_HOURS = ['seller', 'calendar'] as const
export type SlaHours = (typeof SLA_HOURS)[number]

export interface SlaCalendar {
  time_zone: string
  windows: WorkingWindow[]
  /** Local days. */
  holidays: string[]
}

export interface SlaEscalation {
  target: SlaTarget
  /** Business seconds after the breach. */
  after_seconds: number
  action: SlaAction
}

export interface SlaDefinition {
  name: string
  /** Lower is asked first; the first policy that fits is the one. */
  priority: number
  /** Null fits every lead. */
  condition: Condition | null
  /** Empty fits every pool, and leads of no pool. */
  pool_keys: string[]
  hours: SlaHours
  /** Hours of the policy, also for a seller who has none and for a queue; null is around the clock. */
  calendar: SlaCalendar | null
  /** Business seconds by target; null promises nothing. */
  targets: Record<`${SlaTarget}_seconds`, number | null>
  /** Share of a target after which it is at risk; null warns of nothing. */
  at_risk_percent: number | null
  pause_statuses: string[]
  pause_stage_keys: string[]
  escalation: SlaEscalation[]
  /** Whether the seller is told of a new assignment by mail. */
  notify_seller: boolean
}

/** A year of business time: longer promises are none. */
export const MAX_SLA_SECONDS = 31_622_400
export const MAX_ESCALATIONS = 20

/** Something that is to happen at a moment of business time since the clock began. */
export interface SlaEvent {
  readonly kind: 'at_risk' | 'breached' | 'escalated'
  readonly target: SlaTarget
  /** Business milliseconds since the beginning. */
  readonly at: number
  /** What an escalation does, else null. */
  readonly action: SlaAction | null
}

const ORDER = { at_risk: 0, breached: 1, escalated: 2 }

/** Everything that a policy may ever do about one assignment, in its order. */
export function planSla(definition: SlaDefinition): SlaEvent[] {
  const { targets, at_risk_percent, escalation } = definition
  const events: SlaEvent[] = []
  for (const target of SLA_TARGETS) {
    const seconds = targets[`${target}_seconds`]
    if (seconds === null) continue
    const at = seconds * 1000
    if (at_risk_percent !== null)
      events.push({ kind: 'at_risk', target, at: Math.ceil((at * at_risk_percent) / 100), action: null })
    events.push({ kind: 'breached', target, at, action: null })
    for (const step of escalation) {
      if (step.target !== target) continue
      events.push({ kind: 'escalated', target, at: at + step.after_seconds * 1000, action: step.action })
    }
  }
  // The sort is stable: what falls on one moment keeps the order of the policy.
  return events.sort((a, b) => a.at - b.at || ORDER[a.kind] - ORDER[b.kind])
}

/** Whether the clock stands still for a lead in this state. */
export function isPausedBy(
  { pause_statuses, pause_stage_keys }: SlaDefinition,
  lead: { status: string; stage_key: string },
): boolean {
  return pause_statuses.includes(lead.status) || pause_stage_keys.includes(lead.stage_key)
}

export interface SlaFault {
  pointer: string
  code: string
  detail: string
}

/** What is wrong with a definition beside the parts of its calendar and its condition. */
export function slaFaults({ targets, escalation, calendar }: SlaDefinition): SlaFault[] {
  const faults: SlaFault[] = []
  if (calendar?.windows.length === 0) {
    // Time would never pass, and the promise never be broken.
    const detail = 'Name at least one block of working time; without a calendar the clock runs around the clock.'
    faults.push({ pointer: '/calendar/windows', code: 'required', detail })
  }
  if (SLA_TARGETS.every((target) => targets[`${target}_seconds`] === null))
    faults.push({ pointer: '/targets', code: 'required', detail: 'Promise at least one of the targets.' })
  for (const [i, { target }] of escalation.entries()) {
    if (targets[`${target}_seconds`] === null)
      faults.push({
        pointer: `/escalation/${i}/target`,
        code: 'no_such_target',
        detail: 'This target is not promised.',
      })
  }
  return faults
}
