/** Shapes of a step on the wire: once as answers have it, once as requests may. */
import { type TObject, type TProperties, type TSchema, Type } from 'typebox'
import { WEEKDAYS } from '../../domain/calendar/calendar.ts'
import { MAX_WAIT_SECONDS, STEP_KINDS, WAIT_KINDS } from '../../domain/sequence/sequence.ts'
import { ConditionSchema } from '../../http/condition-schemas.ts'
import { ClosedEnum, Id, Int, List, Nullable, NullableRef, OpenEnum, ref, Slug, Text } from '../../http/schema.ts'

/** Most members of a step: more nobody tells apart. */
const MOST = { ways: 20, updates: 50, tags: 50 }
const MAX_WEIGHT = 1_000

export type Make = <P extends TProperties>(name: string, description: string, properties: P) => TObject<P>
/** What a request may leave out. */
export type Leave = <T extends TSchema>(schema: T) => T

export const slug = (description: string, example: string | null) => Slug({ description, examples: [example] })
const next = Nullable(slug('Step that comes next; null is the end.', null))
const seconds = (minimum: number, description: string, example: number | null) =>
  Nullable(Int(minimum, MAX_WAIT_SECONDS, { description, examples: [example] }))
const clock = (description: string, pattern: string, example: string) =>
  Type.String({ pattern, maxLength: 5, description, examples: [example] })

/** The component of a step under a suffix of its name. */
export function stepSchema(suffix: string, make: Make, leave: Leave) {
  const Window = make(`SequenceWindow${suffix}`, 'A part of the week, on the clock of the person.', {
    weekdays: List(ClosedEnum(WEEKDAYS, { description: 'A day.' }), 7, {
      description: 'Days on which it opens.',
      examples: [['monday', 'tuesday']],
    }),
    from: clock('When it opens.', '^([01][0-9]|2[0-3]):[0-5][0-9]$', '09:00'),
    to: clock(
      'When it closes; not later than `from` means on the next day.',
      '^([01][0-9]|2[0-4]):[0-5][0-9]$',
      '17:00',
    ),
  })
  const Wait = make(`SequenceWait${suffix}`, 'What is waited for.', {
    kind: OpenEnum(WAIT_KINDS, { description: 'A time, a date, a condition, or a part of the week.' }),
    seconds: leave(seconds(-MAX_WAIT_SECONDS, 'How long; of a date how long after it, negative before it.', 259_200)),
    field: leave(
      Nullable(
        Text(160, {
          description:
            'Of `until_date`: the field that holds the date; without a date it goes on at once. A day begins at midnight of the person.',
          examples: [null],
        }),
      ),
    ),
    condition: leave(NullableRef(ConditionSchema, 'Of `until_condition`: goes on as soon as it holds.')),
    timeout_seconds: leave(
      seconds(1, 'Goes on after so long even if the condition never held; null waits for ever.', null),
    ),
    timeout_next: leave(Nullable(slug('Where a time-out leads; null is the ordinary next step.', null))),
    window: leave(NullableRef(Window, 'After whatever is waited for, this part of the week.')),
  })
  const Email = make(`SequenceEmail${suffix}`, 'A mail to the lead.', {
    template_key: slug('Template.', 'welcome'),
    sender_key: leave(Nullable(slug('Sender; null is the default one.', null))),
  })
  const Branch = make(`SequenceBranch${suffix}`, 'A way that is taken when its condition holds.', {
    condition: ref(ConditionSchema),
    next: leave(next),
  })
  const Variant = make(`SequenceVariant${suffix}`, 'A way that chance takes.', {
    key: slug('Name of the variant in figures.', 'short'),
    weight: leave(Int(1, MAX_WEIGHT, { description: 'Its share, against the sum of all weights.', examples: [50] })),
    next: leave(next),
  })
  const Update = make(`SequenceFieldUpdate${suffix}`, 'A new value of a field.', {
    field: Text(160, { description: 'Field of the lead, or `custom_fields.<key>`.', examples: ['job_title'] }),
    value: leave(Nullable(Text(500, { description: 'The value as text; null empties the field.', examples: [null] }))),
  })
  const tags = (description: string) =>
    leave(
      List(Text(100, { description: 'A tag, on one line.', minLength: 1, examples: ['nurtured'] }), MOST.tags, {
        description,
      }),
    )
  const Tags = make(`SequenceTagging${suffix}`, 'Tags that come and go.', {
    add: tags('Tags to add.'),
    remove: tags('Tags to remove.'),
  })
  const Move = make(`SequenceStageMove${suffix}`, 'A move by the lifecycle, which may refuse it.', {
    stage_key: slug('Where to.', 'mql'),
    reason: leave(Nullable(slug('Reason, where the lifecycle asks for one.', null))),
  })
  const Notice = make(`SequenceNotice${suffix}`, 'A mail to a seller. Subject and text are Liquid.', {
    user_id: leave(
      Nullable(Id('user', { description: 'The seller; null is the owner of the lead.', examples: [null] })),
    ),
    subject: Text(500, { description: 'Subject.', minLength: 1, examples: ['{{ data.lead.name }} has read it'] }),
    text: Text(20_000, { description: 'Text.', minLength: 1, examples: ['Time to call {{ data.lead.name }}.'] }),
  })
  const Signal = make(`SequenceSignal${suffix}`, 'A change `enrollment.signaled` for feed and webhooks.', {
    name: slug('Name by which receivers know it.', 'ready_to_call'),
  })
  const Enroll = make(`SequenceEnrollStep${suffix}`, 'Entry into another sequence.', {
    sequence_key: slug('The sequence.', 'welcome-trial'),
  })
  return make(`SequenceStep${suffix}`, 'One step. Only the member that its kind names is given; `end` has none.', {
    key: slug('Key of the step; the first step is where everybody starts.', 'hello'),
    kind: OpenEnum(STEP_KINDS, { description: 'What it does.' }),
    next: leave(Nullable(slug('Where it goes on; null is the end. Of a branch: when no condition holds.', null))),
    email: leave(NullableRef(Email, 'Of `email`.')),
    wait: leave(NullableRef(Wait, 'Of `wait`.')),
    branch: leave(List(ref(Branch), MOST.ways, { description: 'Of `branch`: the first that holds is taken.' })),
    split: leave(List(ref(Variant), MOST.ways, { description: 'Of `split`: one is drawn by weight.' })),
    update: leave(List(ref(Update), MOST.updates, { description: 'Of `update`: fields of the lead.' })),
    tag: leave(NullableRef(Tags, 'Of `tag`.')),
    move_stage: leave(NullableRef(Move, 'Of `move_stage`.')),
    notify: leave(NullableRef(Notice, 'Of `notify`.')),
    webhook: leave(NullableRef(Signal, 'Of `webhook`.')),
    enroll: leave(NullableRef(Enroll, 'Of `enroll`.')),
  })
}
