/** The stages at work on one desk. */
import type { Tx } from '../../db/client.ts'
import { writeDeskRows } from '../write-desk.ts'
import { type JudgeDesk, renderChanges } from './judge-desk.ts'
import type { Stage } from './stage.ts'

/** Lets the stages decide about the leads of a desk, which are locked, and writes what they have decided. */
export async function runStages(tx: Tx, stages: readonly Stage[], desk: JudgeDesk): Promise<void> {
  const runs = await Promise.all(stages.map((stage) => stage.load(tx, desk)))
  for (const judged of desk.leads.values()) {
    for (const run of runs) run.decide(judged)
  }
  desk.desk.trail.changes.push(...renderChanges(desk))
  await writeDeskRows(tx, desk.desk, desk.now)
  for (const run of runs) await run.write(tx)
}
