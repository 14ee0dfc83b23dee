/** The stages at work on one desk. */
import type { Tx } from '../../db/client.ts'
import { askedSources, columnSource } from '../facts/needed-kinds.ts'
import { writeDeskRows } from '../write-desk.ts'
import { type JudgeDesk, renderChanges, takeNews } from './judge-desk.ts'
import type { Stage } from './stage.ts'

/**
 * Lets the stages decide about the leads of a desk, which are locked, and writes what they have decided; `alongside` writes
 * what else follows from the decisions.
 */
export async function runStages(
  tx: Tx,
  stages: readonly Stage[],
  desk: JudgeDesk,
  alongside: () => void = () => undefined,
): Promise<void> {
  const runs = await Promise.all(stages.map((stage) => stage.load(tx, desk)))
  const asked = askedBefore(stages, desk)
  for (const judged of desk.leads.values()) {
    for (const [i, run] of runs.entries()) {
      run.decide(judged)
      if (takeNews(judged).some((source) => asked[i]?.has(source) === true)) judged.isNews = true
    }
  }
  desk.desk.trail.changes.push(...renderChanges(desk))
  await writeDeskRows(tx, desk.desk, desk.now)
  // Begun in their order: whatever needs no answer of another travels as one.
  const written = runs.map((run) => run.write(tx))
  alongside()
  await Promise.all(written)
}

const ACCOUNT = columnSource('account_id')
const COMPANY_KINDS = ['account', 'account_custom_field']

/** For each stage what those before it have asked about, and so have not seen as this stage leaves it. */
function askedBefore(stages: readonly Stage[], { policies, catalogue }: JudgeDesk): ReadonlySet<string>[] {
  const all = stages.map(({ follows = [] }) => askedSources(policies, catalogue, follows))
  // A company was loaded before the first stage: whoever asks about it sees the one that the lead had then.
  const seesCompany = all.some((sources) => COMPANY_KINDS.some((kind) => sources.has(kind)))
  return all.map((_, i) => {
    const before = new Set(all.slice(0, i).flatMap((sources) => [...sources]))
    if (seesCompany) before.add(ACCOUNT)
    return before
  })
}
