import fc from 'fast-check'
import t from 'tap'
import { type ConditionEvent, leadConditionFacts } from '../../src/domain/condition/condition-facts.ts'
import type { Condition } from '../../src/domain/condition/condition-shape.ts'
import { BEHAVIOUR_FIELD, leadFieldCatalogue } from '../../src/domain/condition/field-catalogue.ts'
import type { LeadFacts } from '../../src/domain/lead.ts'
import { advance, type EnrollmentFacts } from '../../src/domain/sequence/advance.ts'
import { compileSequence } from '../../src/domain/sequence/compile-sequence.ts'
import { draw, pickVariant } from '../../src/domain/sequence/draw.ts'
import { isHeldOut, refuseEntry } from '../../src/domain/sequence/enter.ts'
import { rehearseSequence } from '../../src/domain/sequence/rehearse-sequence.ts'
import type { SequenceDefinition, Step, WaitStep } from '../../src/domain/sequence/sequence.ts'
import { sequenceFaults } from '../../src/domain/sequence/sequence-faults.ts'

const START = new Date('2026-03-27T09:00:00.000Z')
const DAY = 86_400_000

const catalogue = leadFieldCatalogue([{ key: 'renews_on', type: 'date' }], [BEHAVIOUR_FIELD])

const is = (field: string, value: string): Condition => ({ any: [{ all: [{ field, op: 'eq', value }] }] })
const did = (event: string): Condition => ({ any: [{ all: [{ op: 'did', behaviour: { event } }] }] })

function step(key: string, kind: Step['kind'], next: string | null, part: Partial<Step> = {}): Step {
  return {
    key,
    kind,
    next,
    email: null,
    wait: null,
    branch: [],
    split: [],
    update: [],
    tag: null,
    move_stage: null,
    notify: null,
    webhook: null,
    enroll: null,
    ...part,
  }
}

const email = (key: string, next: string | null) =>
  step(key, 'email', next, { email: { template_key: key, sender_key: null } })

const wait = (key: string, next: string | null, part: Partial<WaitStep>) =>
  step(key, 'wait', next, {
    wait: {
      kind: 'duration',
      seconds: null,
      field: null,
      condition: null,
      timeout_seconds: null,
      timeout_next: null,
      window: null,
      ...part,
    },
  })

const days = (key: string, next: string | null, count: number) => wait(key, next, { seconds: count * 86_400 })

function sequenceOf(steps: Step[], part: Partial<SequenceDefinition> = {}): SequenceDefinition {
  return {
    name: 'Welcome',
    description: '',
    purpose: 'marketing',
    mail_kind: 'marketing',
    entry: { kind: 'manual', segment_key: null, stage_key: null, condition: null, includes_present: false },
    reentry: { mode: 'never', after_days: 0 },
    goal: null,
    exit: { condition: null, stage_keys: [], on_reply: false },
    holdout_percent: 0,
    steps,
    ...part,
  }
}

function factsOf(lead: object, events: ConditionEvent[] = [], more: Partial<EnrollmentFacts> = {}): EnrollmentFacts {
  return {
    lead: leadConditionFacts({ custom_fields: {}, tags: [], ...lead } as unknown as LeadFacts, events),
    timeZone: 'Europe/Berlin',
    stage_key: 'lead',
    archived: false,
    replied: false,
    opted_out: false,
    ...more,
  }
}

function rehearse(definition: SequenceDefinition, lead: object = {}, events: ConditionEvent[] = [], length = 90) {
  const rehearsal = rehearseSequence(compileSequence(catalogue, definition), {
    start: START,
    days: length,
    seed: 'seed',
    events,
    factsAt: () => factsOf(lead, events),
  })
  return { ...rehearsal, told: rehearsal.log.map(({ at, step_key }) => [step_key, at.toISOString()]) }
}

