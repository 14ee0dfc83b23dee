/** The stage that scores: writes what differs, wakes the lead when its score turns next, tells who crosses a band. */
import { nameVersion } from '../../domain/policy.ts'
import { NOTHING_WATCHED } from '../../domain/scoring/next-score-change.ts'
import { DEFAULT_MODEL_KEY, type ScoreModel } from '../../domain/scoring/score-model.ts'
import {
  type JudgeDesk,
  type JudgedLead,
  keepReceipt,
  noteNews,
  setFamily,
  tellChange,
  wakeAt,
} from '../judge/judge-desk.ts'
import type { Stage } from '../judge/stage.ts'
import { loadScoreBook, readyModels, type ScoredLead, scoreLead } from './score-leads.ts'
import { type ScoreRow, writeScores } from './score-queries.ts'
import { watchedScores } from './watched-scores.ts'

export const scoreStage: Stage = scoreStageOf()

/** The stage, telling about every score that differs. */
export function scoreStageOf(onDifference: (lead: JudgedLead, scored: ScoredLead) => void = () => {}): Stage {
  return {
    name: 'score',
    follows: ['score_model'],
    load: async (tx, desk) => {
      const models = readyModels(desk.catalogue, desk.policies.of<ScoreModel>('score_model'))
      const book = await loadScoreBook(tx, [...desk.leads.keys()], models, desk.now)
      const watched = watchedScores(desk.policies)
      const rows: ScoreRow[] = []
      return {
        decide: (judged) => {
          for (const model of models) {
            const lead = { id: judged.id, conditions: judged.facts, reasons: judged.reasons }
            const scored = scoreLead(book, model, lead, desk.now)
            const row = scored.differs ? scored.makeRow() : null
            if (row !== null) {
              rows.push(row)
              onDifference(judged, scored)
              tellCrossing(desk, judged, model, scored, row)
            }
            if (model.key === DEFAULT_MODEL_KEY) {
              setFamily(judged, 'score', { ...scored.verdict })
              if (row !== null) noteNews(judged, 'score')
            }
            wakeAt(judged, scored.next(model.key === DEFAULT_MODEL_KEY ? watched : NOTHING_WATCHED))
          }
        },
        write: (tx) => writeScores(tx, rows),
      }
    },
  }
}

/** The alert of sales: a lead is in another band than before. */
function tellCrossing(
  desk: JudgeDesk,
  judged: JudgedLead,
  model: { key: string; version: number },
  { verdict, before }: ScoredLead,
  row: ScoreRow,
): void {
  const from = before?.band ?? null
  if (verdict.band === from) return
  const { total, grade, band } = verdict
  keepReceipt(desk, judged, {
    kind: 'score',
    policy: nameVersion('score_model', model),
    inputs: { reasons: judged.reasons, rules: row.parts },
    outcome: { model_key: model.key, from_band: from, band, total, grade, delta: row.delta },
  })
  tellChange(
    desk,
    judged,
    'lead.score_changed',
    { score: before === undefined ? null : { total: before.total, grade: before.grade, band: from } },
    { details: { score: { model_key: model.key, total, grade, band } } },
  )
}
