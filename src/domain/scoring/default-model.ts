// The model of a new workspace: a sensible beginning for business leads, written with fields that every lead has.
import type { Condition, ConditionTerm } from '../condition/condition-shape.ts'
import { defaultThresholds, type EngagementRule, type FitRule, type ScoreModel } from './score-model.ts'

const when = (...all: ConditionTerm[]): Condition => ({ any: [{ all }] })
const either = (...terms: ConditionTerm[]): Condition => ({ any: terms.map((term) => ({ all: [term] })) })
const isSet = (field: string): ConditionTerm => ({ field, op: 'is_set' })
const titleHas = (...words: string[]) =>
  either(...words.map((value): ConditionTerm => ({ field: 'job_title', op: 'contains', value })))

/** Mailboxes that anybody can have; the classes of e-mail addresses know more, these are the great ones. */
const FREE_MAIL = [
  'gmail.com',
  'googlemail.com',
  'yahoo.com',
  'hotmail.com',
  'outlook.com',
  'icloud.com',
  'gmx.de',
  'web.de',
]

const fit = (key: string, label: string, points: number, condition: Condition): FitRule => ({
  key,
  label,
  condition,
  points,
})

const FIT_RULES: FitRule[] = [
  fit(
    'business_email',
    'Business e-mail address',
    20,
    when(isSet('email'), { field: 'email_domain', op: 'not_in', values: FREE_MAIL }),
  ),
  fit('free_email', 'Free mailbox', -10, when({ field: 'email_domain', op: 'in', values: FREE_MAIL })),
  fit('company', 'Names a company', 15, when(isSet('company_name'))),
  fit('phone', 'Can be called', 10, when(isSet('phone'))),
  fit(
    'executive',
    'Leads a company',
    30,
    titleHas(
      'chief',
      'ceo',
      'cto',
      'cfo',
      'coo',
      'founder',
      'owner',
      'president',
      'geschäftsführer',
      'directeur général',
    ),
  ),
  fit('head', 'Leads a team', 20, titleHas('head', 'director', 'vp', 'vice', 'leiter', 'manager')),
  fit('student', 'Student or intern', -20, titleHas('student', 'intern', 'praktikant')),
  fit('website', 'Names a website', 5, when(isSet('website'))),
]

const did = (
  key: string,
  label: string,
  event: string,
  points: number,
  more: Partial<EngagementRule>,
): EngagementRule => ({
  key,
  label,
  event,
  properties: {},
  points,
  window_days: 90,
  half_life_days: 14,
  max_per_day: null,
  max_count: null,
  min_points: null,
  max_points: null,
  ...more,
})

const ENGAGEMENT_RULES: EngagementRule[] = [
  did('visits', 'Looks at pages', 'page_viewed', 2, { max_per_day: 10, max_points: 30 }),
  did('forms', 'Sends forms', 'form_submitted', 20, { max_per_day: 2, max_points: 40 }),
  did('clicks', 'Clicks in mails', 'email_clicked', 5, { max_per_day: 3, max_points: 20 }),
  did('demo', 'Asks for a demo', 'demo_requested', 40, { max_per_day: 1, half_life_days: 30 }),
  did('unsubscribed', 'Wants no more mail', 'email_unsubscribed', -30, { max_count: 1 }),
]

/** The document of the default model. */
export const DEFAULT_SCORE_MODEL: ScoreModel = {
  name: 'Default',
  description: 'Who they are and what they did; a beginning to change.',
  fit: { min: 0, max: 100, rules: FIT_RULES },
  engagement: { min: 0, max: 100, rules: ENGAGEMENT_RULES },
  ...defaultThresholds(100, 100),
}