t.test('three mails with waits between them go out on their days, and then it is over', async (t) => {
  const { told, end } = rehearse(
    sequenceOf([
      email('one', 'w1'),
      days('w1', 'two', 2),
      email('two', 'w2'),
      days('w2', 'three', 5),
      email('three', null),
    ]),
  )
  t.strictSame(told, [
    ['one', '2026-03-27T09:00:00.000Z'],
    ['w1', '2026-03-29T09:00:00.000Z'],
    ['two', '2026-03-29T09:00:00.000Z'],
    ['w2', '2026-04-03T09:00:00.000Z'],
    ['three', '2026-04-03T09:00:00.000Z'],
  ])
  t.equal(end, 'completed')
})

t.test('a local window waits for the hours of the person, also when the clocks change', async (t) => {
  const window = { weekdays: ['monday' as const], from: '09:00', to: '10:00' }
  const steps = [wait('monday', 'mail', { kind: 'window', window }), email('mail', null)]
  // The Monday after the night in which Berlin went to summer time.
  t.strictSame(rehearse(sequenceOf(steps)).told[1], ['mail', '2026-03-30T07:00:00.000Z'])
})

t.test('a wait for a date goes by the date, before it if asked, and on at once without one', async (t) => {
  const steps = [
    wait('renewal', 'mail', { kind: 'until_date', field: 'custom_fields.renews_on', seconds: -7 * 86_400 }),
    email('mail', null),
  ]
  const at = (renews_on: string | null) => rehearse(sequenceOf(steps), { custom_fields: { renews_on } }).told[1]?.[1]
  t.equal(at('2026-05-10'), '2026-05-02T22:00:00.000Z', 'midnight of the person')
  t.equal(at('2026-04-05'), '2026-03-28T23:00:00.000Z', 'seven days of the calendar, one of which has 23 hours')
  t.equal(at('2026-01-01'), START.toISOString(), 'a date of the past')
  t.equal(at(null), START.toISOString())
})

t.test('a wait for a condition ends when it holds, or on another way when its time is over', async (t) => {
  const steps = [
    wait('clicks', 'thanks', {
      kind: 'until_condition',
      condition: did('link_clicked'),
      timeout_seconds: 3 * 86_400,
      timeout_next: 'reminder',
    }),
    email('thanks', null),
    email('reminder', null),
  ]
  const click = { name: 'link_clicked', occurredAt: START.getTime() + DAY, properties: {} }
  t.strictSame(rehearse(sequenceOf(steps), {}, [click]).told, [
    ['clicks', '2026-03-28T09:00:00.000Z'],
    ['thanks', '2026-03-28T09:00:00.000Z'],
  ])
  t.strictSame(rehearse(sequenceOf(steps)).told, [
    ['clicks', '2026-03-30T09:00:00.000Z'],
    ['reminder', '2026-03-30T09:00:00.000Z'],
  ])
})

t.test('a branch takes the first condition that holds, else the ordinary way', async (t) => {
  const steps = [
    step('where', 'branch', 'english', {
      branch: [
        { condition: is('country', 'DE'), next: 'german' },
        { condition: is('country', 'FR'), next: 'french' },
      ],
    }),
    ...['german', 'french', 'english'].map((key) => email(key, null)),
  ]
  const mailOf = (country: string | null) => rehearse(sequenceOf(steps), { country }).told[1]?.[0]
  t.strictSame(['DE', 'FR', 'GB', null].map(mailOf), ['german', 'french', 'english', 'english'])
})

t.test('goal, stage, reply, opt-out and archive end it, and the reason is told', async (t) => {
  const definition = sequenceOf([days('w', 'mail', 1), email('mail', null)], {
    goal: is('status', 'won'),
    exit: { condition: is('country', 'US'), stage_keys: ['customer'], on_reply: true },
  })
  const sequence = compileSequence(catalogue, definition)
  const endOf = (lead: object, more: Partial<EnrollmentFacts> = {}) =>
    advance(sequence, { step_key: 'w', waiting_since: START, variant: null }, factsOf(lead, [], more), 's', START).end
  t.equal(endOf({}), null)
  t.equal(endOf({ status: 'won' }), 'goal')
  t.equal(endOf({ country: 'US' }), 'condition')
  t.equal(endOf({}, { stage_key: 'customer' }), 'stage')
  t.equal(endOf({}, { replied: true }), 'reply')
  t.equal(endOf({ status: 'won' }, { opted_out: true }), 'opted_out', 'whatever else is true')
  t.equal(endOf({}, { archived: true }), 'archived')
})

