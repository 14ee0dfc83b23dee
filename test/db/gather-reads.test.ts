/** Reads that are gathered give each caller its own answer. */
import t from 'tap'
import { gatherById } from '../../src/db/gather-reads.ts'
import { testService } from '../helpers/service.ts'

const service = await testService(t)
const { call } = service

const NOBODY = 'lead_00000000000000000000000001'
const emails = Array.from({ length: 30 }, (_, i) => `p${i}@example.org`)
const items = emails.map((email) => ({ email }))
const { results } = (await call('POST', '/v1/leads/batch/upsert', { items })).json()
const ids: string[] = results.map(({ id }: { id: string }) => id)

t.test('many at once, some twice, some unknown', async (t) => {
  const asked = [...ids, ...ids.slice(0, 10), NOBODY, NOBODY]
  const answers = await Promise.all(asked.map(async (id) => await call('GET', `/v1/leads/${id}`)))
  t.same(
    answers.map((answer) => answer.json().email ?? answer.statusCode),
    [...emails, ...emails.slice(0, 10), 404, 404],
  )
})

t.test('a read that is asked for after a change sees it, however many are under way', async (t) => {
  const [id, ...rest] = ids
  const others = () => rest.map((other) => call('GET', `/v1/leads/${other}`))
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
