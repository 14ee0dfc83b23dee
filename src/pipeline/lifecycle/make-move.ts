/** Makes a move that was decided: the lead, its history, the receipt, a line of the timeline and the changes. */
import type { ChangeType } from '../../changes/change.ts'
import { explainCondition, type SeenValue } from '../../domain/condition/evaluate-condition.ts'
import type { StayFacts } from '../../domain/condition/family-facts.ts'
import { ENTRY, type StageVerdict } from '../../domain/lifecycle/decide-stage.ts'
import { type CompiledLifecycle, findStage, type Mover } from '../../domain/lifecycle/lifecycle-policy.ts'
import {
  changeLead,
  type JudgeDesk,
  type JudgedLead,
  keepReceipt,
  noteNews,
  tellActivity,
  tellChange,
} from '../judge/judge-desk.ts'
import type { Teller } from '../tell-story.ts'
import type { MoveRow } from './lifecycle-queries.ts'
import { type StageState, showStay } from './stage-facts.ts'

/** Who moves a lead, and what they say about it. */
export interface MoveOrder extends Teller {
  by: Mover
  reason: string | null
  note: string | null
  wake_at: string | null
}

/** Kept of each text that a gate saw: a receipt is small. */
const LONGEST_SEEN = 80
/** Rejected transitions that a receipt names. */
const MOST_REJECTED = 5

/** Moves the lead; returns the row of its history and its new stay. */
export function makeMove(
  desk: JudgeDesk,
  judged: JudgedLead,
  lifecycle: CompiledLifecycle,
  { stay }: StageState,
  { move, rejected }: StageVerdict & { move: NonNullable<StageVerdict['move']> },
  order: MoveOrder,
): { row: MoveRow; stay: StayFacts } {
  const from = judged.lead.stage_key
  const { to, transition } = move
  const at = desk.now.toISOString()
  const seen = seenBy(desk, judged, lifecycle, transition)
  const receipt_id = keepReceipt(desk, judged, {
    kind: 'stage',
    policy: lifecycle.name,
    inputs: { from, by: order.by, ...(order.reason !== null && { reason: order.reason }), seen },
    outcome: { to, transition, ...(order.wake_at !== null && { wake_at: order.wake_at }) },
    rejected: rejected.slice(0, MOST_REJECTED).map((one) => ({ ...one })),
  })
  changeLead(desk, judged, { stage_key: to })
  noteNews(judged, 'lifecycle')
  const data = { from, to, by: order.by, reason: order.reason, note: order.note, wake_at: order.wake_at }
  tellActivity(desk, judged, { type: 'stage_changed', subject: null, data, receipt_id, actor: order.actor })
  for (const type of changeTypesOf(lifecycle, from, to))
    tellChange(desk, judged, type, { stage_key: from }, { teller: order })
  const since = Date.parse(stay.entered_at ?? judged.lead.created_at)
  const next: StayFacts = {
    entered_at: at,
    from_stage: from,
    reason: order.reason,
    wake_at: order.wake_at,
    left: stay.left.includes(from) ? stay.left : [...stay.left, from],
  }
  showStay(judged, next)
  const row: MoveRow = {
    lead_id: judged.id,
    moved_at: at,
    from_stage: from,
    to_stage: to,
    stayed_ms: Math.max(0, desk.now.getTime() - since),
    moved_by: order.by,
    actor: order.actor,
    reason: order.reason,
    note: order.note,
    wake_at: order.wake_at,
    policy: lifecycle.name,
    receipt_id,
  }
  return { row, stay: next }
}

function changeTypesOf({ policy }: CompiledLifecycle, from: string, to: string): ChangeType[] {
  const qualifies = findStage(policy, to)?.qualified === true && findStage(policy, from)?.qualified !== true
  return qualifies ? ['lead.stage_changed', 'lead.qualified'] : ['lead.stage_changed']
}

/** The values that opened the gate: those of its first group that holds. */
function seenBy(
  desk: JudgeDesk,
  judged: JudgedLead,
  { policy, gates }: CompiledLifecycle,
  transition: string,
): Record<string, SeenValue> {
  const gate = gates[policy.transitions.findIndex(({ key }) => key === transition)]
  if (transition === ENTRY || gate === undefined) return {}
  const group = explainCondition(gate, judged.facts, desk.now).groups.find(({ matches }) => matches)
  return Object.fromEntries((group?.terms ?? []).map(({ field, saw }) => [field, shorten(saw)]))
}

function shorten(value: SeenValue): SeenValue {
  if (typeof value === 'string')
    return value.length <= LONGEST_SEEN ? value : `${[...value].slice(0, LONGEST_SEEN).join('')}…`
  return Array.isArray(value) ? value.slice(0, MOST_REJECTED) : value
}
