/** Tries a draft: scores all leads, or those of a filter, by it and by what is followed, and writes nothing but counts. */
import type { Ctx } from '../../ctx.ts'
import { withWorkspace } from '../../db/client.ts'
import { MATCHES_ALL } from '../../domain/condition/compiled-condition.ts'
import type { Condition } from '../../domain/condition/condition-shape.ts'
import { validateCondition } from '../../domain/condition/validate-condition.ts'
import type { PolicyKind } from '../../domain/policy.ts'
import type { ScoreModel } from '../../domain/scoring/score-model.ts'
import { addToSimulation, emptySimulation, type ScoreSimulation } from '../../domain/scoring/simulation.ts'
import { encodeTypeId } from '../../domain/type-id.ts'
import { ApiError } from '../../errors.ts'
import type { OperationRunner, ReportProgress, RunningOperation } from '../../operations/run-operations.ts'
import type { PolicyBook } from '../../policies/published-policies.ts'
import { catalogueOf } from '../condition-catalogue.ts'
import { findWritePolicy } from '../custom-fields.ts'
import type { JudgeDesk } from '../judge/judge-desk.ts'
import { openJudgeDesk } from '../judge/open-judge-desk.ts'
import { countAllLeads, listMatchingPage } from './lead-page-queries.ts'
import { onlyModel } from './rescore-leads.ts'
import { loadScoreBook, readyModels, scoreLead } from './score-leads.ts'

/** The kind of these operations. */
export const SIMULATION = 'score_simulation'

/** What a simulation tries; the draft as it was when it was asked for. */
export interface SimulationInput {
  model_key: string
  version: number
  definition: ScoreModel
  /** Null for all leads. */
  filter: Condition | null
}

/** Leads of one transaction: requests of the same process wait for what is calculated in between. */
const PAGE = 500
/** No policy has such a key: the draft stands in the book beside what is followed. */
const DRAFT = '~draft'

interface Progress {
  after: string | null
  simulation: ScoreSimulation
}

/** Runs a simulation. */
export const simulateScores: OperationRunner = {
  kind: SIMULATION,
  run: async (ctx, operation, report) => {
    const total = await withWorkspace(ctx.db, operation.workspaceId, countAllLeads)
    let progress = (operation.checkpoint as Progress | null) ?? { after: null, simulation: emptySimulation() } // ours
    for (;;) {
      const after = await simulatePage(ctx, operation, report, progress, total)
      if (after === null) return resultOf(progress.simulation)
      progress = { ...progress, after }
    }
  },
}

async function simulatePage(
  ctx: Ctx,
  operation: RunningOperation,
  report: ReportProgress,
  { after, simulation }: Progress,
  total: number,
): Promise<string | null> {
  const input = operation.input as unknown as SimulationInput // the service wrote it
  return await withWorkspace(ctx.db, operation.workspaceId, async (tx) => {
    const now = ctx.now()
    const catalogue = catalogueOf(tx.workspaceId, await findWritePolicy(tx, tx.workspaceId))
    const verdict = input.filter === null ? null : validateCondition(input.filter, catalogue)
    if (verdict?.ok === false) throw new ApiError('invalid_filter', 'A field of the filter is not there any more.')
    const page = await listMatchingPage(tx, verdict?.condition ?? MATCHES_ALL, after, PAGE, now)
    const last = page.at(-1)
    if (last === undefined) return null
    const unlocked = page.map((lead) => ({ lead, sources: {}, reasons: [] }))
    const desk = await openJudgeDesk(tx, unlocked, now, {
      narrow: (policies) => withDraft(onlyModel(policies, input.model_key), input),
    })
    const models = readyModels(desk.catalogue, desk.policies.of<ScoreModel>('score_model'))
    const book = await loadScoreBook(tx, [...desk.leads.keys()], models, now)
    fold(simulation, desk, input.model_key, (model, lead) => scoreLead(book, model, lead, now).verdict, models)
    // A filter leaves some out: then nobody knows the total before the end.
    const known = input.filter === null ? Math.max(total, simulation.leads) : null
    await report(tx, { processed: simulation.leads, total: known, checkpoint: { after: last.id, simulation } })
    return last.id
  })
}

type Models = ReturnType<typeof readyModels>

function fold(
  simulation: ScoreSimulation,
  desk: JudgeDesk,
  key: string,
  score: (model: Models[number], lead: Parameters<typeof scoreLead>[2]) => ReturnType<typeof scoreLead>['verdict'],
  models: Models,
): void {
  const followed = models.find((model) => model.key === key)
  const draft = models.find((model) => model.key === DRAFT)
  if (draft === undefined) throw new Error('a simulation has a draft')
  for (const { id, facts: conditions } of desk.leads.values()) {
    const lead = { id, conditions, reasons: [] }
    // Under its own key, so that what a person has set stays under the draft too.
    const after = score({ ...draft, key }, lead)
    addToSimulation(simulation, id, followed === undefined ? null : score(followed, lead), after)
  }
}

const drafts = new WeakMap<SimulationInput, { key: string; version: number; definition: ScoreModel }>()

function withDraft(policies: PolicyBook, input: SimulationInput): PolicyBook {
  const { version, definition } = input
  // The same object for the whole run, so that it is compiled once.
  const draft = drafts.get(input) ?? { key: DRAFT, version, definition }
  drafts.set(input, draft)
  return {
    of: <Definition extends object>(kind: PolicyKind) =>
      kind === 'score_model'
        ? [
            ...policies.of<Definition>(kind),
            draft as unknown as { key: string; version: number; definition: Definition },
          ]
        : policies.of<Definition>(kind),
  }
}

function resultOf(simulation: ScoreSimulation): Record<string, unknown> {
  const { leads, changed, up, down, total_before, total_after, distribution, grades, moves, movers } = simulation
  const average = (sum: number) => (leads === 0 ? 0 : Math.round((sum / leads) * 100) / 100)
  const toWire = (id: string) => encodeTypeId('lead', id)
  const pairs = (counts: Record<string, [number, number]>, name: string) =>
    Object.entries(counts).map(([value, [before, after]]) => ({ [name]: value, before, after }))
  return {
    leads,
    changed,
    up,
    down,
    average_before: average(total_before),
    average_after: average(total_after),
    distribution: pairs(distribution, 'from_total')
      .map((bar) => ({ ...bar, from_total: Number(bar['from_total']) }))
      .sort((a, b) => a.from_total - b.from_total),
    grades: pairs(grades, 'grade').sort((a, b) => (String(a['grade']) < String(b['grade']) ? -1 : 1)),
    bands: Object.entries(moves).map(([name, { count, sample }]) => {
      const [from, to] = name.split('>').map((band) => (band === '-' ? null : band))
      return { from, to, count, sample: sample.map(toWire) }
    }),
    movers: movers.map(({ lead_id, from, to }) => ({ lead_id: toWire(lead_id), from, to })),
  }
}
