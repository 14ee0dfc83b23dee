// The lifecycle of a workspace that has none of its own: marketing qualifies by score, sales accepts, BANT makes it a
// sales-qualified lead; everything forward may be done by a program, nothing leads backwards, the exits want a reason.
import type { Condition } from '../condition/condition-shape.ts'
import { STANDARD_CRITERIA, STANDARD_FRAMEWORKS } from './frameworks.ts'
import type { LifecyclePolicy, Mover, Stage, StageReason, Transition } from './lifecycle-policy.ts'

/** Half of a model of 0 to 100 and a little: a lead that is good or busy, but not both, stays below. */
const MQL_SCORE = '60'
/** A quarter, until the next budget. */
const NOT_NOW_DAYS = 90
/** Half a year: who was quiet deserves a longer rest. */
const QUIET_DAYS = 180

/** What decides where nothing was published. */
export const DEFAULT_LIFECYCLE: LifecyclePolicy = {
  title: 'Lead to customer',
  initial_stage: 'lead',
  stages: [
    stage('subscriber', 'Subscriber'),
    stage('lead', 'Lead'),
    stage('mql', 'Marketing qualified', { qualified: true }),
    stage('sal', 'Sales accepted', { qualified: true }),
    stage('sql', 'Sales qualified', { qualified: true }),
    stage('opportunity', 'Opportunity', { qualified: true }),
    stage('customer', 'Customer', { qualified: true }),
    stage('disqualified', 'Disqualified', { kind: 'exit' }),
    stage('recycled', 'Recycled', { kind: 'exit' }),
  ],
  transitions: [
    move('wake_up', ['recycled'], 'lead', ['automatic', 'key', 'sales'], {
      gate: where({ field: 'lifecycle.wake_at', op: 'older_than_days', value: '0' }),
    }),
    move('qualify_for_marketing', ['subscriber', 'lead'], 'mql', ['automatic'], {
      gate: where({ field: 'score.total', op: 'gte', value: MQL_SCORE }),
    }),
    move('qualify_for_sales', ['subscriber', 'lead', 'mql', 'sal'], 'sql', ['automatic'], { framework: 'bant' }),
    ...['lead', 'mql', 'sal', 'sql', 'opportunity', 'customer'].map((to) =>
      move(`set_${to}`, [], to, ['key', 'sales']),
    ),
    ...['disqualified', 'recycled'].map((to) => move(`set_${to}`, [], to, ['key', 'sales'], { reason_required: true })),
  ],
  no_skip: false,
  no_backwards: true,
  cool_down_seconds: 0,
  accept_stage: 'sal',
  recycle_stage: 'recycled',
  reasons: [
    reason('not_now', 'Not now', 'recycled', NOT_NOW_DAYS),
    reason('no_budget', 'No budget', 'recycled', NOT_NOW_DAYS),
    reason('no_response', 'No response', 'recycled', QUIET_DAYS),
    reason('not_a_fit', 'Not a fit', 'disqualified'),
    reason('competitor', 'Competitor', 'disqualified'),
    reason('bad_data', 'Wrong or invented data', 'disqualified'),
    reason('duplicate', 'Duplicate', 'disqualified'),
  ],
  criteria: STANDARD_CRITERIA,
  frameworks: STANDARD_FRAMEWORKS,
  min_confidence: 0.5,
}

function stage(key: string, label: string, more: Partial<Stage> = {}): Stage {
  return { key, label, kind: 'path', qualified: false, ...more }
}

function move(key: string, from: string[], to: string, by: Mover[], more: Partial<Transition> = {}): Transition {
  const open = {
    gate: null,
    framework: null,
    framework_needs: 'qualified' as const,
    criteria: [],
    reason_required: false,
  }
  return { key, from, to, by, ...open, ...more }
}

function reason(key: string, label: string, to: string, days: number | null = null): StageReason {
  return { key, label, to, wake_after_days: days }
}

function where(term: { field: string; op: 'gte' | 'older_than_days'; value: string }): Condition {
  return { any: [{ all: [term] }] }
}
