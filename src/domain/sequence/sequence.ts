// A sequence is a graph of steps that one lead at a time walks through: a mail, a wait, a branch, a change of the lead.
// The first step is where everybody starts; a step without a next one is the end. Published versions never change, and
// a lead stays on the version that it entered.
import type { WorkingWindow } from '../calendar/calendar.ts'
import type { Condition } from '../condition/condition-shape.ts'

export const STEP_KINDS = [
  'email',
  'wait',
  'branch',
  'split',
  'update',
  'tag',
  'move_stage',
  'notify',
  'webhook',
  'enroll',
  'end',
] as const
export type StepKind = (typeof STEP_KINDS)[number]

export const WAIT_KINDS = ['duration', 'until_date', 'until_condition', 'window'] as const
export type WaitKind = (typeof WAIT_KINDS)[number]

export interface WaitStep {
  kind: WaitKind
  /** Of a duration; of a date, how long after it (negative: before). */
  seconds: number | null
  /** Of a date: the field that holds it. A lead without it goes on at once. */
  field: string | null
  /** Of a condition: goes on when it holds. */
  condition: Condition | null
  /** Of a condition: goes on after so long even if it never held; null waits for ever. */
  timeout_seconds: number | null
  /** Where a time-out leads; null is the ordinary next step. */
  timeout_next: string | null
  /** Whatever is waited for, then this window of the person's own day; a wait of kind window waits for nothing else. */
  window: WorkingWindow | null
}

export interface Branch {
  condition: Condition
  next: string | null
}

export interface SplitVariant {
  key: string
  /** Share of this variant: its weight by the sum of all. */
  weight: number
  next: string | null
}

export interface EmailStep {
  template_key: string
  sender_key: string | null
}

export interface FieldUpdate {
  /** A field of the lead, or `custom_fields.<key>`. */
  field: string
  /** Null empties it. */
  value: string | null
}

/** Only the member that its kind names is neither null nor empty; `end` has none. */
export interface Step {
  key: string
  kind: StepKind
  /** Where it goes on; null is the end. A branch goes here when none of its conditions holds. */
  next: string | null
  email: EmailStep | null
  wait: WaitStep | null
  branch: Branch[]
  split: SplitVariant[]
  update: FieldUpdate[]
  tag: { add: string[]; remove: string[] } | null
  move_stage: { stage_key: string; reason: string | null } | null
  /** Mail to the owner of the lead, or to the named seller (`user_…`). */
  notify: { user_id: string | null; subject: string; text: string } | null
  /** Raises a change that webhooks and the feed carry. */
  webhook: { name: string } | null
  enroll: { sequence_key: string } | null
}

/** `condition`: whatever change makes the condition true lets the lead in. */
export const ENTRY_KINDS = ['manual', 'segment', 'stage', 'condition'] as const
export type EntryKind = (typeof ENTRY_KINDS)[number]

/** `again`: when the last enrollment ended at least `after_days` ago. */
export const REENTRY_MODES = ['never', 'again'] as const
export type ReentryMode = (typeof REENTRY_MODES)[number]

export interface SequenceDefinition {
  name: string
  description: string
  /** Purpose of the consent that its mails need. */
  purpose: string
  /** Marketing needs consent and keeps to caps and quiet hours; transactional mail does not. */
  mail_kind: 'marketing' | 'transactional'
  entry: {
    kind: EntryKind
    segment_key: string | null
    stage_key: string | null
    /** What must be true of a lead that enters, however it enters. */
    condition: Condition | null
    /** Also whoever is in the segment or stage, or meets the condition, when the version is published. */
    includes_present: boolean
  }
  reentry: { mode: ReentryMode; after_days: number }
  /** Reached: the enrollment ends as a success. */
  goal: Condition | null
  exit: {
    condition: Condition | null
    stage_keys: string[]
    on_reply: boolean
  }
  /** Share of leads that walk along and get nothing, to measure what the sequence brings. */
  holdout_percent: number
  steps: Step[]
}

/** Most steps of a sequence: a year of weekly mails with a wait before and a branch behind each. */
export const MAX_STEPS = 200
/** Longest wait: two years. */
export const MAX_WAIT_SECONDS = 63_072_000
/** A circle has to take at least this long, or it would send for ever as fast as mail goes. */
export const SHORTEST_ROUND_SECONDS = 3_600

const CUSTOM = 'custom_fields.'

/** The members of an update step: fields of the lead itself, and its custom fields by their keys. */
export function splitUpdate(update: readonly FieldUpdate[]) {
  const isCustom = ({ field }: FieldUpdate) => field.startsWith(CUSTOM)
  const own = update.filter((one) => !isCustom(one)).map(({ field, value }) => [field, value])
  const custom = update.filter(isCustom).map(({ field, value }) => [field.slice(CUSTOM.length), value])
  return {
    own: Object.fromEntries(own) as Record<string, string | null>,
    custom: Object.fromEntries(custom) as Record<string, string | null>,
  }
}
