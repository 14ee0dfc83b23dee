import fc from 'fast-check'
import t from 'tap'
import { familyConditionFacts } from '../../src/domain/condition/condition-facts.ts'
import { leadFieldCatalogue } from '../../src/domain/condition/field-catalogue.ts'
import { DAY_MS } from '../../src/domain/condition/moment.ts'
import { BLANK_LEAD, type LeadFacts } from '../../src/domain/lead.ts'
import { type ActivityDay, nextTurnOf, weighEvents } from '../../src/domain/scoring/activity-days.ts'
import { calculateScore, explainScore, type ScoreFacts } from '../../src/domain/scoring/calculate-score.ts'
import { compileScoreModel } from '../../src/domain/scoring/compile-score-model.ts'
import { DEFAULT_SCORE_MODEL } from '../../src/domain/scoring/default-model.ts'
import { nextScoreChange } from '../../src/domain/scoring/next-score-change.ts'
import { defaultThresholds, type EngagementRule, type ScoreModel } from '../../src/domain/scoring/score-model.ts'
import { findScoreModelFaults } from '../../src/domain/scoring/score-model-faults.ts'
import { applyOverride } from '../../src/domain/scoring/score-override.ts'

const NOW = new Date('2026-06-15T12:00:00.000Z')
const catalogue = leadFieldCatalogue([])

const lead = (fields: Partial<LeadFacts> = {}): LeadFacts => ({
  ...BLANK_LEAD,
  id: '018f0000-0000-7000-8000-000000000000',
  stage_key: 'lead',
  status: 'new',
  tags: [],
  custom_fields: {},
  metadata: {},
  external_ids: [],
  archived: false,
  version: 1,
  created_at: '2026-06-01T00:00:00.000Z',
  updated_at: '2026-06-01T00:00:00.000Z',
  ...fields,
})

const rule = (more: Partial<EngagementRule> = {}): EngagementRule => ({
  key: 'visits',
  label: 'Visits',
  event: 'page_viewed',
  properties: {},
  points: 10,
  window_days: null,
  half_life_days: null,
  max_per_day: null,
  max_count: null,
  min_points: null,
  max_points: null,
  ...more,
})

const model = (rules: EngagementRule[], more: Partial<ScoreModel> = {}): ScoreModel => ({
  name: 'Test',
  description: null,
  fit: { min: 0, max: 100, rules: [] },
  engagement: { min: -1000, max: 1000, rules },
  ...defaultThresholds(100, 100),
  ...more,
})

/** Folds events one by one, in the order given, into the counters that are kept at ingest. */
function fold(times: readonly number[]): ActivityDay[] {
  const days = new Map<number, ActivityDay>()
  for (const time of times) {
    const day = Math.floor(time / DAY_MS)
    const known = days.get(day)
    if (known === undefined) days.set(day, { count: 1, first: time, last: time })
    else {
      days.set(day, { count: known.count + 1, first: Math.min(known.first, time), last: Math.max(known.last, time) })
    }
  }
  return [...days].sort(([a], [b]) => b - a).map(([, day]) => day)
}

const factsOf = (days: readonly ActivityDay[], fields: Partial<LeadFacts> = {}): ScoreFacts => ({
  conditions: familyConditionFacts(
    () => lead(fields),
    new Map(),
    () => [],
  ),
  daysOf: () => days,
})

const scoreOf = (m: ScoreModel, times: readonly number[], at = NOW) =>
  calculateScore(compileScoreModel(catalogue, m), factsOf(fold(times)), at)

const ago = (days: number) => NOW.getTime() - days * DAY_MS

t.test('an event is worth half as much after each half-life', async (t) => {
  const { weight } = weighEvents(rule({ half_life_days: 7 }), fold([ago(7)]), NOW.getTime())
  t.equal(weight, 0.5)
  t.equal(
    scoreOf(model([rule({ half_life_days: 7 })]), [ago(0), ago(7), ago(14)]).engagement,
    18,
    '10 + 5 + 2.5, rounded',
  )
})

t.test('caps, windows and bounds', async (t) => {
  const day = [ago(1), ago(1) + 1000, ago(1) + 2000]
  t.equal(scoreOf(model([rule({ max_per_day: 2 })]), [...day, ago(2)]).engagement, 30, 'two of one day, one of another')
  t.equal(scoreOf(model([rule({ max_count: 2 })]), [...day, ago(2)]).engagement, 20, 'the newest two')
  t.equal(
    scoreOf(model([rule({ window_days: 7 })]), [ago(7), ago(7) - 1]).engagement,
    10,
    'exactly seven days is within',
  )
  t.equal(scoreOf(model([rule({ max_points: 15 })]), day).engagement, 15)
  t.equal(scoreOf(model([rule({ points: -10, min_points: -15 })]), day).engagement, -15)
  t.equal(scoreOf(model([rule()], { engagement: { min: 0, max: 25, rules: [rule()] } }), day).engagement, 25)
  t.equal(
    scoreOf(model([rule({ points: -5 })], { engagement: { min: 0, max: 25, rules: [rule({ points: -5 })] } }), day)
      .engagement,
    0,
  )
  t.equal(scoreOf(model([rule()]), [NOW.getTime() + 1000]).engagement, 0, 'what has not happened yet does not count')
})

