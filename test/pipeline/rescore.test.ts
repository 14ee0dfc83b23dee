import fc from 'fast-check'
import t from 'tap'
import { withWorkspace } from '../../src/db/client.ts'
import { explainScore } from '../../src/domain/scoring/calculate-score.ts'
import type { ScoreModel } from '../../src/domain/scoring/score-model.ts'
import { runOperations } from '../../src/operations/run-operations.ts'
import { openJudgeDesk } from '../../src/pipeline/judge/open-judge-desk.ts'
import { listCandidates } from '../../src/pipeline/score/candidate-queries.ts'
import { onlyModel, rescoreLeadsBy } from '../../src/pipeline/score/rescore-leads.ts'
import { loadScoreBook, readyModels, scoreLead } from '../../src/pipeline/score/score-leads.ts'
import { watchedScores } from '../../src/pipeline/score/watched-scores.ts'
import { readPolicies } from '../../src/policies/published-policies.ts'
import { rowsOf } from '../helpers/rows.ts'
import { type TestService, testService } from '../helpers/service.ts'

const MODEL = '/v1/score-models/default'
const DAY_MS = 86_400_000
const LEADS = 60
/** Publications; RESCORE_ROUNDS=500 for a thorough run. */
const ROUNDS = Number(process.env['RESCORE_ROUNDS'] ?? 40)
/** Nobody waits for what lies beyond. */
const END_OF_TIME = Date.parse('9999-01-01')
const PACE = { stretch: 25, part: 7 }

const when = (term: object) => ({ any: [{ all: [term] }] })
const OWN = [
  when({ field: 'country', op: 'in', values: ['DE', 'AT'] }),
  when({ field: 'country', op: 'is_not_set' }),
  when({ field: 'job_title', op: 'contains', value: 'head' }),
  when({ field: 'job_title', op: 'not_contains', value: 'HEAD' }),
  when({ field: 'last_name', op: 'gte', value: 'm' }),
  when({ field: 'phone', op: 'starts_with', value: '+4930' }),
  when({ field: 'custom_fields.interest', op: 'eq', value: 'demo' }),
  when({ field: 'custom_fields.message', op: 'contains', value: 'ü' }),
  when({ field: 'tags', op: 'contains', value: 'vip' }),
  when({ field: 'archived', op: 'eq', value: 'false' }),
  { any: [...when({ field: 'city', op: 'eq', value: 'berlin' }).any, { all: [{ field: 'city', op: 'is_not_set' }] }] },
]
const FAMILIES = [
  when({ field: 'account.industry', op: 'eq', value: 'steel' }),
  when({ field: 'account.employee_count', op: 'gt', value: '50' }),
  when({ field: 'segments', op: 'contains', value: 'nobody' }),
]
const TIMELY = [
  when({ field: 'created_at', op: 'within_days', value: '40' }),
  when({ field: 'created_at', op: 'older_than_days', value: '3' }),
  when({ field: 'consent.marketing.email', op: 'eq', value: 'true' }),
  when({ behaviour: { event: 'page_viewed', min_count: 2, within_days: 30 }, op: 'did' }),
]

const points = fc.integer({ min: -30, max: 40 })
const bounds = fc.tuple(fc.integer({ min: -20, max: 10 }), fc.integer({ min: 11, max: 90 }))
const maybe = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { freq: 2 })
const engagementRule = fc.record({
  event: fc.constantFrom('page_viewed', 'demo_requested', 'form_submitted', 'never_happens'),
  points,
  window_days: maybe(fc.constantFrom(2, 30, 400)),
  half_life_days: maybe(fc.constantFrom(1, 14)),
  max_per_day: maybe(fc.constantFrom(1, 3)),
  min_points: maybe(fc.constantFrom(0, 3)),
})
const descending = (most: number) =>
  fc.uniqueArray(fc.integer({ min: -10, max: 90 }), { maxLength: most }).map((values) => values.sort((a, b) => b - a))

const anyModel = fc
  .constantFrom(OWN, OWN, [...OWN, ...FAMILIES], [...OWN, ...FAMILIES, ...TIMELY])
  .chain((conditions) =>
    fc.record({
      name: fc.constant('Any'),
      fit: fc.record({
        bounds,
        rules: fc.array(fc.record({ condition: fc.constantFrom(...conditions), points }), { maxLength: 6 }),
      }),
      engagement: fc.record({ bounds, rules: fc.array(engagementRule, { maxLength: 3 }) }),
      grades: descending(5).map((list) => list.map((min_fit, i) => ({ grade: 'ABCDE'[i], min_fit }))),
      tiers: descending(3).map((list) => list.map((min_engagement, i) => ({ tier: i + 1, min_engagement }))),
      bands: descending(3).map((list) => list.map((min_total, i) => ({ key: `band_${i}`, min_total }))),
    }),
  )
  .map(({ fit, engagement, ...rest }) => {
    const axis = <Rule extends object>({ bounds: [min, max], rules }: { bounds: [number, number]; rules: Rule[] }) => ({
      min,
      max,
      rules: rules.map((rule, i) => ({ key: `rule_${i}`, ...rule })),
    })
    return { ...rest, fit: axis(fit), engagement: axis(engagement) }
  })

