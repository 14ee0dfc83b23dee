/** A page of all leads with what scoring by one model needs of them, and no more where the model asks for little. */
import type { Tx } from '../../db/client.ts'
import { familyConditionFacts } from '../../domain/condition/condition-facts.ts'
import type { LeadFacts } from '../../domain/lead.ts'
import type { ScoreModel } from '../../domain/scoring/score-model.ts'
import type { PolicyBook } from '../../policies/published-policies.ts'
import { catalogueOf } from '../condition-catalogue.ts'
import { findWritePolicy } from '../custom-fields.ts'
import { openJudgeDesk } from '../judge/open-judge-desk.ts'
import { listLeadPage, listNarrowPage, type NarrowRow } from './lead-page-queries.ts'
import { loadActivity } from './load-activity.ts'
import { loadScoreBook, type ReadyModel, readyModels, type ScoreBook, type scoreLead } from './score-leads.ts'
import { listOverrides, type StoredScore, scoreKey } from './score-queries.ts'

type LeadToScore = Parameters<typeof scoreLead>[2]

export interface ScorePage {
  models: readonly ReadyModel[]
  leads: readonly LeadToScore[]
  book: ScoreBook
  /** Id of the last lead. */
  last: string
}

const REASONS = ['policy']

/** The leads after an id; null when there are no more. Nothing is locked. */
export async function readScorePage(
  tx: Tx,
  followed: PolicyBook,
  after: string | null,
  limit: number,
  now: Date,
): Promise<ScorePage | null> {
  const catalogue = catalogueOf(tx.workspaceId, await findWritePolicy(tx, tx.workspaceId))
  const models = readyModels(catalogue, followed.of<ScoreModel>('score_model'))
  const [model] = models
  const columns = model === undefined ? null : columnsOf(model)
  return model === undefined || columns === null
    ? await readWhole(tx, followed, after, limit, now)
    : await readNarrow(tx, model, columns, after, limit, now)
}

/** The columns of the lead that a model asks about; null when it asks about more than the lead itself. */
function columnsOf({ compiled }: ReadyModel): string[] | null {
  const columns: string[] = []
  for (const { condition } of compiled.fit) {
    for (const { field } of condition?.groups.flat() ?? []) {
      const { kind, name } = field.source
      if (kind === 'column') columns.push(name)
      else if (kind === 'custom_field') columns.push('custom_fields')
      else return null
    }
  }
  return columns
}

async function readWhole(
  tx: Tx,
  followed: PolicyBook,
  after: string | null,
  limit: number,
  now: Date,
): Promise<ScorePage | null> {
  const page = await listLeadPage(tx, after, limit)
  const last = page.at(-1)
  if (last === undefined) return null
  const unlocked = page.map((lead) => ({ lead, sources: {}, reasons: REASONS }))
  const desk = await openJudgeDesk(tx, unlocked, now, { narrow: () => followed })
  const models = readyModels(desk.catalogue, followed.of<ScoreModel>('score_model'))
  const book = await loadScoreBook(tx, [...desk.leads.keys()], models, now)
  const leads = [...desk.leads.values()].map(({ id, facts }) => ({ id, conditions: facts, reasons: REASONS }))
  return { models, leads, book, last: last.id }
}

async function readNarrow(
  tx: Tx,
  model: ReadyModel,
  columns: readonly string[],
  after: string | null,
  limit: number,
  now: Date,
): Promise<ScorePage | null> {
  const rows = await listNarrowPage(tx, columns, model.key, after, limit)
  const last = rows.at(-1)
  if (last === undefined) return null
  const ids = rows.map(({ id }) => id)
  const overridden = rows.filter(({ has_override }) => has_override).map(({ id }) => id)
  const [activity, overrides] = await Promise.all([
    loadActivity(tx, ids, model.compiled.engagement, now),
    overridden.length === 0 ? new Map() : listOverrides(tx, overridden),
  ])
  const stored = new Map(rows.flatMap((row) => storedOf(row, model.key)))
  return { models: [model], leads: rows.map(toLead), book: { stored, overrides, activity }, last: last.id }
}

function storedOf(row: NarrowRow, model_key: string): [string, StoredScore][] {
  if (row.stored_total === null) return []
  // The columns of the statement.
  const score = {
    lead_id: row.id,
    model_key,
    fit: row['stored_fit'],
    engagement: row['stored_engagement'],
    total: row.stored_total,
    grade: row['stored_grade'],
    band: row['stored_band'],
    overridden: row['stored_overridden'],
  } as StoredScore
  return [[scoreKey(row.id, model_key), score]]
}

function toLead(row: NarrowRow): LeadToScore {
  const lead = row as unknown as LeadFacts // of the columns that are asked about
  return {
    id: row.id,
    conditions: familyConditionFacts(
      () => lead,
      new Map(),
      () => [],
    ),
    reasons: REASONS,
  }
}
