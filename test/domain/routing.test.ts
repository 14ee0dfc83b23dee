import fc from 'fast-check'
import t from 'tap'
import { MATCHES_ALL } from '../../src/domain/condition/compiled-condition.ts'
import { CANDIDATE_REASONS, type Candidate, packTrial, unpackTrial } from '../../src/domain/routing/explanation.ts'
import { dayNumber, nextMidnight } from '../../src/domain/routing/local-day.ts'
import { isInRange } from '../../src/domain/routing/postcode.ts'
import { type CompiledRule, routeLead } from '../../src/domain/routing/route-lead.ts'
import { blankStanding, type Crew, type Standing } from '../../src/domain/routing/routing-world.ts'
import { strideOf } from '../../src/domain/routing/turn.ts'
import { caseOf, crewOf, NOON, pool, seller, toOwnerOf, toPool, toUser } from './routing-helpers.ts'

const HOUR = 3_600_000
const give = (crew: Crew, standing: Standing, more = {}) => routeLead([], toPool('p'), caseOf(more), crew, standing)
const countOf = (owners: (string | null)[]) => {
  const counts = new Map<string, number>()
  for (const owner of owners) if (owner !== null) counts.set(owner, (counts.get(owner) ?? 0) + 1)
  return counts
}
const times = (n: number) => Array.from({ length: n }, (_, i) => i)
const rule = (key: string, more: Partial<CompiledRule>): CompiledRule => ({
  key,
  when: MATCHES_ALL,
  target: toPool('p'),
  skills: [],
  if_nobody: 'default',
  wait_seconds: null,
  ...more,
})
const reasonsOf = (verdict: ReturnType<typeof routeLead>) =>
  Object.fromEntries(verdict.trials.flatMap(({ candidates }) => candidates.map((c) => [c.user_id, c.reason])))

t.test('at any moment each member has had its weight in leads, give or take one', async (t) => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 1000 }), { minLength: 1, maxLength: 30 }), (weights) => {
      const sellers = weights.map((weight, i) => seller(`u${i}`, { weight }))
      const crew = crewOf(sellers, [
        pool(
          'p',
          sellers.map(({ id }) => id),
        ),
      ])
      const standing = blankStanding()
      const sum = weights.reduce((a, b) => a + b)
      const got = weights.map(() => 0)
      for (const n of times(400)) {
        const { user_id } = give(crew, standing)
        const i = Number(user_id?.slice(1))
        got[i] = (got[i] ?? 0) + 1
        for (const [j, weight] of weights.entries()) {
          const due = ((n + 1) * weight) / sum
          if (Math.abs((got[j] ?? 0) - due) > 1.000_001) return false
        }
      }
      return true
    }),
    { numRuns: 40 },
  )
  t.pass()
})

t.test('the chosen one is the next in turn, and everybody else says why not', async (t) => {
  const crew = crewOf(
    [seller('a'), seller('b', { weight: 50 }), seller('c', { active: false })],
    [pool('p', ['a', 'b', 'c', 'ghost'])],
  )
  const standing = blankStanding()
  const first = give(crew, standing)
  t.match(first, {
    outcome: 'user',
    user_id: 'a',
    pool_key: 'p',
    strategy: 'round_robin',
    pass_before: 0,
    pass_after: strideOf(100),
  })
  t.same(reasonsOf(first), { a: 'chosen', b: 'higher_pass', c: 'inactive', ghost: 'unknown' })
  const second = give(crew, standing)
  t.same(reasonsOf(second), { a: 'ahead_of_share', b: 'chosen', c: 'inactive', ghost: 'unknown' })
  t.same(
    countOf(times(298).map(() => give(crew, standing).user_id)),
    new Map([
      ['a', 199],
      ['b', 99],
    ]),
  )
})

t.test('a newcomer enters at the lowest turn, and neither floods nor starves', async (t) => {
  const standing = blankStanding()
  const before = crewOf([seller('a'), seller('b')], [pool('p', ['a', 'b'])])
  for (const _ of times(1000)) give(before, standing)
  const after = crewOf([seller('a'), seller('b'), seller('c')], [pool('p', ['a', 'b', 'c'])])
  const counts = countOf(times(30).map(() => give(after, standing).user_id))
  for (const id of ['a', 'b', 'c']) t.ok(Math.abs((counts.get(id) ?? 0) - 10) <= 1, `${id} got ${counts.get(id)}`)
})

const away = [{ from_at: '2026-11-23T00:00:00Z', until_at: '2026-11-24T00:00:00Z', reason: null }]
const back = NOON + 24 * HOUR

