/** Scoring owns score models and the scores that people set; the pipeline writes what it calculates. */
import type { Room } from '../../http/route.ts'
import { deleteScoreOverride } from './routes/delete-score-override.ts'
import { diffScoreModel } from './routes/diff-score-model.ts'
import { getLeadScores } from './routes/get-lead-scores.ts'
import { getScoreModel } from './routes/get-score-model.ts'
import { getScoreModelVersion } from './routes/get-score-model-version.ts'
import { listLeadScoreHistory } from './routes/list-lead-score-history.ts'
import { listScoreModelVersions } from './routes/list-score-model-versions.ts'
import { listScoreModels } from './routes/list-score-models.ts'
import { publishScoreModel } from './routes/publish-score-model.ts'
import { putScoreModel } from './routes/put-score-model.ts'
import { putScoreOverride } from './routes/put-score-override.ts'
import { retireScoreModel } from './routes/retire-score-model.ts'
import { simulateScoreModel } from './routes/simulate-score-model.ts'

export const scoring: Room = {
  folder: 'scoring',
  tag: 'Scoring',
  description: 'How good leads are: models, scores with their reasons, and what a person knows better.',
  routes: [
    listScoreModels,
    getScoreModel,
    putScoreModel,
    publishScoreModel,
    retireScoreModel,
    simulateScoreModel,
    listScoreModelVersions,
    getScoreModelVersion,
    diffScoreModel,
    getLeadScores,
    listLeadScoreHistory,
    putScoreOverride,
    deleteScoreOverride,
  ],
}