t.test('a split shares by weight, and the same enrollment always draws the same variant', async (t) => {
  const variants = [{ weight: 3 }, { weight: 1 }]
  const counts = [0, 0]
  for (let n = 0; n < 4_000; n++)
    counts[variants.indexOf(pickVariant(variants, draw(`seed ${n}`, 'split')) as never)]!++
  t.ok(Math.abs((counts[0] ?? 0) - 3_000) < 120, `${counts}`)
  t.equal(draw('a', 'b'), draw('a', 'b'))
  t.not(draw('a', 'b'), draw('a', 'c'))
  const held = sequenceOf([email('mail', null)], { holdout_percent: 20 })
  const sequence = compileSequence(catalogue, held)
  const share =
    Array.from({ length: 4_000 }, (_, n) => isHeldOut(sequence, 'welcome', `${n}`)).filter(Boolean).length / 4_000
  t.ok(Math.abs(share - 0.2) < 0.03, `${share}`)
})

t.test('who may enter, and who may come back', async (t) => {
  const refusal = (part: Partial<SequenceDefinition>, more: object = {}, earlier: (Date | null)[] = []) =>
    refuseEntry(
      compileSequence(catalogue, sequenceOf([email('mail', null)], part)),
      {
        ...factsOf({ country: 'DE' }),
        earlier: earlier.map((ended_at) => ({ started_at: new Date(0), ended_at })),
        automatic: false,
        ...more,
      },
      START,
    )
  const before = (count: number) => new Date(START.getTime() - count * DAY)
  t.equal(refusal({}), null)
  t.equal(refusal({}, {}, [null]), 'running')
  t.equal(refusal({}, {}, [before(400)]), 'not_again')
  t.equal(refusal({ reentry: { mode: 'again', after_days: 30 } }, {}, [before(29)]), 'too_early')
  t.equal(refusal({ reentry: { mode: 'again', after_days: 30 } }, {}, [before(90), before(31)]), null)
  t.equal(refusal({ reentry: { mode: 'again', after_days: 0 } }, {}, [before(1)]), null)
  t.equal(refusal({}, { opted_out: true }), 'opted_out')
  t.equal(refusal({ entry: { ...sequenceOf([]).entry, condition: is('country', 'US') } }), 'condition')
})

t.test('faults are told with their place', async (t) => {
  const faultsOf = (steps: Step[], part: Partial<SequenceDefinition> = {}) =>
    sequenceFaults(sequenceOf(steps, part), catalogue).map(({ code, pointer }) => `${code} ${pointer}`)
  t.strictSame(faultsOf([email('a', null)]), [])
  t.strictSame(faultsOf([email('a', 'b')]), ['unknown_step /steps/0/next'])
  t.strictSame(faultsOf([email('a', null), email('a', null)]), ['not_unique /steps/1/key'])
  t.strictSame(faultsOf([email('a', null), email('b', null)]), ['unreachable /steps/1'])
  t.strictSame(faultsOf([email('a', 'w'), wait('w', 'a', { seconds: 60 })]), [
    'endless_loop /steps/0',
    'endless_loop /steps/1',
  ])
  t.strictSame(faultsOf([email('a', 'w'), wait('w', 'a', { seconds: 86_400 })]), [], 'once a day is no loop')
  t.strictSame(faultsOf([step('a', 'email', null)]), ['required /steps/0/email'])
  const window = { weekdays: ['monday' as const], from: '09:00', to: '10:00' }
  t.strictSame(faultsOf([wait('w', null, { kind: 'window', window, seconds: 60, timeout_seconds: 60 })]), [
    'not_allowed_here /steps/0/wait/seconds',
    'not_allowed_here /steps/0/wait/timeout_seconds',
  ])
  const twice = ['a', 'b', 'a'].map((field) => ({ field, value: 'x' }))
  t.strictSame(faultsOf([step('u', 'update', null, { update: twice })]), ['not_unique /steps/0/update/2/field'])
  t.strictSame(faultsOf([step('t', 'tag', null, { tag: { add: ['a', ''], remove: [] } })]), [
    'blank /steps/0/tag/add/1',
  ])
  t.strictSame(faultsOf([email('a', null)], { purpose: 'all' }), ['invalid_value /purpose'])
  t.strictSame(faultsOf([wait('w', null, { kind: 'until_date', seconds: 0, field: 'country' })]), [
    'invalid_value /steps/0/wait/field',
  ])
  t.strictSame(faultsOf([email('a', null)], { goal: is('nothing', 'x') }), [
    'unknown_condition_field /goal/any/0/all/0/field',
  ])
  t.strictSame(faultsOf([email('a', null)], { entry: { ...sequenceOf([]).entry, kind: 'segment' } }), [
    'required /entry/segment_key',
  ])
})

