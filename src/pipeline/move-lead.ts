/** A move that somebody asks for: decided by the same function as the automatic ones, in the caller's transaction. */
import type { Tx } from '../db/client.ts'
import type { LeadFacts } from '../domain/lead.ts'
import { decideStage, type StageFacts } from '../domain/lifecycle/decide-stage.ts'
import type { CompiledLifecycle, LifecyclePolicy } from '../domain/lifecycle/lifecycle-policy.ts'
import { decideQualification } from '../domain/lifecycle/qualification.ts'
import { listLeads, lockLeads } from './desk-queries.ts'
import { unjudged } from './explain-on-lead.ts'
import { type JudgeDesk, type JudgedLead, renderChanges } from './judge/judge-desk.ts'
import { openJudgeDesk } from './judge/open-judge-desk.ts'
import { findLifecycle } from './lifecycle/find-lifecycle.ts'
import { insertMoves, listQualifications, type MoveRow } from './lifecycle/lifecycle-queries.ts'
import { makeMove } from './lifecycle/make-move.ts'
import type { RefusedMove } from './lifecycle/problem-of-move.ts'
import { factsOf, type StageState, showStay, showVerdict, stateOf } from './lifecycle/stage-facts.ts'
import { markWork } from './mark-work.ts'
import type { Teller } from './tell-story.ts'
import { writeDeskRows } from './write-desk.ts'

/** Where a lead shall go, as the lifecycle lets somebody say it. */
export interface MoveWish {
  by: 'key' | 'sales'
  to: string
  reason: string | null
  note: string | null
  wake_at: string | null
  /** Whether somebody has named the date, so that it counts also for a lead that is there already. */
  isDated?: boolean
}

export type MoveResult =
  | { outcome: 'moved' | 'unchanged'; lead: LeadFacts }
  | { outcome: 'not_found' }
  | { outcome: 'refused'; refusal: RefusedMove }

/** Moves a lead to another stage; `wishOf` is asked with the lifecycle that holds now. */
export async function moveLead(
  tx: Tx,
  teller: Teller,
  leadId: string,
  wishOf: (policy: LifecyclePolicy) => MoveWish,
  now: Date,
): Promise<MoveResult> {
  const results = await moveLeads(tx, teller, new Map([[leadId, wishOf]]), now)
  return results.get(leadId) ?? { outcome: 'not_found' }
}

/** Moves several leads by a few statements; who is refused stays, and leads that there are not have no result. */
export async function moveLeads(
  tx: Tx,
  { actor, origin }: Teller,
  wishes: ReadonlyMap<string, (policy: LifecyclePolicy) => MoveWish>,
  now: Date,
): Promise<Map<string, MoveResult>> {
  const results = new Map<string, MoveResult>()
  const locked = await lockLeads(tx, [...wishes.keys()])
  if (locked.length === 0) return results
  const rows = locked.map((one) => ({ ...one, reasons: [] }))
  const { desk, lifecycle, opened } = await open(tx, rows, now)
  const moves: MoveRow[] = []
  for (const { judged, state, facts } of opened) {
    const wish = wishes.get(judged.id)?.(lifecycle.policy)
    if (wish === undefined) continue
    const isPutOff = wish.isDated === true && wish.wake_at !== state.stay.wake_at
    if (wish.to === judged.lead.stage_key && !isPutOff) {
      results.set(judged.id, { outcome: 'unchanged', lead: judged.lead })
      continue
    }
    const { move, rejected } = decideStage(lifecycle, facts, wish, now)
    const { policy } = lifecycle
    if (move === null)
      results.set(judged.id, { outcome: 'refused', refusal: { rejected, policy, from: facts.stage_key } })
    else {
      moves.push(makeMove(desk, judged, lifecycle, state, { move, rejected }, { ...wish, actor, origin }).row)
      results.set(judged.id, { outcome: 'moved', lead: judged.lead })
    }
  }
  if (moves.length === 0) return results
  desk.desk.trail.changes.push(...renderChanges(desk))
  await writeDeskRows(tx, desk.desk, now)
  await insertMoves(tx, moves)
  const moved = moves.map(({ lead_id }) => lead_id)
  await markWork(tx, moved, 'stage')
  return results
}

/** A lead with everything that its next move is decided by. */
export interface OpenedStage extends OpenedLead {
  desk: JudgeDesk
  lifecycle: CompiledLifecycle
}

interface OpenedLead {
  judged: JudgedLead
  state: StageState
  facts: StageFacts
}

/** The same for a lead that is only looked at; undefined when there is no such lead. */
export async function openStage(tx: Tx, leadId: string, now: Date): Promise<OpenedStage | undefined> {
  const [lead] = await listLeads(tx, [leadId])
  if (lead === undefined) return undefined
  const { desk, lifecycle, opened } = await open(tx, [unjudged(lead)], now)
  const [one] = opened
  return one && { desk, lifecycle, ...one }
}

async function open(tx: Tx, rows: Parameters<typeof openJudgeDesk>[1], now: Date) {
  const desk = await openJudgeDesk(tx, rows, now)
  const lifecycle = findLifecycle(desk.policies, desk.catalogue)
  const answered = await listQualifications(tx, [...desk.leads.keys()])
  const answersOf = new Map(answered.map((row) => [row.lead_id, row.answers]))
  const opened = [...desk.leads.values()].map((judged): OpenedLead => {
    const answers = answersOf.get(judged.id)
    const qualification = answers && decideQualification(answers, lifecycle.policy, now)
    if (qualification !== undefined) showVerdict(judged, qualification)
    const state = stateOf(judged, qualification)
    showStay(judged, state.stay)
    return { judged, state, facts: factsOf(judged, state) }
  })
  return { desk, lifecycle, opened }
}
