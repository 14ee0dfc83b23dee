/** What sales say about a lead, as moves through the lifecycle, and where a lead can go from here. */
import type { Caller, Ctx } from '../../ctx.ts'
import { withWorkspace } from '../../db/client.ts'
import { type ConditionExplanation, explainCondition } from '../../domain/condition/evaluate-condition.ts'
import { nextStageChange, obstaclesOf, type StageObstacle } from '../../domain/lifecycle/decide-stage.ts'
import type { LifecyclePolicy, Transition } from '../../domain/lifecycle/lifecycle-policy.ts'
import { notFound, validationFailed } from '../../errors.ts'
import { explainOnLead } from '../../pipeline/explain-on-lead.ts'
import { problemOfMove } from '../../pipeline/lifecycle/problem-of-move.ts'
import { type MoveWish, moveLead, openStage } from '../../pipeline/move-lead.ts'
import { readCondition } from '../../pipeline/read-condition.ts'
import { withJourney } from '../../pipeline/with-journey.ts'

/** What sales say. */
export interface Verdict {
  kind: 'accept' | 'reject' | 'recycle'
  reason: string | null
  /** Where a rejected lead goes; null by the rule of the reason. */
  stage_key: string | null
  note: string | null
  wake_at: string | null
}

const DAY_MS = 86_400_000

/** Accepts, rejects or recycles a lead; throws 404, 422 with every obstacle. */
export async function judgeBySales(
  ctx: Ctx,
  caller: Caller,
  leadId: string,
  verdict: Verdict,
): Promise<{ stage_key: string; changed: boolean }> {
  const now = ctx.now()
  const wakeAt = readWakeAt(verdict.wake_at, now)
  const result = await withJourney(ctx.db, caller.workspaceId, (tx) =>
    moveLead(tx, caller, leadId, (policy) => wishOf(policy, { ...verdict, wake_at: wakeAt }, now), now),
  )
  if (result.outcome === 'not_found') throw notFound('lead')
  if (result.outcome === 'refused') throw problemOfMove(result.refusal, '', '/reason')
  return { stage_key: result.lead.stage_key, changed: result.outcome === 'moved' }
}

function readWakeAt(given: string | null, now: Date): string | null {
  if (given === null) return null
  const at = new Date(given)
  if (Number.isNaN(at.getTime()) || at <= now) {
    const detail = 'Must be a moment of the future.'
    throw validationFailed([{ code: 'out_of_range', detail, pointer: '/wake_at', parameter: null }])
  }
  return at.toISOString()
}

function wishOf(policy: LifecyclePolicy, { kind, reason, stage_key, note, wake_at }: Verdict, now: Date): MoveWish {
  if (kind === 'accept') return { by: 'sales', to: policy.accept_stage, reason, note, wake_at: null }
  const rule = policy.reasons.find(({ key }) => key === reason)
  const to = kind === 'recycle' ? policy.recycle_stage : (stage_key ?? rule?.to ?? policy.recycle_stage)
  const days = to === policy.recycle_stage ? (rule?.wake_after_days ?? null) : null
  const byRule = days === null ? null : new Date(now.getTime() + days * DAY_MS).toISOString()
  const isDated = wake_at !== null && to === policy.recycle_stage
  return { by: 'sales', to, reason, note, wake_at: wake_at ?? byRule, isDated }
}

/** A way on from the present stage. */
export interface Way {
  transition: Transition
  obstacles: StageObstacle[]
  gate: ConditionExplanation
}

/** Where a lead stands, and every way on with what stands in it; 404 when there is no such lead. */
export async function describeStage(ctx: Ctx, workspaceId: string, leadId: string) {
  const now = ctx.now()
  return await withWorkspace(ctx.db, workspaceId, async (tx) => {
    const opened = await openStage(tx, leadId, now)
    if (opened === undefined) throw notFound('lead')
    const { judged, lifecycle, state, facts } = opened
    const { policy, gates } = lifecycle
    const ways = policy.transitions.flatMap((transition, i): Way[] => {
      const { from, to } = transition
      const gate = gates[i]
      if (to === facts.stage_key || (from.length > 0 && !from.includes(facts.stage_key)) || gate === undefined)
        return []
      // Who may make it is told beside it, and so is whether a reason is asked for.
      const by = transition.by[0] ?? 'key'
      const wish = { by, to, reason: transition.reason_required ? (policy.reasons[0]?.key ?? 'any') : null }
      const obstacles = obstaclesOf(lifecycle, i, facts, wish, now)
      return [{ transition, obstacles, gate: explainCondition(gate, judged.facts, now) }]
    })
    const next = nextStageChange(lifecycle, facts, now)
    return { lead: judged.lead, stay: state.stay, policy: lifecycle.name, ways, next }
  })
}

/** Why a condition holds for a lead or not; throws 404, 400 with every fault of the condition. */
export async function explainLead(
  ctx: Ctx,
  workspaceId: string,
  leadId: string,
  filter: unknown,
): Promise<ConditionExplanation> {
  return await withWorkspace(ctx.db, workspaceId, async (tx) => {
    const condition = await readCondition(tx, filter, '/filter')
    const explained = await explainOnLead(tx, leadId, condition, ctx.now())
    if (explained === undefined) throw notFound('lead')
    return explained
  })
}
