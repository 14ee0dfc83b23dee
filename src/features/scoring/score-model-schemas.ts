/** Shapes of score models on the wire. */
import { type Static, Type } from 'typebox'
import {
  defaultThresholds,
  GRADES,
  type ScoreModel as Model,
  SCORE_LIMITS,
  TIERS,
} from '../../domain/scoring/score-model.ts'
import { ConditionSchema } from '../../http/condition-schemas.ts'
import { component, Int, input, List, Nullable, NullableRef, ref, Slug, Text, TextMap } from '../../http/schema.ts'
import { PolicyKey, policySchemas } from '../../policies/endpoints/policy-schemas.ts'

const { rules, points, bound, days, count, bands } = SCORE_LIMITS

const key = Slug({ description: 'Key of the rule; the explanation of a score names it.', examples: ['seniority'] })
const label = Text(200, { description: 'What people read.', examples: ['Leads a company'] })
const name = Text(200, { description: 'What people call the model.', examples: ['New business'], minLength: 1 })
const description = Nullable(Text(2_000, { description: 'What it is for.', examples: ['Leads of the website.'] }))
const rulePoints = (text: string, example: number) => Int(-points, points, { description: text, examples: [example] })
const boundOf = (text: string, example: number) => Int(-bound, bound, { description: text, examples: [example] })
const daysOf = (text: string, example: number) => Int(1, days, { description: text, examples: [example] })
const countOf = (text: string, example: number) => Int(1, count, { description: text, examples: [example] })

const event = Text(200, {
  description: 'Name of the event; `form_submitted` counts the forms that the lead has sent.',
  examples: ['page_viewed'],
  minLength: 1,
})
const properties = TextMap(10, 1_000, {
  description: 'Texts that the event must have; the case of A to Z does not matter.',
  examples: [{ path: '/pricing' }],
})
const window_days = daysOf('Events of so many times 24 hours count; all when null.', 90)
const half_life_days = daysOf('An event is worth half as much after each so many days; always the same when null.', 14)
const max_per_day = countOf('At most so many events of a UTC day count, the newest.', 5)
const max_count = countOf(`At most so many events count, the newest; ${count} when null.`, 20)
const min_points = boundOf('The rule gives at least this.', 0)
const max_points = boundOf('The rule gives at most this.', 30)

const FIT_POINTS = rulePoints('Points when the condition holds; negative ones take away.', 20)
const EVENT_POINTS = rulePoints('Points for each event that counts; negative ones take away.', 5)

const ScoreFitRule = component('ScoreFitRule', 'Points for whom a condition describes.', {
  key,
  label,
  condition: ref(ConditionSchema),
  points: FIT_POINTS,
})
const ScoreEngagementRule = component('ScoreEngagementRule', 'Points for each time that a lead did something.', {
  key,
  label,
  event,
  properties,
  points: EVENT_POINTS,
  window_days: Nullable(window_days),
  half_life_days: Nullable(half_life_days),
  max_per_day: Nullable(max_per_day),
  max_count: Nullable(max_count),
  min_points: Nullable(min_points),
  max_points: Nullable(max_points),
})
const axisMin = boundOf('The axis is at least this.', 0)
const axisMax = boundOf('The axis is at most this.', 100)

const gradeItem = {
  grade: Type.Unsafe<(typeof GRADES)[number]>({
    type: 'string',
    enum: [...GRADES],
    description: 'Letter; F is who reaches none.',
    examples: ['A'],
  }),
  min_fit: boundOf('Least fit of the letter.', 80),
}
const tierItem = {
  tier: Type.Unsafe<(typeof TIERS)[number]>(Int(1, 3, { description: 'Tier; 4 is who reaches none.', examples: [1] })),
  min_engagement: boundOf('Least engagement of the tier.', 60),
}
const bandItem = {
  key: Slug({ description: 'Name of the band.', examples: ['hot'] }),
  min_total: Int(-2 * bound, 2 * bound, { description: 'Least total of the band.', examples: [120] }),
}
const thresholds = {
  grades: List(ref(component('ScoreGrade', 'A letter for fit.', gradeItem)), GRADES.length, {
    description: 'Letters, best first.',
  }),
  tiers: List(ref(component('ScoreTier', 'A number for engagement.', tierItem)), TIERS.length, {
    description: 'Tiers, best first.',
  }),
  bands: List(ref(component('ScoreBand', 'A name for a range of totals.', bandItem)), bands, {
    description: 'Bands, highest first; crossing one is the change `lead.score_changed`.',
  }),
}

const EXAMPLE = {
  name: 'New business',
  fit: {
    min: 0,
    max: 100,
    rules: [
      {
        key: 'region',
        condition: { any: [{ all: [{ field: 'country', op: 'in', values: ['DE', 'AT', 'CH'] }] }] },
        points: 30,
      },
    ],
  },
  engagement: {
    min: 0,
    max: 100,
    rules: [{ key: 'visits', event: 'page_viewed', points: 2, window_days: 90, half_life_days: 14, max_per_day: 10 }],
  },
}