t.test('fit, grade and band', async (t) => {
  const scored = calculateScore(
    compileScoreModel(catalogue, DEFAULT_SCORE_MODEL),
    factsOf([], {
      email: 'ada@engines.test',
      email_domain: 'engines.test',
      company_name: 'Engines',
      job_title: 'CEO',
      phone: '+441',
    }),
    NOW,
  )
  t.same(scored, { fit: 75, engagement: 0, total: 75, grade: 'B4', band: 'warm' })
  const nobody = calculateScore(compileScoreModel(catalogue, DEFAULT_SCORE_MODEL), factsOf([]), NOW)
  t.same(nobody, { fit: 0, engagement: 0, total: 0, grade: 'F4', band: null })
  t.same(findScoreModelFaults(DEFAULT_SCORE_MODEL, catalogue), [])
})

t.test('a rule that names what is gone gives nothing and says so', async (t) => {
  const condition = { any: [{ all: [{ field: 'custom_fields.gone', op: 'is_set' as const }] }] }
  const broken = model([], { fit: { min: 0, max: 100, rules: [{ key: 'gone', label: '', condition, points: 10 }] } })
  const compiled = compileScoreModel(catalogue, broken)
  t.equal(calculateScore(compiled, factsOf([]), NOW).fit, 0)
  t.match(explainScore(compiled, factsOf([]), NOW), [{ key: 'gone', points: 0, valid: false }])
})

t.test('an override stays, and ends when it was said to end', async (t) => {
  const verdict = scoreOf(model([]), [])
  const override = { total: 150, grade: 'A1', expires_at: '2026-06-16T00:00:00.000Z' }
  t.match(applyOverride(model([]), verdict, override, NOW), { total: 150, grade: 'A1', band: 'hot', fit: 0 })
  t.same(applyOverride(model([]), verdict, override, new Date(override.expires_at)), verdict)
})

const arbitraryRule = fc
  .record({
    points: fc.integer({ min: -50, max: 50 }),
    window_days: fc.option(fc.integer({ min: 1, max: 60 })),
    half_life_days: fc.option(fc.integer({ min: 1, max: 60 })),
    max_per_day: fc.option(fc.integer({ min: 1, max: 5 })),
    max_count: fc.option(fc.integer({ min: 1, max: 20 })),
    min_points: fc.option(fc.integer({ min: -200, max: 0 })),
    max_points: fc.option(fc.integer({ min: 0, max: 200 })),
  })
  .map(rule)

/** Up to some days into the future: senders' clocks differ. */
const arbitraryTime = fc.integer({ min: -90 * DAY_MS, max: 3 * DAY_MS }).map((ms) => NOW.getTime() + ms)
const arbitraryTimes = fc.array(arbitraryTime, { maxLength: 40 })

t.test('folded one by one, in any order, is the same as calculated from all', async (t) => {
  fc.assert(
    fc.property(fc.array(arbitraryRule, { maxLength: 4 }), arbitraryTimes, fc.integer(), (rules, times, seed) => {
      const shuffled = [...times].sort((a, b) => ((a * 31 + seed) % 97) - ((b * 31 + seed) % 97))
      t.same(scoreOf(model(rules), shuffled), scoreOf(model(rules), times))
    }),
    { numRuns: 2_000 },
  )
})

t.test('as of a moment is what was calculated then: whole days that come later change nothing', async (t) => {
  fc.assert(
    fc.property(
      fc.array(arbitraryRule, { maxLength: 4 }),
      arbitraryTimes,
      fc.integer({ min: 0, max: 80 }),
      (rules, times, back) => {
        const then = new Date(Math.floor(ago(back) / DAY_MS) * DAY_MS - 1)
        const known = times.filter((time) => time <= then.getTime())
        t.same(scoreOf(model(rules), times, then), scoreOf(model(rules), known, then))
      },
    ),
    { numRuns: 2_000 },
  )
})