for (const [catch_up, expected] of [
  ['none', 10],
  ['capped', 13],
  ['full', 20],
] as const) {
  t.test(`who returns from an absence catches up as the pool says: ${catch_up}`, async (t) => {
    const crew = crewOf(
      [seller('a'), seller('b', { absences: away })],
      [pool('p', ['a', 'b'], { catch_up, catch_up_leads: 6 })],
    )
    const standing = blankStanding()
    const during = times(100).map(() => give(crew, standing))
    t.same(countOf(during.map(({ user_id }) => user_id)), new Map([['a', 100]]))
    t.match(during[0]?.trials[0]?.candidates[1], { reason: 'absent', until: '2026-11-24T00:00:00.000Z' })
    const counts = countOf(times(20).map(() => give(crew, standing, { now: back }).user_id))
    t.ok(Math.abs((counts.get('b') ?? 0) - expected) <= 1, `b got ${counts.get('b')} of 20`)
  })
}

t.test('room on the desk, of the day and of the week is a hard limit', async (t) => {
  const crew = crewOf(
    [
      seller('open', { capacity_open: 2 }),
      seller('day', { capacity_day: 3, time_zone: 'Pacific/Auckland' }),
      seller('week', { capacity_week: 4 }),
    ],
    [pool('p', ['open', 'day', 'week'])],
  )
  const standing = blankStanding()
  const owners = times(12).map(() => give(crew, standing))
  t.same(
    countOf(owners.map(({ user_id }) => user_id)),
    new Map([
      ['open', 2],
      ['day', 3],
      ['week', 4],
    ]),
  )
  const last = owners.at(-1)
  t.match(last, {
    outcome: 'unroutable',
    rule_key: null,
    retryAt: Date.parse('2026-11-24T00:00:00Z'),
  })
  t.same(
    last?.trials[0]?.candidates.map(({ detail }) => detail),
    ['open', 'day', 'week'],
  )
  t.equal(last?.trials[0]?.candidates[1]?.until, '2026-11-24T11:00:00.000Z', 'midnight in Auckland')
  const tomorrow = give(crew, standing, { now: NOON + 24 * HOUR })
  t.equal(tomorrow.user_id, 'day')
})

t.test('who is full today is asked again at the first moment of the next day, wherever clocks change', async (t) => {
  const crew = crewOf([seller('a', { capacity_day: 1, time_zone: 'America/Santiago' })], [pool('p', ['a'])])
  const standing = blankStanding()
  // In Santiago the sixth of September 2026 begins at one o'clock.
  const late = Date.parse('2026-09-06T03:30:00Z')
  t.equal(give(crew, standing, { now: late }).user_id, 'a')
  t.match(give(crew, standing, { now: late }), { outcome: 'unroutable', retryAt: Date.parse('2026-09-06T04:00:00Z') })
  t.equal(give(crew, standing, { now: Date.parse('2026-09-06T04:00:00Z') }).user_id, 'a')
  const zones = ['America/Santiago', 'Africa/Cairo', 'Asia/Beirut', 'America/Havana', 'Pacific/Apia', 'Europe/Berlin']
  const moment = fc.integer({ min: Date.parse('2010-01-01'), max: Date.parse('2030-01-01') })
  fc.assert(
    fc.property(fc.constantFrom(...zones), moment, (zone, at) => {
      const next = nextMidnight(zone, at)
      return (
        next > at && dayNumber(zone, next) > dayNumber(zone, at) && dayNumber(zone, next - 1) <= dayNumber(zone, at)
      )
    }),
  )
})

t.test('hours are those of the wall of the seller', async (t) => {
  const hours = [{ weekdays: ['monday' as const], from: '09:00', to: '17:00' }]
  const crew = crewOf(
    [
      seller('berlin', { time_zone: 'Europe/Berlin', working_hours: hours }),
      seller('tokyo', { time_zone: 'Asia/Tokyo', working_hours: hours }),
    ],
    [pool('p', ['berlin', 'tokyo'])],
  )
  const at = (text: string) => give(crew, blankStanding(), { now: Date.parse(text) })
  t.equal(at('2026-11-23T08:00:00Z').user_id, 'berlin')
  t.equal(at('2026-11-23T07:59:59.999Z').user_id, 'tokyo')
  t.equal(at('2026-11-22T23:59:59.999Z').outcome, 'unroutable')
  const night = at('2026-11-23T16:00:00Z')
  t.match(night, { outcome: 'unroutable', retryAt: Date.parse('2026-11-30T00:00:00Z') })
  t.same(reasonsOf(night), { berlin: 'off_hours', tokyo: 'off_hours' })
})