const COMPLETE_EXAMPLE = {
  ...EXAMPLE,
  description: null,
  fit: { ...EXAMPLE.fit, rules: EXAMPLE.fit.rules.map((rule) => ({ ...rule, label: 'In our region' })) },
  engagement: {
    ...EXAMPLE.engagement,
    rules: EXAMPLE.engagement.rules.map((rule) => ({
      ...rule,
      label: 'Looks at pages',
      properties: {},
      max_count: null,
      min_points: null,
      max_points: null,
    })),
  },
  ...defaultThresholds(100, 100),
}

export const ScoreModelDefinition = component(
  'ScoreModelDefinition',
  'How leads are scored.',
  {
    name,
    description,
    fit: ref(
      component('ScoreFitAxis', 'Who they are.', {
        min: axisMin,
        max: axisMax,
        rules: List(ref(ScoreFitRule), rules, { description: 'Rules.' }),
      }),
    ),
    engagement: ref(
      component('ScoreEngagementAxis', 'What they did.', {
        min: axisMin,
        max: axisMax,
        rules: List(ref(ScoreEngagementRule), rules, { description: 'Rules.' }),
      }),
    ),
    ...thresholds,
  },
  { examples: [COMPLETE_EXAMPLE] },
)

const ScoreFitRuleInput = input('ScoreFitRuleInput', 'A fit rule; its label is its key when left out.', {
  key,
  label: Type.Optional(label),
  condition: ref(ConditionSchema),
  points: FIT_POINTS,
})
const ScoreEngagementRuleInput = input('ScoreEngagementRuleInput', 'A rule; what is left out sets no limit.', {
  key,
  label: Type.Optional(label),
  event,
  properties: Type.Optional(properties),
  points: EVENT_POINTS,
  window_days: Type.Optional(Nullable(window_days)),
  half_life_days: Type.Optional(Nullable(half_life_days)),
  max_per_day: Type.Optional(Nullable(max_per_day)),
  max_count: Type.Optional(Nullable(max_count)),
  min_points: Type.Optional(Nullable(min_points)),
  max_points: Type.Optional(Nullable(max_points)),
})

export const ScoreModelUpdate = input(
  'ScoreModelUpdate',
  'The whole draft of a model.',
  {
    name,
    description: Type.Optional(description),
    fit: ref(
      input('ScoreFitAxisInput', 'Who they are.', {
        min: axisMin,
        max: axisMax,
        rules: List(ref(ScoreFitRuleInput), rules, { description: 'Rules.' }),
      }),
    ),
    engagement: ref(
      input('ScoreEngagementAxisInput', 'What they did.', {
        min: axisMin,
        max: axisMax,
        rules: List(ref(ScoreEngagementRuleInput), rules, { description: 'Rules.' }),
      }),
    ),
    grades: Type.Optional(
      List(ref(input('ScoreGradeInput', 'A letter for fit.', gradeItem)), GRADES.length, {
        description: 'Letters, best first; fifths of the axis when left out.',
      }),
    ),
    tiers: Type.Optional(
      List(ref(input('ScoreTierInput', 'A number for engagement.', tierItem)), TIERS.length, {
        description: 'Tiers, best first; 60, 30 and 10 % of the axis when left out.',
      }),
    ),
    bands: Type.Optional(
      List(ref(input('ScoreBandInput', 'A name for a range of totals.', bandItem)), bands, {
        description: 'Bands, highest first; `hot` and `warm` at 60 and 30 % of both axes when left out.',
      }),
    ),
  },
  { examples: [EXAMPLE] },
)

export const ScoreSimulationRequest = input('ScoreSimulationRequest', 'Whom to try the draft on.', {
  filter: Type.Optional(NullableRef(ConditionSchema, 'Leads that it is tried on; all of them when left out.')),
})

export const { Policy, Version, Page, VersionPage } = policySchemas(
  'ScoreModel',
  'score model',
  'default',
  ScoreModelDefinition,
)

export const ModelKey = PolicyKey('score model', 'default')

/** The model that a body means, complete. */
export function toScoreModel(body: Static<typeof ScoreModelUpdate>): Model {
  const { fit, engagement } = body
  const thresholdsOf = defaultThresholds(fit.max, engagement.max)
  return {
    name: body.name,
    description: body.description ?? null,
    fit: {
      min: fit.min,
      max: fit.max,
      // The validator of conditions has the last word on their shape.
      rules: fit.rules.map((rule) => ({ ...rule, label: rule.label ?? rule.key })) as Model['fit']['rules'],
    },
    engagement: { min: engagement.min, max: engagement.max, rules: engagement.rules.map(toRule) },
    grades: body.grades ?? thresholdsOf.grades,
    tiers: body.tiers ?? thresholdsOf.tiers,
    bands: body.bands ?? thresholdsOf.bands,
  }
}

function toRule(rule: Static<typeof ScoreEngagementRuleInput>): Model['engagement']['rules'][number] {
  return {
    key: rule.key,
    label: rule.label ?? rule.key,
    event: rule.event,
    properties: rule.properties ?? {},
    points: rule.points,
    window_days: rule.window_days ?? null,
    half_life_days: rule.half_life_days ?? null,
    max_per_day: rule.max_per_day ?? null,
    max_count: rule.max_count ?? null,
    min_points: rule.min_points ?? null,
    max_points: rule.max_points ?? null,
  }
}