async function publish(service: TestService, model: object): Promise<void> {
  const { headers } = await service.call('GET', MODEL)
  const put = await service.call('PUT', MODEL, model, { headers: { 'if-match': String(headers['etag']) } })
  if (put.statusCode !== 200) throw new Error(put.body)
  const published = await service.call('POST', `${MODEL}/publish`)
  if (published.statusCode !== 202) throw new Error(published.body)
}

/** People of every kind: silent ones, ones that do things now and then, and ones whose score a person has set. */
async function populate(service: TestService): Promise<void> {
  const { call } = service
  // A rule asks about it.
  await call('PUT', '/v1/segments/nobody', { title: 'Nobody', kind: 'static' })
  const of = <T>(list: readonly T[], i: number) => list[i % list.length]
  const items = Array.from({ length: LEADS - 5 }, (_, i) => ({
    email: `p${i}@${i % 4 ? `firm${i % 6}.test` : 'gmail.com'}`,
    full_name: `Ada ${of(['Lovelace', 'Müller', 'zed', 'Meier'], i)}`,
    country: of(['DE', 'AT', 'FR', null, 'US'], i),
    job_title: of([null, 'Head of Sales', 'Headhunter', 'Clerk'], i >> 1),
    phone: of([null, `+4930100${1000 + i}`, `+4989100${1000 + i}`], i),
    city: of(['Berlin', null, 'BERLIN', 'Bonn'], i >> 2),
    tags: of([[], ['VIP'], ['x', 'vip']], i),
    custom_fields: of([{}, { interest: 'demo' }, { interest: 'pricing', message: 'Grüße' }], i),
  }))
  const made = (await call('POST', '/v1/leads/batch/upsert', { items })).json().results as { id: string }[]
  for (let i = 0; i < 5; i++) {
    const form = { full_name: `Bob ${i}`, email: `bob${i}@form.test`, message: 'Please call.' }
    await call('POST', '/v1/public/forms/demo/submissions', form)
  }
  await service.drain()
  const events = made.flatMap(({ id }, i) =>
    i % 3 > 0
      ? []
      : [0, 1, 5, 20, 100].slice(0, 1 + (i % 5)).map((days) => ({
          lead_id: id,
          name: i % 2 ? 'page_viewed' : 'demo_requested',
          occurred_at: new Date(Date.now() - days * DAY_MS - i * 1_000).toISOString(),
        })),
  )
  const sent = await call('POST', '/v1/events/batch/create', { items: events })
  if (sent.statusCode !== 207 || sent.json().failed > 0) throw new Error(sent.body)
  for (const [i, { id }] of made.entries()) {
    const ends = { expires_at: new Date(Date.now() + 30 * DAY_MS).toISOString() }
    const override = { total: 70, reason: 'Known', ...(i % 2 && ends) }
    if (i % 10 === 7) await call('PUT', `/v1/leads/${id}/scores/default/override`, override)
    if (i % 9 === 4) await call('POST', `/v1/leads/${id}/archive`)
  }
  for (const { id } of (await call('GET', '/v1/accounts')).json().data.slice(0, 3)) {
    const { headers } = await call('GET', `/v1/accounts/${id}`)
    const more = { headers: { 'if-match': String(headers['etag']) } }
    await call('PATCH', `/v1/accounts/${id}`, { industry: 'Steel', employee_count: 80 }, more)
  }
  await service.drain()
}

/** What judging with every fact gives for each lead at a moment, and when it turns next. */
async function judgeAll(service: TestService, now: Date) {
  const leads = await rowsOf(service, 'leads')
  return await withWorkspace(service.ctx.db, service.workspaceId, async (tx) => {
    const published = await readPolicies(tx)
    const found = leads.map(({ workspace_id: _, ...lead }) => ({ lead: lead as never, sources: {}, reasons: [] }))
    const desk = await openJudgeDesk(tx, found, now, { narrow: (policies) => onlyModel(policies, 'default') })
    const [model] = readyModels(desk.catalogue, desk.policies.of<ScoreModel>('score_model'))
    if (model === undefined) throw new Error('the model is published')
    const book = await loadScoreBook(tx, [...desk.leads.keys()], [model], now)
    return [...desk.leads.values()].map(({ id, facts }) => {
      const scored = scoreLead(book, model, { id, conditions: facts, reasons: [] }, now)
      const given = explainScore(
        model.compiled,
        { conditions: facts, daysOf: (rule) => book.activity.daysOf(id, rule) },
        now,
      )
      return {
        lead_id: id,
        score: { ...scored.verdict, overridden: scored.overridden },
        differs: scored.differs,
        parts: Object.fromEntries(
          given.filter(({ points }) => points !== 0).map(({ axis, key, points }) => [`${axis}.${key}`, points]),
        ),
        next: scored.next(watchedScores(published)),
      }
    })
  })
}

const pickScore = (row: Record<string, unknown> | undefined) =>
  row && Object.fromEntries(Object.keys(NO_SCORE).map((name) => [name, row[name]]))
