/** Shapes of the figures of a sequence: each says what it counts. */
import { Type } from 'typebox'
import { MAX_STEPS, STEP_KINDS } from '../../domain/sequence/sequence.ts'
import { component, Int, List, Nullable, OpenEnum, ref, Slug, Text } from '../../http/schema.ts'
import { SequenceKey } from './sequence-schemas.ts'

/** Steps by variants, over all versions. */
export const MOST_STEP_FIGURES = MAX_STEPS * 10
const MOST_REASONS = 100

const count = (description: string, example = 0) =>
  Int(0, Number.MAX_SAFE_INTEGER, { description, examples: [example] })
const share = (description: string, example: number) =>
  Nullable(Type.Number({ minimum: -1, maximum: 1, format: 'double', description, examples: [example] }))

const SequenceCount = component('SequenceCount', 'How many for one reason.', {
  reason: Text(100, { description: 'The reason.', examples: ['no_consent'] }),
  count: count('How many.', 3),
})

const reasons = (description: string) => List(ref(SequenceCount), MOST_REASONS, { description })

const SequenceStepStats = component('SequenceStepStats', 'What a step did, for one variant, over all versions.', {
  step_key: Slug({ description: 'The step.', examples: ['hello'] }),
  kind: OpenEnum(STEP_KINDS, { description: 'What it does.' }),
  variant: Nullable(Slug({ description: 'Variant of the last split before it; null before any.', examples: [null] })),
  visits: count('How often it was taken; a circle comes by again.', 120),
  enrollments: count('Enrollments that took it at least once.', 120),
  planned: count('Mails that it planned, whatever became of them.', 120),
  sent: count('Mails that the mail server took.', 110),
  withheld: count('Mails that were not sent because they may not be.', 8),
  withheld_reasons: reasons('Withheld mails by reason, the most frequent first.'),
  canceled: count('Mails that were canceled because the enrollment ended before they left.'),
  failed: count('Mails that could not be handed over.'),
  in_doubt: count('Mails of which nobody knows whether they left.'),
  delivered: count('Mails whose arrival a provider confirmed; servers that confirm nothing count none.', 105),
  opened: count('Mails that a person opened at least once; machines are left out as far as they are recognized.', 60),
  clicked: count('Mails with a link that a person followed at least once; machines are left out likewise.', 20),
  replied: count('Mails that were answered.', 4),
  bounced: count('Mails that came back for good.', 2),
  complained: count('Mails that were reported as spam.'),
  unsubscribed: count('Mails by whose link somebody opted out.', 1),
})

const GoalShare = component('SequenceGoalShare', 'A share of leads that reached the goal, with its 95 % interval.', {
  n: count('Leads in the group: everybody who ever entered it.', 900),
  goals: count('Of these, who reached the goal before they had walked to the end.', 90),
  rate: share('`goals` by `n`; null without leads.', 0.1),
  low: share('Lower end (Wilson).', 0.082),
  high: share('Upper end (Wilson).', 0.121),
})

const GoalLift = component('SequenceGoalLift', 'What the sequence brings: treated less held out.', {
  rate: share('Difference of the two rates; null when a group is empty.', 0.04),
  low: share('Lower end of the 95 % interval (Newcombe); above 0: it helps.', 0.01),
  high: share('Upper end.', 0.07),
})

export const SequenceStats = component('SequenceStats', 'Figures of a sequence over all versions.', {
  sequence_key: SequenceKey,
  entered: count('Enrollments that ever began, held out ones too.', 1_000),
  running: count('Enrollments that are active or paused, held out ones too.', 300),
  paused: count('Of these, paused.', 2),
  ended: count('Enrollments that are over, held out ones too.', 700),
  ended_reasons: reasons('Ended ones by reason, the most frequent first.'),
  treated: ref(GoalShare),
  held_out: ref(GoalShare),
  lift: ref(GoalLift),
  steps: List(ref(SequenceStepStats), MOST_STEP_FIGURES, {
    description: 'By step and variant, in the order of their keys. Figures about mail count each mail once.',
  }),
})
