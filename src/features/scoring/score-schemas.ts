/** Shapes of the scores of a lead on the wire. */
import { Type } from 'typebox'
import { SCORE_LIMITS } from '../../domain/scoring/score-model.ts'
import {
  ClosedEnum,
  component,
  Flag,
  FreeMap,
  Id,
  Int,
  input,
  List,
  Nullable,
  NullableRef,
  OpenEnum,
  pageOf,
  ref,
  Slug,
  Text,
  Timestamp,
} from '../../http/schema.ts'

const TOTAL = 2 * SCORE_LIMITS.bound
const axis = (description: string, example: number) =>
  Int(-SCORE_LIMITS.bound, SCORE_LIMITS.bound, { description, examples: [example] })
const total = (description: string) => Int(-TOTAL, TOTAL, { description, examples: [93] })
const grade = Text(2, { description: 'Letter for fit and tier of engagement: A1 to F4.', examples: ['A2'] })
const band = Nullable(Slug({ description: 'Band of the total; null below the lowest.', examples: ['warm'] }))
const points = (description: string, example: number) =>
  Type.Number({ format: 'double', minimum: -1e9, maximum: 1e9, description, examples: [example] })
const modelVersion = Int(1, 2_147_483_647, { description: 'Version of the model.', examples: [3] })
const modelKey = Slug({ description: 'The score model.', examples: ['default'] })

const value = {
  fit: axis('Who they are.', 65),
  engagement: axis('What they did.', 28),
  total: total('Both, or what a person has set.'),
  grade,
  band,
  overridden: Flag({ description: 'True while a person has set the total.', examples: [false] }),
}

/** Why leads are judged; `follow_up`: because of what the judging before has decided. */
const REASONS = [
  'changed',
  'event',
  'time',
  'policy',
  'override',
  'account',
  'activity',
  'consent',
  'follow_up',
  'mail',
  'qualification',
  'segment',
  'stage',
]

const ScoreContribution = component('ScoreContribution', 'What one rule gave.', {
  axis: ClosedEnum(['fit', 'engagement'], { description: 'The axis of the rule.' }),
  rule: Slug({ description: 'Key of the rule.', examples: ['visits'] }),
  points: points('Points that it gave, with its own bounds, before those of the axis.', 12.5),
  counted: Nullable(
    Int(0, SCORE_LIMITS.count, {
      description: 'Events that counted; null for a fit rule and for the past.',
      examples: [7],
    }),
  ),
  valid: Flag({ description: 'False when the rule names a field that is no longer there.' }),
})

export const ScoreHistoryEntry = component('ScoreHistoryEntry', 'A score that a lead had, until the next one.', {
  scored_at: Timestamp({ description: 'From when on it had it.' }),
  model_version: modelVersion,
  ...value,
  delta: total('Total minus the total before.'),
  reasons: List(OpenEnum(REASONS, { description: 'A reason.', examples: ['event'] }), 50, {
    description: 'Why it was calculated.',
  }),
  rules: FreeMap(2 * SCORE_LIMITS.rules, {
    description: 'Points by `axis.rule`, without rules that gave none.',
    examples: [{ 'fit.seniority': 30, 'engagement.visits': 12.5 }],
  }),
})

export const ScoreHistoryPage = pageOf('ScoreHistoryPage', 'A page of former scores, newest first.', ScoreHistoryEntry)

const ScoreOverrideSchema = component('ScoreOverride', 'A score that a person has set.', {
  total: total('The total.'),
  grade: Nullable(grade),
  reason: Text(1_000, { description: 'Why.', examples: ['Asked for a contract by phone.'] }),
  actor: Text(200, { description: 'Who set it.', examples: ['key_01k8r5x4q3e7vb2c9m6h0n1d5s'] }),
  created_at: Timestamp({ description: 'When it was set.' }),
  etag: Text(40, { description: 'Send it as If-Match to replace what you have read.', examples: ['"v1"'] }),
  expires_at: Nullable(Timestamp({ description: 'When it ends by itself; null for never.' })),
})

export const ScoreOverrideUpdate = input('ScoreOverrideUpdate', 'What a person knows better.', {
  total: total('The total; the band follows from it.'),
  grade: Type.Optional(
    Nullable(
      Type.String({
        pattern: '^[A-F][1-4]$',
        maxLength: 2,
        description: 'The grade; the calculated one when left out.',
        examples: ['A1'],
      }),
    ),
  ),
  reason: Text(1_000, { description: 'Why.', examples: ['Asked for a contract by phone.'], minLength: 1 }),
  expires_at: Type.Optional(
    Nullable(
      Timestamp({
        description: 'When it ends by itself; never when left out.',
        examples: ['2030-01-01T00:00:00.000Z'],
      }),
    ),
  ),
})

export const LeadScore = component('LeadScore', 'The score of a lead under one model, explained.', {
  model_key: modelKey,
  model_version: modelVersion,
  ...value,
  as_of: Timestamp({ description: 'The moment that it is the score of.' }),
  override: NullableRef(ScoreOverrideSchema, 'What a person has set; null when nobody has, and for the past.'),
  next_change_at: Nullable(
    Timestamp({ description: 'When it is calculated again if nothing happens; null when nothing will turn.' }),
  ),
  contributions: List(ref(ScoreContribution), 2 * SCORE_LIMITS.rules, {
    description: 'What every rule gave; of the past those that gave something.',
  }),
  history: List(ref(ScoreHistoryEntry), 20, { description: 'The newest former scores; all are paged on their own.' }),
})

export const LeadScores = component('LeadScores', 'The scores of a lead under every model.', {
  lead_id: Id('lead', { description: 'The lead.' }),
  data: List(ref(LeadScore), SCORE_LIMITS.models, { description: 'Scores in the order of the keys of their models.' }),
})
