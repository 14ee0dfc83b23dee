/** Reads that are gathered give each caller its own answer. */
import t from 'tap'
import { gatherById } from '../../src/db/gather-reads.ts'
import { testService } from '../helpers/service.ts'

const service = await testService(t)
const { call } = service

const NOBODY = 'lead_00000000000000000000000001'
const created = await Promise.all(
  Array.from({ length: 30 }, async (_, i) => (await call('POST', '/v1/leads', { email: `p${i}@example.org` })).json()),
)

t.test('many at once, some twice, some unknown', async (t) => {
  const asked = [...created, ...created.slice(0, 10)].map(({ id }) => id).concat(NOBODY, NOBODY)
  const answers = await Promise.all(asked.map(async (id) => await call('GET', `/v1/leads/${id}`)))
  t.same(
    answers.map((answer) => answer.json().email ?? answer.statusCode),
    [...created, ...created.slice(0, 10)].map(({ email }) => email).concat(404, 404),
  )
})

t.test('a read that is asked for after a change sees it, however many are under way', async (t) => {
  const [{ id }] = created
  const others = () => created.slice(1).map(({ id }) => call('GET', `/v1/leads/${id}`))
  for (let round = 1; round <= 10; round++) {
    const under = others()
    await call('PATCH', `/v1/leads/${id}`, { city: `City ${round}` })
    const [mine] = await Promise.all([call('GET', `/v1/leads/${id}`), ...others()])
    t.equal(mine.json().city, `City ${round}`)
    await Promise.all(under)
  }
})

t.test('a statement that fails fails for each, and the next works', async (t) => {
  const { db } = service.ctx
  const workspaceId = service.workspaceId
  const read = gatherById<{ id: string }>({
    name: 'divide_by_zero_for_one',
    text: `SELECT id, 1 / (CASE WHEN id = '00000000-0000-0000-0000-000000000000' THEN 0 ELSE 1 END) AS one
      FROM unnest($2::uuid[]) AS id WHERE $1::uuid IS NOT NULL`,
  })
  const bad = '00000000-0000-0000-0000-000000000000'
  const good = '018f0000-0000-7000-8000-000000000000'
  const outcomes = await Promise.allSettled([read(db, workspaceId, bad), read(db, workspaceId, good)])
  t.same(
    outcomes.map(({ status }) => status),
    ['rejected', 'rejected'],
  )
  t.same(await read(db, workspaceId, good), { id: good, one: 1 })
})
