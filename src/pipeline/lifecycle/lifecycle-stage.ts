/** The stage of the judge that qualifies leads and promotes them through open gates, as far as they lead. */
import { decideStage, nextStageChange } from '../../domain/lifecycle/decide-stage.ts'
import type { CompiledLifecycle } from '../../domain/lifecycle/lifecycle-policy.ts'
import { decideQualification } from '../../domain/lifecycle/qualification.ts'
import { isEqual } from '../../domain/survivorship.ts'
import { type JudgeDesk, type JudgedLead, noteNews, wakeAt } from '../judge/judge-desk.ts'
import type { Stage } from '../judge/stage.ts'
import { findLifecycle } from './find-lifecycle.ts'
import {
  insertMoves,
  listQualifications,
  type MoveRow,
  type QualificationRow,
  saveQualifications,
} from './lifecycle-queries.ts'
import { type MoveOrder, makeMove } from './make-move.ts'
import { factsOf, type StageState, showStay, showVerdict, stateOf } from './stage-facts.ts'

const BY_ITSELF: MoveOrder = { by: 'automatic', actor: 'system', origin: null, reason: null, note: null, wake_at: null }
const ANYWHERE = { by: 'automatic', to: null, reason: null } as const

export const lifecycleStage: Stage = {
  name: 'lifecycle',
  follows: ['lifecycle'],
  load: async (tx, desk) => {
    const lifecycle = findLifecycle(desk.policies, desk.catalogue)
    const rows = await listQualifications(tx, [...desk.leads.keys()])
    const byLead = new Map(rows.map((row) => [row.lead_id, row]))
    const moves: MoveRow[] = []
    const changed: QualificationRow[] = []
    return {
      decide: (judged) => {
        const row = byLead.get(judged.id)
        const current = row && requalify(desk, judged, lifecycle, row)
        if (current !== undefined && current !== row) changed.push(current)
        // An archived lead stays where it is until somebody restores it.
        if (!judged.lead.archived) moves.push(...promote(desk, judged, lifecycle, stateOf(judged, current)))
      },
      write: async (tx) => {
        await Promise.all([saveQualifications(tx, changed), insertMoves(tx, moves)])
      },
    }
  },
}

/** Where a lead would go under a lifecycle; its desk is thrown away afterwards. */
export function rehearseStage(
  desk: JudgeDesk,
  judged: JudgedLead,
  lifecycle: CompiledLifecycle,
  row: QualificationRow | undefined,
): string {
  promote(desk, judged, lifecycle, stateOf(judged, row && requalify(desk, judged, lifecycle, row)))
  return judged.lead.stage_key
}

/** The qualification as it counts now: an answer may have expired, the policy may be another one. */
function requalify(
  desk: JudgeDesk,
  judged: JudgedLead,
  { policy }: CompiledLifecycle,
  row: QualificationRow,
): QualificationRow {
  const { next_change_at, ...verdict } = decideQualification(row.answers, policy, desk.now)
  showVerdict(judged, verdict)
  if (next_change_at !== null) wakeAt(judged, new Date(next_change_at))
  const { statuses, verdicts } = row
  if (isEqual({ statuses, verdicts }, verdict)) return row
  noteNews(judged, 'qualification', 'criterion')
  return { ...row, ...verdict, version: row.version + 1 }
}

/** Moves the lead from gate to gate; in one pass it comes to no stage twice. */
function promote(desk: JudgeDesk, judged: JudgedLead, lifecycle: CompiledLifecycle, first: StageState): MoveRow[] {
  const moves: MoveRow[] = []
  const visited = new Set([judged.lead.stage_key])
  let state = first
  showStay(judged, state.stay)
  for (;;) {
    const facts = factsOf(judged, state)
    const { move, rejected } = decideStage(lifecycle, facts, ANYWHERE, desk.now)
    if (move === null || visited.has(move.to)) {
      const turn = nextStageChange(lifecycle, facts, desk.now)
      if (turn !== null) wakeAt(judged, new Date(turn))
      return moves
    }
    visited.add(move.to)
    const { row, stay } = makeMove(desk, judged, lifecycle, state, { move, rejected }, BY_ITSELF)
    moves.push(row)
    state = { ...state, stay }
  }
}