t.test('the counters weigh as the events themselves do, where a day has at most two', async (t) => {
  fc.assert(
    fc.property(
      arbitraryRule,
      fc.array(fc.tuple(fc.integer({ min: 0, max: 80 }), fc.nat(DAY_MS - 1)), { maxLength: 20 }),
      (r, raw) => {
        const perDay = new Map<number, number>()
        const midnight = Math.floor(NOW.getTime() / DAY_MS) * DAY_MS
        const times = raw.flatMap(([day, offset]) => {
          const seen = perDay.get(day) ?? 0
          perDay.set(day, seen + 1)
          return seen < 2 ? [midnight - day * DAY_MS + offset] : []
        })
        t.ok(Math.abs(weighEvents(r, fold(times), NOW.getTime()).weight - bruteForce(r, times)) < 1e-9)
      },
    ),
    { numRuns: 2_000 },
  )
})

/** The rule, straight from its words. */
function bruteForce(r: EngagementRule, times: readonly number[]): number {
  const perDay = new Map<number, number>()
  let counted = 0
  let weight = 0
  for (const time of [...times].sort((a, b) => b - a)) {
    const age = NOW.getTime() - time
    if (age < 0 || (r.window_days !== null && age > r.window_days * DAY_MS)) continue
    const day = Math.floor(time / DAY_MS)
    const today = perDay.get(day) ?? 0
    if (today >= (r.max_per_day ?? Infinity) || counted >= (r.max_count ?? Infinity)) continue
    perDay.set(day, today + 1)
    counted++
    weight += r.half_life_days === null ? 1 : 2 ** (-age / (r.half_life_days * DAY_MS))
  }
  return weight
}

t.test('until the next change that was told nothing that anybody acts on is different', async (t) => {
  const moments = fc.array(fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), {
    minLength: 5,
    maxLength: 20,
  })
  fc.assert(
    fc.property(fc.array(arbitraryRule, { maxLength: 3 }), arbitraryTimes, moments, (rules, times, parts) => {
      const compiled = compileScoreModel(catalogue, model(rules))
      const facts = factsOf(fold(times))
      const before = calculateScore(compiled, facts, NOW)
      const next = nextScoreChange(compiled, facts, NOW)
      const isMonotone = rules.every(({ points }) => points >= 0) || rules.every(({ points }) => points <= 0)
      const end = next?.getTime() ?? NOW.getTime() + 400 * DAY_MS
      for (const part of parts) {
        // To the second.
        const at = Math.floor(NOW.getTime() + part * (end - 1_000 - NOW.getTime()))
        if (at <= NOW.getTime()) continue
        const { grade, band } = calculateScore(compiled, facts, new Date(at))
        if (isMonotone) t.same({ grade, band }, { grade: before.grade, band: before.band })
      }
    }),
    { numRuns: 1_000 },
  )
})

t.test('a lead that goes quiet cools: woken again and again, it ends where it belongs', async (t) => {
  const compiled = compileScoreModel(catalogue, model([rule({ half_life_days: 5, points: 40 })]))
  const facts = factsOf(fold([ago(0), ago(1), ago(2)]))
  let at = NOW
  const bands = [calculateScore(compiled, facts, at).band]
  for (let i = 0; i < 200; i++) {
    const next = nextScoreChange(compiled, facts, at)
    if (next === null) break
    t.ok(next > at)
    at = next
    bands.push(calculateScore(compiled, facts, at).band)
  }
  t.equal(calculateScore(compiled, facts, at).engagement, 0)
  t.equal(nextScoreChange(compiled, facts, at), null, 'and then it sleeps')
  t.same([...new Set(bands)], ['warm', null])
})

t.test('a window ends to the millisecond', async (t) => {
  const r = rule({ window_days: 7 })
  const time = ago(6)
  const next = nextTurnOf(r, fold([time]), NOW.getTime())
  t.equal(next, time + 7 * DAY_MS + 1)
  t.equal(weighEvents(r, fold([time]), next - 1).weight, 1)
  t.equal(weighEvents(r, fold([time]), next).weight, 0)
})

t.test('faults are told with their places', async (t) => {
  const condition = { any: [{ all: [{ field: 'contry', op: 'is_set' as const }] }] }
  const bad = model([rule({ min_points: 5, max_points: 1 }), rule()], {
    fit: { min: 10, max: 0, rules: [{ key: 'a', label: '', condition, points: 1 }] },
    bands: [
      { key: 'warm', min_total: 10 },
      { key: 'hot', min_total: 20 },
    ],
  })
  const places = findScoreModelFaults(bad, catalogue).map(({ pointer }) => pointer)
  t.same(places, [
    '/fit/min',
    '/engagement/rules/1/key',
    '/fit/rules/0/condition/any/0/all/0/field',
    '/engagement/rules/0/min_points',
    '/bands/1',
  ])
})