t.test('a worker that comes late makes no step early, none twice, and always moves on', async (t) => {
  const definition = sequenceOf([
    email('one', 'w1'),
    days('w1', 'two', 2),
    email('two', 'w2'),
    wait('w2', 'three', { kind: 'until_condition', condition: did('x'), timeout_seconds: 86_400 }),
    email('three', null),
  ])
  const sequence = compileSequence(catalogue, definition)
  t.doesNotThrow(() =>
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 3 * 86_400 }), { minLength: 1, maxLength: 40 }), (pauses) => {
        let at = START.getTime()
        let standing = { step_key: sequence.first, waiting_since: null as Date | null, variant: null as string | null }
        const mails: [string, number][] = []
        for (const pause of pauses) {
          const now = new Date(at)
          const moved = advance(sequence, standing, factsOf({}), 'seed', now)
          for (const { step: taken } of moved.effects) mails.push([taken.key, at])
          if (moved.end !== null) break
          if (moved.due_at !== null && moved.due_at <= now) return false
          standing = { ...moved.position, variant: moved.variant }
          at += pause * 1000
        }
        const order = mails.map(([key]) => key)
        const gaps = mails.slice(1).map(([, time], i) => time - (mails[i]?.[1] ?? 0))
        return (
          order.join() === ['one', 'two', 'three'].slice(0, order.length).join() &&
          (gaps[0] ?? Infinity) >= 2 * DAY &&
          (gaps[1] ?? Infinity) >= DAY
        )
      }),
    ),
  )
})

t.test('ninety days of a daily circle are walked in milliseconds', async (t) => {
  const { log } = rehearse(sequenceOf([email('a', 'w'), days('w', 'a', 1)]))
  t.equal(log.filter(({ kind }) => kind === 'email').length, 91)
})

t.test(
  'a goal that time alone reaches is looked at in time, and no wait ends beyond the years of four digits',
  async (t) => {
    const old: Condition = { any: [{ all: [{ field: 'created_at', op: 'older_than_days', value: '3' }] }] }
    const lead = { created_at: START.toISOString(), custom_fields: { renews_on: '9999-12-31' } }
    const sequence = compileSequence(
      catalogue,
      sequenceOf([wait('date', null, { kind: 'until_date', field: 'custom_fields.renews_on', seconds: 63_072_000 })], {
        goal: old,
      }),
    )
    const from = { step_key: 'date', waiting_since: null, variant: null }
    const first = advance(sequence, from, factsOf(lead), 'seed', START)
    const { due_at } = first
    t.ok(
      due_at !== null && due_at > new Date(START.getTime() + 2 * DAY) && due_at <= new Date(START.getTime() + 4 * DAY),
    )
    t.equal(due_at && advance(sequence, from, factsOf(lead), 'seed', due_at).end, 'goal')
    const { goal: _, ...ungoaled } = sequence
    const late = advance({ ...ungoaled, goal: null }, from, factsOf(lead), 'seed', START)
    t.equal(late.due_at?.toISOString(), '9999-12-31T23:59:59.999Z')
  },
)