t.test('what lead and seller must share, and who refused it', async (t) => {
  const crew = crewOf(
    [
      seller('deutsch', { languages: ['de-AT'], territories: ['north'], skills: { shoes: 40 } }),
      seller('english', { languages: ['en'], territories: ['south'], skills: { shoes: 90 } }),
    ],
    [pool('p', ['deutsch', 'english'], { must_match: ['language', 'territory'] })],
  )
  const lead = { language: 'de-DE' }
  t.equal(give(crew, blankStanding(), { lead, territories: ['north', 'south'] }).user_id, 'deutsch')
  t.equal(give(crew, blankStanding(), { lead, territories: ['south'] }).outcome, 'unroutable')
  t.equal(give(crew, blankStanding(), { territories: ['south'] }).user_id, 'english', 'a lead without a language')
  const refused = give(crew, blankStanding(), { territories: ['north'], excluded: new Set(['deutsch']) })
  t.same(reasonsOf(refused), { deutsch: 'excluded', english: 'not_matched' })
  const skilled = rule('skilled', { skills: [{ skill: 'shoes', importance: 1, minimum: 50 }], if_nobody: 'next' })
  const verdict = routeLead(
    [skilled],
    toUser('deutsch'),
    caseOf({ lead, territories: ['north'] }),
    crew,
    blankStanding(),
  )
  t.match(verdict, { outcome: 'user', user_id: 'deutsch', rule_key: null })
  t.same(verdict.rules, [
    { rule_key: 'skilled', outcome: 'nobody' },
    { rule_key: null, outcome: 'assigned' },
  ])
  const odd = rule('odd', { skills: [{ skill: 'constructor', importance: 1, minimum: 1 }], if_nobody: 'next' })
  t.equal(
    routeLead([odd], toUser('deutsch'), caseOf({ lead, territories: ['north'] }), crew, blankStanding()).rule_key,
    null,
  )
})

t.test('each strategy says what it says', async (t) => {
  const sellers = [
    seller('a', { skills: { shoes: 40, ships: 100 } }),
    seller('b', { skills: { shoes: 80 } }),
    seller('c'),
  ]
  const ids = ['a', 'b', 'c']
  const by = (
    strategy: 'least_loaded' | 'best_match' | 'priority',
    standing: Standing,
    skills = rule('r', {}).skills,
  ) => {
    const members = ids.map((user_id, i) => ({ user_id, weight: null, priority: [3, null, 2][i] ?? null }))
    const crew = crewOf(sellers, [pool('p', [], { strategy, members })])
    return routeLead([rule('r', { skills })], toPool('p'), caseOf(), crew, standing)
  }
  const standing = blankStanding()
  standing.loads.set('a', { open: 2, day: 0, day_count: 0, week: 0, week_count: 0 })
  standing.loads.set('b', { open: 1, day: 0, day_count: 0, week: 0, week_count: 0 })
  t.same(reasonsOf(by('least_loaded', standing)), { a: 'more_loaded', b: 'more_loaded', c: 'chosen' })
  t.equal(by('least_loaded', standing).user_id, 'b', 'a tie goes by the turn')
  const shoes = { skill: 'shoes', importance: 3, minimum: 0 }
  const ships = { skill: 'ships', importance: 1, minimum: 0 }
  t.same(reasonsOf(by('best_match', blankStanding(), [shoes, ships])), {
    a: 'lower_score',
    b: 'chosen',
    c: 'lower_score',
  })
  t.equal(by('best_match', blankStanding(), [shoes, { ...ships, importance: 3 }]).user_id, 'a')
  t.same(reasonsOf(by('priority', blankStanding())), { a: 'lower_priority', b: 'lower_priority', c: 'chosen' })
})

t.test('a returning lead stays with who knows it, if that one can take it', async (t) => {
  const crew = crewOf(
    [seller('a'), seller('b'), seller('c', { active: false })],
    [pool('p', ['a', 'b', 'c'], { sticky: 'previous_owner' })],
  )
  const standing = blankStanding()
  for (const _ of times(5))
    t.same(reasonsOf(give(crew, standing, { previousOwner: 'b' })), { a: 'not_sticky', b: 'chosen', c: 'inactive' })
  t.equal(give(crew, standing, { previousOwner: 'c' }).user_id, 'a')
  const owner = (more: object) =>
    routeLead([rule('o', { target: toOwnerOf('account_owner') })], toUser('a'), caseOf(more), crew, standing)
  t.match(owner({ accountOwner: 'b' }), { user_id: 'b', rule_key: 'o' })
  t.match(owner({ accountOwner: 'c' }), { user_id: 'a', rule_key: null }, 'the owner has left')
  t.match(owner({}), { user_id: 'a', rule_key: null }, 'nobody owns the company')
})

