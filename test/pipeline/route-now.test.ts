// Leads that are to be routed at once: whoever waits in this process is decided together, and nobody pays for another.
import t from 'tap'
import { stages } from '../../src/pipeline/judge/stages.ts'
import { routeNow } from '../../src/pipeline/route/route-now.ts'
import { countBy, routingHands, uuidOf } from '../helpers/routing.ts'
import { type TestService, testService } from '../helpers/service.ts'

async function pooled(service: TestService, weights: number[]): Promise<string[]> {
  const { seller, teams, rules } = routingHands(service)
  const ids: string[] = []
  for (const [i, weight] of weights.entries()) ids.push(await seller(`Seller ${i}`, { weight }))
  await teams({ pools: [{ key: 'p', members: ids.map((user_id) => ({ user_id })) }] })
  await rules()
  return ids
}

t.test('many callers at once: few transactions, one owner for each lead, shares by weight', async (t) => {
  const service = await testService(t)
  const weights = [100, 50, 50]
  const sellers = await pooled(service, weights)
  const { leads, rows } = routingHands(service)
  const asked = await leads(80)
  const answers = await Promise.all(asked.map((id) => service.call('POST', `/v1/leads/${id}/route`, {})))
  t.ok(answers.every(({ statusCode }) => statusCode === 200))
  const owners = answers.map((answer) => answer.json().assignment.user_id)
  const counts = countBy(owners, (id: string) => id)
  for (const [i, id] of sellers.entries()) {
    t.ok(Math.abs((counts[id] ?? 0) - (80 * (weights[i] ?? 0)) / 200) <= 1, `${counts[id]} for ${weights[i]}`)
  }
  const [made] = await rows<{ open: number; decisions: number; transactions: number }>(
    `SELECT count(*) FILTER (WHERE ended_at IS NULL) AS open, count(DISTINCT decision) AS decisions,
      count(DISTINCT xmin::text) AS transactions FROM assignments WHERE workspace_id = $1`,
  )
  t.match(made, { open: 80, decisions: 80 })
  t.ok(Number(made?.transactions) < 40, `${made?.transactions} transactions`)
  const [work] = await rows<{ left: number }>('SELECT count(*) AS left FROM lead_work WHERE workspace_id = $1')
  t.equal(work?.left, 0, 'what was to be judged is judged')
})

t.test('a lead that is asked for twice at once goes on to a second seller; it never has two', async (t) => {
  const service = await testService(t)
  await pooled(service, [100, 100])
  const { leads, rows } = routingHands(service)
  const [id = ''] = await leads(1)
  const outcomes = await Promise.all(
    [1, 2].map(() => routeNow(service.ctx, stages, service.workspaceId, uuidOf('lead', id))),
  )
  t.same(outcomes, ['judged', 'judged'])
  const made = await rows<{ user_id: string; ended_at: string | null }>(
    'SELECT user_id, ended_at FROM assignments WHERE workspace_id = $1 ORDER BY decision',
  )
  t.equal(made.length, 2)
  t.equal(made.filter(({ ended_at }) => ended_at === null).length, 1)
})

t.test(
  'who waits beside a lead that is unknown, at rest or cannot be written gets an answer all the same',
  async (t) => {
    const service = await testService(t)
    await pooled(service, [100])
    const { leads } = routingHands(service)
    const [good = '', closed = '', bad = '', alone = ''] = await leads(4)
    await service.call('PATCH', `/v1/leads/${closed}`, { status: 'closed' })
    await service.ctx.db.query(
      `ALTER TABLE assignments ADD CONSTRAINT not_this_one CHECK (lead_id <> '${uuidOf('lead', bad)}')`,
    )
    const route = (id: string, headers = {}) => service.call('POST', `/v1/leads/${id}/route`, {}, { headers })
    const answers = await Promise.all([
      route(good),
      route('lead_01k00000000000000000000000'),
      route(closed),
      route(bad),
      route(alone, { 'idempotency-key': 'once-only-1' }),
    ])
    t.same(
      answers.map(({ statusCode }) => statusCode),
      [200, 404, 422, 409, 200],
    )
    t.ok(answers[0]?.json().routed)
    t.ok(answers[4]?.json().routed)
    t.equal((await route(good)).statusCode, 200, 'the next group is served as if nothing had happened')
  },
)

t.test('without a published policy nothing is decided and nothing is left marked', async (t) => {
  const service = await testService(t)
  const { leads, rows } = routingHands(service)
  const [id = ''] = await leads(1)
  await service.drain()
  t.equal(await routeNow(service.ctx, stages, service.workspaceId, uuidOf('lead', id)), 'no_policy')
  t.same(await rows('SELECT lead_id FROM lead_work WHERE workspace_id = $1'), [])
})
