/** Some leads with what scoring by one model needs of them, and no more where the model asks for little. */
import type { Tx } from '../../db/client.ts'
import { familyConditionFacts } from '../../domain/condition/condition-facts.ts'
import type { LeadFacts } from '../../domain/lead.ts'
import type { ScoreModel } from '../../domain/scoring/score-model.ts'
import type { PolicyBook } from '../../policies/published-policies.ts'
import { catalogueOf } from '../condition-catalogue.ts'
import { findWritePolicy } from '../custom-fields.ts'
import { openJudgeDesk } from '../judge/open-judge-desk.ts'
import { listNarrowLeads, listWholeLeads, lockFreeLeads, type NarrowLead } from './lead-page-queries.ts'
import { loadScoreBook, type ReadyModel, readyModels, type ScoreBook, type scoreLead } from './score-leads.ts'

/** The one model of a rescore, with what it asks about. */
export interface RescoreModel extends ReadyModel {
  /** Policies in which it is all that is followed: nothing else is loaded. */
  followed: PolicyBook
  /** Columns of the lead that its rules name; null when they ask about more than the lead itself. */
  columns: string[] | null
}

/** The model of a key as it is published now; undefined when it is not. */
export async function findRescoreModel(tx: Tx, followed: PolicyBook): Promise<RescoreModel | undefined> {
  const catalogue = catalogueOf(tx.workspaceId, await findWritePolicy(tx, tx.workspaceId))
  const [model] = readyModels(catalogue, followed.of<ScoreModel>('score_model'))
  return model && { ...model, followed, columns: columnsOf(model) }
}

function columnsOf({ compiled }: ReadyModel): string[] | null {
  const columns = new Set(['id'])
  for (const { condition } of compiled.fit) {
    for (const { field } of condition?.groups.flat() ?? []) {
      const { kind, name } = field.source
      if (kind === 'column') columns.add(name)
      else if (kind === 'custom_field') columns.add('custom_fields')
      else return null
    }
  }
  return [...columns]
}

export interface ScorePage {
  leads: readonly Parameters<typeof scoreLead>[2][]
  book: ScoreBook
}

const REASONS = ['policy']

/** These leads; when they are to be locked, without those that another writer has. */
export async function readScorePage(
  tx: Tx,
  model: RescoreModel,
  ids: readonly string[],
  now: Date,
  lock: boolean,
): Promise<ScorePage> {
  // Sent in this order on one connection: what is stored is read when the leads are locked.
  const [leads, book] = await Promise.all([
    model.columns === null
      ? readWhole(tx, model, ids, now, lock)
      : listNarrowLeads(tx, model.columns, ids, lock).then((rows) => rows.map(toLead)),
    loadScoreBook(tx, ids, [model], now),
  ])
  return { leads, book }
}

async function readWhole(tx: Tx, { followed }: RescoreModel, ids: readonly string[], now: Date, lock: boolean) {
  const found = lock ? await lockFreeLeads(tx, ids) : await listWholeLeads(tx, ids)
  const given = found.map((one) => ({ ...one, reasons: REASONS }))
  const desk = await openJudgeDesk(tx, given, now, { narrow: () => followed })
  return [...desk.leads.values()].map(({ id, facts }) => ({ id, conditions: facts, reasons: REASONS }))
}

function toLead(row: NarrowLead): ScorePage['leads'][number] {
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
