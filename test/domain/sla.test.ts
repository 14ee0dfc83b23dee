import fc from 'fast-check'
import t from 'tap'
import { ALWAYS_OPEN, compileCalendar, WEEKDAYS } from '../../src/domain/calendar/calendar.ts'
import {
  advanceClock,
  findNextDue,
  measureElapsed,
  meetTargets,
  type SlaClock,
  setPaused,
  startClock,
} from '../../src/domain/sla/sla-clock.ts'
import {
  isPausedBy,
  planSla,
  SLA_TARGETS,
  type SlaDefinition,
  type SlaEvent,
  slaFaults,
} from '../../src/domain/sla/sla-policy.ts'

const policy: SlaDefinition = {
  name: 'Hot leads',
  priority: 10,
  condition: null,
  pool_keys: [],
  hours: 'seller',
  calendar: null,
  targets: { accept_seconds: 600, first_touch_seconds: 3600, qualify_seconds: null },
  at_risk_percent: 80,
  notify_seller: false,
  pause_statuses: ['waiting'],
  pause_stage_keys: [],
  escalation: [
    { target: 'accept', after_seconds: 0, action: 'remind' },
    { target: 'accept', after_seconds: 300, action: 'reassign' },
    { target: 'first_touch', after_seconds: 0, action: 'notify_manager' },
  ],
}
const at = Date.parse
const office = compileCalendar({
  time_zone: 'Europe/Berlin',
  windows: [{ weekdays: WEEKDAYS.slice(0, 5), from: '09:00', to: '17:00' }],
  holidays: [],
  absences: [],
})
const name = ({ kind, target, action }: SlaEvent) => action ?? `${target} ${kind}`

t.test('the plan of a policy is its events in the order of business time', async (t) => {
  t.same(
    planSla(policy).map((event) => [event.at / 1000, name(event)]),
    [
      [480, 'accept at_risk'],
      [600, 'accept breached'],
      [600, 'remind'],
      [900, 'reassign'],
      [2880, 'first_touch at_risk'],
      [3600, 'first_touch breached'],
      [3600, 'notify_manager'],
    ],
  )
})

t.test('a clock that begins on Friday evening is first due on Monday morning', async (t) => {
  const clock = startClock(at('2026-11-20T15:55:00Z'), false)
  t.equal(findNextDue(clock, planSla(policy), office), at('2026-11-23T08:03:00Z'))
  const { happened, clock: later } = advanceClock(clock, planSla(policy), office, at('2026-11-23T08:05:00Z'))
  t.same(happened.map(name), ['accept at_risk', 'accept breached', 'remind'])
  t.equal(findNextDue(later, planSla(policy), office), at('2026-11-23T08:10:00Z'))
})

t.test('nothing happens about a target that is met', async (t) => {
  const plan = planSla(policy)
  const clock = meetTargets(startClock(0, false), ['accept'])
  t.equal(findNextDue(clock, plan, ALWAYS_OPEN), 2_880_000)
  t.same(advanceClock(clock, plan, ALWAYS_OPEN, 3_600_000).happened.map(name), [
    'first_touch at_risk',
    'first_touch breached',
    'notify_manager',
  ])
  t.equal(findNextDue(meetTargets(clock, SLA_TARGETS), plan, ALWAYS_OPEN), null)
})

t.test('a clock that stands still is due at no time, and goes on where it stopped', async (t) => {
  const plan = planSla(policy)
  const stopped = setPaused(startClock(0, false), true, ALWAYS_OPEN, 300_000)
  t.equal(findNextDue(stopped, plan, ALWAYS_OPEN), null)
  t.same(advanceClock(stopped, plan, ALWAYS_OPEN, 9e9).happened, [])
  t.equal(findNextDue(setPaused(stopped, false, ALWAYS_OPEN, 1_000_000), plan, ALWAYS_OPEN), 1_180_000)
  t.equal(isPausedBy(policy, { status: 'waiting', stage_key: 'lead' }), true)
  t.equal(isPausedBy(policy, { status: 'new', stage_key: 'lead' }), false)
})