t.test('rules are asked in order; one that waits is asked again, and not for ever', async (t) => {
  const crew = crewOf(
    [seller('late', { absences: away }), seller('ready')],
    [pool('p', ['late']), pool('q', ['ready'])],
  )
  const unmet = rule('unmet', { when: null })
  const waiting = rule('waiting', { if_nobody: 'wait', wait_seconds: 7200 })
  const at = (now: number, since: number | null = null) =>
    routeLead([unmet, waiting], toPool('q'), caseOf({ now, waitingSince: since }), crew, blankStanding())
  t.match(at(NOON), { outcome: 'waiting', rule_key: 'waiting', retryAt: NOON + 2 * HOUR })
  t.same(at(NOON).rules, [
    { rule_key: 'unmet', outcome: 'not_matched' },
    { rule_key: 'waiting', outcome: 'waiting' },
  ])
  t.equal(at(NOON + HOUR, NOON).outcome, 'waiting')
  t.match(at(NOON + 2 * HOUR, NOON), { outcome: 'user', user_id: 'ready', rule_key: null })
  t.match(at(back, back - HOUR), { user_id: 'late', rule_key: 'waiting' })
  const gone = routeLead(
    [rule('gone', { target: toPool('nowhere'), if_nobody: 'next' })],
    toPool('q'),
    caseOf(),
    crew,
    blankStanding(),
  )
  t.same(gone.rules[0], { rule_key: 'gone', outcome: 'unknown_target' })
})

t.test('the same leads in the same order go to the same owners', async (t) => {
  const person = fc.record({
    weight: fc.integer({ min: 1, max: 300 }),
    capacity_open: fc.option(fc.integer({ min: 0, max: 20 })),
    capacity_day: fc.option(fc.integer({ min: 0, max: 20 })),
    active: fc.boolean(),
  })
  fc.assert(
    fc.property(
      fc.array(person, { minLength: 1, maxLength: 8 }),
      fc.array(fc.nat(1000), { maxLength: 60 }),
      (people, steps) => {
        const run = () => {
          const sellers = people.map((more, i) => seller(`u${i}`, more))
          const crew = crewOf(sellers, [
            pool(
              'p',
              sellers.map(({ id }) => id),
            ),
          ])
          const standing = blankStanding()
          let now = NOON
          return steps.map((step) => {
            now += step * 60_000
            return give(crew, standing, { now }).user_id
          })
        }
        const owners = run()
        t.same(run(), owners)
        for (const [i, { active, capacity_open }] of people.entries()) {
          const got = owners.filter((owner) => owner === `u${i}`).length
          t.ok(active || got === 0, 'nobody inactive')
          t.ok(capacity_open === null || got <= capacity_open, 'nobody beyond the desk')
        }
      },
    ),
    { numRuns: 50 },
  )
})

t.test('an explanation is stored small and comes back whole', async (t) => {
  const candidate = fc.record({
    reason: fc.constantFrom(...CANDIDATE_REASONS),
    detail: fc.option(fc.string()),
    until: fc.option(fc.constant('2026-11-24T00:00:00.000Z')),
    pass: fc.option(fc.integer({ min: -1e12, max: 1e15 })),
  })
  fc.assert(
    fc.property(fc.array(candidate, { maxLength: 20 }), (given) => {
      const candidates: Candidate[] = given.map((one, i) => ({ user_id: `u${i}`, ...one }))
      const trial = { rule_key: 'r', pool_key: 'p', candidates }
      const stored = JSON.parse(JSON.stringify(packTrial(trial)))
      t.same(
        unpackTrial(
          stored,
          candidates.map(({ user_id }) => user_id),
        ),
        trial,
      )
    }),
  )
})

t.test('an explanation of the time when turns were numbers is read as it was', async (t) => {
  const packed = { rule_key: 'r', pool_key: 'p', user_id: null, reasons: 'bia', base: 70, details: {}, untils: {} }
  const { candidates } = unpackTrial({ ...packed, passes: [null, 12, 0] }, ['u0', 'u1', 'u2'])
  t.same(
    candidates.map(({ reason, pass }) => [reason, pass]),
    [
      ['inactive', null],
      ['higher_pass', 82],
      ['chosen', 70],
    ],
  )
})

t.test('postal codes lie in ranges as people read them', async (t) => {
  const within = (country: string, code: string, from: string, to: string) =>
    isInRange({ country, postal_code: code }, { country: 'DE', from, to })
  t.ok(within('DE', '10115', '10000', '14999'))
  t.ok(within('DE', '01067', '1000', '1999'), 'a leading zero is typed or not')
  t.notOk(within('DE', '15000', '10000', '14999'))
  t.notOk(within('AT', '10115', '10000', '14999'))
  t.ok(within('DE', 'sw9 4aa', 'SW1', 'SW9'))
  t.notOk(within('DE', 'W1A 1AA', 'SW1', 'SW9'))
  t.ok(within('DE', '10001-1234', '10000', '14999'), 'more precise than the range')
  t.ok(within('DE', '1200-192', '1000', '1999'))
  t.notOk(within('DE', '20001-1234', '10000', '14999'))
  t.ok(within('DE', '01310-100', '01000-000', '05999-999'))
  t.notOk(isInRange({ country: 'DE', postal_code: null }, { country: 'DE', from: '0', to: '9' }))
})
