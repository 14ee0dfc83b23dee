// The qualification frameworks that sales teams know by name, as data: BANT (IBM), MEDDIC (PTC), CHAMP (InsightSquared).
// A policy may change them, drop them or add its own. Budget and decision makers mean the same in all: one answer serves.
import type { Criterion, Framework } from './qualification.ts'

/** A quarter is how long a budget or a plan stays true without being asked again. */
const QUARTER_DAYS = 90

export const STANDARD_CRITERIA: Criterion[] = [
  criterion('budget', 'Budget', 'Is there money for this, and how much?', QUARTER_DAYS),
  criterion('authority', 'Authority', 'Can this person decide, or who can?'),
  criterion('need', 'Need', 'Which problem has to be solved?'),
  criterion('timeline', 'Timeline', 'By when is a decision wanted?', QUARTER_DAYS),
  criterion('metrics', 'Metrics', 'Which figure will get better, and by how much?'),
  criterion('decision_criteria', 'Decision criteria', 'What will the choice be made by?'),
  criterion('decision_process', 'Decision process', 'Which steps lead to a decision?', QUARTER_DAYS),
  criterion('champion', 'Champion', 'Who inside wants it to happen?'),
]

export const STANDARD_FRAMEWORKS: Framework[] = [
  framework('bant', 'BANT', ['budget', 'authority', 'need', 'timeline']),
  framework('meddic', 'MEDDIC', ['metrics', 'authority', 'decision_criteria', 'decision_process', 'need', 'champion']),
  framework('champ', 'CHAMP', ['need', 'authority', 'budget', 'timeline']),
]

function criterion(key: string, label: string, question: string, valid_days: number | null = null): Criterion {
  return { key, label, question, valid_days, values: [] }
}

/** All criteria weigh the same and are required; three of four have to be met. */
function framework(key: string, label: string, criteria: string[]): Framework {
  const weighted = criteria.map((name) => ({ criterion: name, weight: 1, required: true }))
  return { key, label, criteria: weighted, min_score: 75 }
}