t.test('an absence that is entered later stops the clock for its length', async (t) => {
  const plan = planSla(policy)
  const clock = startClock(at('2026-11-23T08:00:00Z'), false)
  const absences = [{ from_at: '2026-11-23T08:05:00Z', until_at: '2026-11-24T08:00:00Z' }]
  const away = compileCalendar({
    time_zone: 'Europe/Berlin',
    windows: [{ weekdays: WEEKDAYS.slice(0, 5), from: '09:00', to: '17:00' }],
    holidays: [],
    absences,
  })
  t.equal(findNextDue(clock, plan, office), at('2026-11-23T08:08:00Z'))
  t.same(
    advanceClock(clock, plan, away, at('2026-11-23T08:08:00Z')).happened,
    [],
    'due by the old hours, not by the new',
  )
  t.equal(findNextDue(clock, plan, away), at('2026-11-24T08:03:00Z'))
})

t.test('a policy must promise something, and escalate only what it promises', async (t) => {
  const nothing = { accept_seconds: null, first_touch_seconds: null, qualify_seconds: null }
  t.same(
    slaFaults({ ...policy, targets: nothing, escalation: policy.escalation.slice(0, 1) }).map(({ pointer }) => pointer),
    ['/targets', '/escalation/0/target'],
  )
  const never = { time_zone: 'Europe/Berlin', windows: [], holidays: [] }
  t.same(
    slaFaults({ ...policy, calendar: never }).map(({ pointer }) => pointer),
    ['/calendar/windows'],
    'hours that never come would keep every promise',
  )
  t.same(slaFaults(policy), [])
})

const seconds = fc.oneof(fc.constant(null), fc.integer({ min: 1, max: 5000 }))
const anyPolicy = fc
  .record({
    accept_seconds: seconds,
    first_touch_seconds: seconds,
    qualify_seconds: seconds,
    at_risk_percent: fc.oneof(fc.constant(null), fc.integer({ min: 1, max: 99 })),
    escalation: fc.array(
      fc.record({
        target: fc.constantFrom(...SLA_TARGETS),
        after_seconds: fc.integer({ min: 0, max: 3000 }),
        action: fc.constantFrom('remind' as const, 'reassign' as const),
      }),
      { maxLength: 5 },
    ),
  })
  .map(
    ({ at_risk_percent, escalation, ...targets }): SlaDefinition => ({
      ...policy,
      targets,
      at_risk_percent,
      escalation,
    }),
  )

const step = fc.record({
  wait: fc.integer({ min: 0, max: 3_000_000 }),
  deed: fc.oneof(
    fc.constantFrom('pause' as const, 'resume' as const, 'wake' as const, 'wake' as const),
    fc.constantFrom(...SLA_TARGETS),
  ),
})

t.test(
  'however a clock is stopped and looked at, each event happens once, in order, and not before its time',
  async (t) => {
    fc.assert(
      fc.property(anyPolicy, fc.array(step, { maxLength: 25 }), (definition, steps) => {
        const plan = planSla(definition)
        let now = 0
        let ran = 0
        let clock: SlaClock = startClock(0, false)
        const all: SlaEvent[] = []
        for (const { wait, deed } of steps) {
          const due = findNextDue(clock, plan, ALWAYS_OPEN)
          if (clock.counted_from !== null) ran += wait
          now += wait
          if (measureElapsed(clock, ALWAYS_OPEN, now) !== ran) throw new Error('time went missing')
          const { clock: next, happened } = advanceClock(clock, plan, ALWAYS_OPEN, now)
          if (happened.length > 0 !== (due !== null && due <= now)) throw new Error('due and deed disagree')
          for (const event of happened) {
            if (event.at > ran) throw new Error('too early')
            if (clock.met.includes(event.target)) throw new Error('about a target that is met')
            if (all.includes(event)) throw new Error('twice')
            all.push(event)
          }
          clock =
            deed === 'wake'
              ? next
              : deed === 'pause' || deed === 'resume'
                ? setPaused(next, deed === 'pause', ALWAYS_OPEN, now)
                : meetTargets(next, [deed])
        }
        for (const event of plan) {
          if (event.at <= ran && !clock.met.includes(event.target) && !all.includes(event)) throw new Error('forgotten')
        }
      }),
      { numRuns: Number(process.env['PROPERTY_RUNS'] ?? 1000) },
    )
    t.pass('no counterexample found')
  },
)
