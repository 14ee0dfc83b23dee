/** The sequence that a request means: what it leaves out has its default. */
import { cleanLine } from '../../domain/normalize/text.ts'
import type {
  Branch,
  EntryKind,
  FieldUpdate,
  ReentryMode,
  SequenceDefinition,
  SplitVariant,
  Step,
  StepKind,
  WaitKind,
  WaitStep,
} from '../../domain/sequence/sequence.ts'

type Given<T, Needed extends keyof T> = Pick<T, Needed> & Partial<T>

interface GivenStep {
  key: string
  kind: string
  next?: string | null
  email?: Given<NonNullable<Step['email']>, 'template_key'> | null
  wait?: (Partial<Omit<WaitStep, 'kind'>> & { kind: string }) | null
  branch?: Given<Branch, 'condition'>[]
  split?: Given<SplitVariant, 'key'>[]
  update?: Given<FieldUpdate, 'field'>[]
  tag?: Partial<NonNullable<Step['tag']>> | null
  move_stage?: Given<NonNullable<Step['move_stage']>, 'stage_key'> | null
  notify?: Given<NonNullable<Step['notify']>, 'subject' | 'text'> | null
  webhook?: Step['webhook']
  enroll?: Step['enroll']
}

/** What a request must say at least. */
export interface SequenceBody
  extends Partial<
    Pick<SequenceDefinition, 'name' | 'description' | 'purpose' | 'mail_kind' | 'goal' | 'holdout_percent'>
  > {
  entry?: Partial<Omit<SequenceDefinition['entry'], 'kind'>> & { kind: string }
  reentry?: { mode: string; after_days?: number }
  exit?: Partial<SequenceDefinition['exit']>
  steps: GivenStep[]
}

/** The complete definition; the schema has let only known kinds through. */
export function toSequence({ entry, reentry, exit, steps, ...body }: SequenceBody): SequenceDefinition {
  return {
    name: body.name ?? '',
    description: body.description ?? '',
    purpose: body.purpose ?? 'marketing',
    mail_kind: body.mail_kind ?? 'marketing',
    entry: {
      kind: (entry?.kind ?? 'manual') as EntryKind,
      segment_key: entry?.segment_key ?? null,
      stage_key: entry?.stage_key ?? null,
      condition: entry?.condition ?? null,
      includes_present: entry?.includes_present ?? false,
    },
    reentry: { mode: (reentry?.mode ?? 'never') as ReentryMode, after_days: reentry?.after_days ?? 0 },
    goal: body.goal ?? null,
    exit: {
      condition: exit?.condition ?? null,
      stage_keys: exit?.stage_keys ?? [],
      on_reply: exit?.on_reply ?? true,
    },
    holdout_percent: body.holdout_percent ?? 0,
    steps: steps.map(toStep),
  }
}

function toStep({ key, kind, next = null, wait, webhook = null, enroll = null, ...step }: GivenStep): Step {
  const { email, branch = [], split = [], update = [], tag, move_stage, notify } = step
  return {
    key,
    kind: kind as StepKind,
    next,
    email: email ? { template_key: email.template_key, sender_key: email.sender_key ?? null } : null,
    wait: wait ? toWait(wait) : null,
    branch: branch.map((way) => ({ condition: way.condition, next: way.next ?? null })),
    split: split.map((way) => ({ key: way.key, weight: way.weight ?? 1, next: way.next ?? null })),
    update: update.map(({ field, value = null }) => ({ field, value })),
    tag: tag ? { add: cleanTags(tag.add), remove: cleanTags(tag.remove) } : null,
    move_stage: move_stage ? { stage_key: move_stage.stage_key, reason: move_stage.reason ?? null } : null,
    notify: notify ? { user_id: notify.user_id ?? null, subject: notify.subject, text: notify.text } : null,
    webhook,
    enroll,
  }
}

/** Tags as leads have them. */
const cleanTags = (tags: readonly string[] = []) => [...new Set(tags.map(cleanLine))]

function toWait(given: NonNullable<GivenStep['wait']>): WaitStep {
  return {
    kind: given.kind as WaitKind,
    // A date is waited for to the moment, unless something else is said.
    seconds: given.seconds ?? (given.kind === 'until_date' ? 0 : null),
    field: given.field ?? null,
    condition: given.condition ?? null,
    timeout_seconds: given.timeout_seconds ?? null,
    timeout_next: given.timeout_next ?? null,
    window: given.window ?? null,
  }
}
