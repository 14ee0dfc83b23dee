/**
 * One step of judging. A stage loads the facts that it needs for the whole batch, decides about one lead after the
 * other (pure: it reads and changes the desk and nothing else), and writes its rows for the whole batch. What it keeps
 * between the three lives in the closure of its run.
 *
 *   export const scoreStage: Stage = {
 *     name: 'score',
 *     load: async (tx, desk) => {
 *       const stored = await listScores(tx, [...desk.leads.keys()])
 *       const changed: ScoreRow[] = []
 *       return {
 *         decide: (judged) => { ...; setFamily(judged, 'score', { total }); wakeAt(judged, nextCrossing) },
 *         write: (tx) => writeScores(tx, changed),
 *       }
 *     },
 *   }
 */
import type { Tx } from '../../db/client.ts'
import type { PolicyKind } from '../../domain/policy.ts'
import type { JudgeDesk, JudgedLead } from './judge-desk.ts'

export interface Stage {
  readonly name: string
  /** Policies whose conditions it asks: what a later stage changes of that has the lead judged once more. */
  readonly follows?: readonly PolicyKind[]
  /** Loads facts. All stages load before the first one decides; the leads are locked already, own rows come after. */
  load(tx: Tx, desk: JudgeDesk): Promise<StageRun>
}

export interface StageRun {
  /** Decides about one lead, which the stages before have decided about. Leaves its trail on the desk. */
  decide(judged: JudgedLead): void
  /** Writes the stage's own rows; leads, receipts, activities and changes are written by the desk. */
  write(tx: Tx): Promise<void>
}
