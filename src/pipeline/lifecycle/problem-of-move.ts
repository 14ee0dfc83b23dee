/** Why a lead cannot be moved as somebody wants, and what can be done instead. */
import type { RejectedTransition, StageObstacle } from '../../domain/lifecycle/decide-stage.ts'
import type { LifecyclePolicy } from '../../domain/lifecycle/lifecycle-policy.ts'
import { listSome } from '../../domain/list-some.ts'
import { ApiError } from '../../errors.ts'

/** A move that the lifecycle refuses to a lead in the stage `from`. */
export interface RefusedMove {
  rejected: readonly RejectedTransition[]
  policy: LifecyclePolicy
  from: string
}

const EXPLAINED = 'GET /v1/leads/{lead_id}/lifecycle explains it.'

const DETAILS: Record<StageObstacle, string> = {
  unknown_stage: 'The lifecycle has no such stage.',
  not_defined: 'The lifecycle has no transition from the present stage to this one.',
  not_permitted: 'This transition is not made by an API call.',
  reason_required: 'This transition needs a reason.',
  unknown_reason: 'The lifecycle has no such reason.',
  skips_stages: 'Leaves out a stage of the path.',
  goes_backwards: 'Leads back towards the beginning of the path.',
  cooling_down: 'The last move is too recent.',
  gate_closed: `The gate is closed: its condition does not hold for this lead. ${EXPLAINED}`,
  framework_incomplete: `The qualification framework is not satisfied. ${EXPLAINED}`,
  criteria_not_met: `A criterion is not met. ${EXPLAINED}`,
}

const ABOUT_REASON = new Set<StageObstacle>(['reason_required', 'unknown_reason'])

/** What there is to choose from instead. */
function choicesOf(code: StageObstacle, { policy, from }: RefusedMove): string {
  const keysOf = (items: readonly { key: string }[]) => listSome(items.map(({ key }) => key))
  if (code === 'unknown_stage') return ` Its stages: ${keysOf(policy.stages)}.`
  if (ABOUT_REASON.has(code) && policy.reasons.length > 0) return ` Its reasons: ${keysOf(policy.reasons)}.`
  if (code !== 'not_defined') return ''
  const ways = policy.transitions.filter((one) => one.to !== from && (one.from.length === 0 || one.from.includes(from)))
  const next = [...new Set(ways.map(({ to }) => to))]
  return next.length === 0 ? ` Nothing leads on from "${from}".` : ` From "${from}" there are: ${listSome(next)}.`
}

/** 422 with everything that stands in the way of the transition that came nearest. */
export function problemOfMove(refusal: RefusedMove, stagePointer: string, reasonPointer: string): ApiError {
  const [nearest] = refusal.rejected.toSorted((a, b) => a.obstacles.length - b.obstacles.length)
  const items = (nearest?.obstacles ?? []).map((code) => ({
    code,
    detail: DETAILS[code] + choicesOf(code, refusal),
    pointer: ABOUT_REASON.has(code) ? reasonPointer : stagePointer,
    parameter: null,
  }))
  return new ApiError('invalid_transition', items.map(({ detail }) => detail).join(' '), { items })
}