const NO_SCORE = { fit: 0, engagement: 0, total: 0, grade: '', band: null, overridden: false }

t.test('a rescore stores for every lead exactly what full judging gives, whatever the model asks', async (t) => {
  const service = await testService(t)
  await populate(service)
  let now = new Date()
  const seed = Number(process.env['RESCORE_SEED'] ?? Date.now() % 1_000_000)
  t.comment(`RESCORE_SEED=${seed}`)
  const random = fc.sample(fc.tuple(anyModel, fc.boolean(), fc.constantFrom(0, 0, 1, 6, 33)), { numRuns: ROUNDS, seed })
  let rules: object = {}
  for (const [round, [any, isSameRules, days]] of random.entries()) {
    // Half of the time other names for the same numbers: then little but grades and bands differs.
    if (!isSameRules || round === 0) rules = { fit: any.fit, engagement: any.engagement }
    const model = { ...any, ...rules, name: `Any ${round}` }
    const at = `seed ${seed}, round ${round}: ${JSON.stringify(model)}`
    now = new Date(now.getTime() + days * DAY_MS)
    service.setNow(now)
    // As if nobody had been woken since: what fades is for the rescore to find too.
    await publish(service, model)
    const expected = await judgeAll(service, now)
    const before = await rowsOf(service, 'lead_score_history')
    await runOperations(service.ctx, [rescoreLeadsBy(PACE)], service.workspaceId)
    const stored = new Map((await rowsOf(service, 'lead_scores')).map((row) => [row['lead_id'], row]))
    const marks = new Map((await rowsOf(service, 'lead_work')).map((row) => [row['lead_id'], row]))
    const known = new Set(before.map(({ id }) => id))
    const written = (await rowsOf(service, 'lead_score_history')).filter(({ id }) => !known.has(id))
    const history = new Map(written.map((row) => [row['lead_id'], row]))
    const outcome = expected.map(({ lead_id, differs, next }) => {
      const due = marks.get(lead_id)?.['due_at'] as string | undefined
      const row = history.get(lead_id)
      return {
        lead_id,
        score: pickScore(stored.get(lead_id)),
        history: row === undefined ? null : { score: pickScore(row), parts: row['parts'] },
        isWokenInTime: next === null || +next > END_OF_TIME || (due !== undefined && Date.parse(due) <= +next),
        differs,
      }
    })
    const wanted = expected.map(({ lead_id, score, differs, parts }) => ({
      lead_id,
      score,
      history: differs ? { score, parts } : null,
      isWokenInTime: true,
      differs,
    }))
    if (!t.strictSame(outcome, wanted, at)) return
    const [operation] = (await service.call('GET', '/v1/operations?kind=score_rescore&limit=1')).json().data
    const changed = expected.filter(({ differs }) => differs).length
    t.match(operation, { status: 'succeeded', result: { scored: LEADS, changed } }, at)
  }
})

t.test('leads that provably keep their score are not even read', async (t) => {
  const service = await testService(t)
  await populate(service)
  await publish(service, {
    name: 'Own',
    fit: { min: 0, max: 90, rules: [] },
    engagement: { min: 0, max: 9, rules: [] },
  })
  await service.drain()
  await withWorkspace(service.ctx.db, service.workspaceId, async (tx) => {
    const book = onlyModel(await readPolicies(tx), 'default')
    const [model] = readyModels(new Map(), book.of<ScoreModel>('score_model'))
    if (model === undefined) throw new Error('the model is published')
    const all = {
      after: '00000000-0000-0000-0000-000000000000',
      last: 'ffffffff-ffff-ffff-ffff-ffffffffffff',
      count: 0,
    }
    const candidates = await listCandidates(tx, all, model, new Date())
    const overridden = await tx.query('SELECT FROM lead_score_overrides WHERE workspace_id = $1', [tx.workspaceId])
    t.equal(candidates.length, overridden.length)
    t.notOk(candidates.some(({ is_sure }) => is_sure))
  })
})

t.test('a rescore that is cut off goes on where it was', async (t) => {
  const service = await testService(t)
  await populate(service)
  const rule = (points: number) => ({
    name: 'Own',
    fit: { min: 0, max: 90, rules: [{ key: 'all', condition: when({ field: 'archived', op: 'is_set' }), points }] },
    engagement: { min: 0, max: 9, rules: [] },
  })
  await publish(service, rule(1))
  await service.drain()
  await publish(service, rule(2))
  let left = 4
  const isStopping = () => left-- <= 0
  for (let run = 0; run < 20; run++) {
    await runOperations(service.ctx, [rescoreLeadsBy(PACE)], service.workspaceId, isStopping)
    left = 4 + run
  }
  const [operation] = (await service.call('GET', '/v1/operations?kind=score_rescore&limit=1')).json().data
  t.match(operation, { status: 'succeeded', result: { scored: LEADS } })
  const scores = await rowsOf(service, 'lead_scores')
  t.equal(scores.length, LEADS)
  t.ok(scores.every(({ fit }) => fit === 2))
})
