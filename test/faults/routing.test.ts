// F4 for routing: workers killed between the decision and the commit, two at one pool. No lead is lost or has two owners,
// and the turns are as fair as if nothing had happened.
import pg from 'pg'
import t from 'tap'
import { testDatabase } from '../helpers/database.ts'
import { waitUntil } from '../helpers/oracle.ts'
import { serviceProcess } from '../helpers/service-process.ts'

const ROUNDS = 3
/** Of each round: several batches for both workers. */
const LEADS = 300
const SELLERS = 4

t.test('workers killed between decision and commit', async (t) => {
  const { url: databaseUrl } = await testDatabase(t)
  const observer = new pg.Client(databaseUrl)
  await observer.connect()
  t.teardown(() => observer.end())
  const service = await serviceProcess(t, { databaseUrl, command: ['serve', '--no-work'] })
  await service.start()
  const send = async (method: string, path: string, body?: object) => {
    const response = await fetch(`${service.url}/v1${path}`, {
      method,
      headers: { authorization: `Bearer ${service.key}`, 'if-match': '*', 'content-type': 'application/json' },
      body: body === undefined ? null : JSON.stringify(body),
    })
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`)
    return (await response.json()) as { id: string }
  }
  const members: object[] = []
  for (let i = 0; i < SELLERS; i++)
    members.push({ user_id: (await send('POST', '/users', { name: `Seller ${i}` })).id })
  await send('PUT', '/settings/teams', { pools: [{ key: 'p', members }] })
  const publish = { default_target: { kind: 'pool', pool_key: 'p' } }
  const put = await fetch(`${service.url}/v1/settings/routing`, {
    method: 'PUT',
    headers: { authorization: `Bearer ${service.key}`, 'content-type': 'application/json' },
    body: JSON.stringify(publish),
  })
  t.equal(put.status, 201)
  const published = await fetch(`${service.url}/v1/settings/routing/publish`, {
    method: 'POST',
    headers: { authorization: `Bearer ${service.key}` },
  })
  t.equal(published.status, 200)

  const workers = [1, 2].map(() => serviceProcess(t, { databaseUrl, command: ['work'] }))
  const [first, second] = await Promise.all(workers)
  for (let round = 0; round < ROUNDS; round++) {
    // Held at the last statements before the commit: everything is decided, nothing is written.
    await observer.query('BEGIN; LOCK TABLE pool_turns IN EXCLUSIVE MODE')
    for (let left = LEADS; left > 0; left -= 100) {
      const items = Array.from({ length: 100 }, (_, i) => ({ full_name: `Lead ${round} ${left} ${i}` }))
      await send('POST', '/leads/batch/upsert', { items })
    }
    await Promise.all([first?.start(), second?.start()])
    const isHanging = async () =>
      (await observer.query(`SELECT FROM pg_locks WHERE relation = 'pool_turns'::regclass AND NOT granted`)).rows
        .length > 0
    t.ok(await waitUntil(isHanging, { limitMs: 30_000 }), 'a worker has decided')
    await Promise.all([first?.end('SIGKILL'), second?.end('SIGKILL')])
    await observer.query('COMMIT')
  }
  await Promise.all([first?.start(), second?.start()])
  const all = ROUNDS * LEADS
  const countOpen = async () =>
    (await observer.query('SELECT count(*)::int AS count FROM assignments WHERE ended_at IS NULL')).rows[0].count
  t.ok(await waitUntil(async () => (await countOpen()) === all, { limitMs: 60_000 }), 'every lead has an owner')
  const { rows } = await observer.query(
    `SELECT user_id, count(*)::int AS count FROM assignments GROUP BY user_id ORDER BY 1`,
  )
  t.same(
    rows.map(({ count }) => Math.abs(count - all / SELLERS) <= 1),
    Array.from({ length: SELLERS }, () => true),
    JSON.stringify(rows),
  )
  const { rows: faults } = await observer.query(`SELECT l.id FROM leads l
    LEFT JOIN assignments a ON a.workspace_id = l.workspace_id AND a.lead_id = l.id
    GROUP BY l.workspace_id, l.id, l.owner_id HAVING count(a.id) <> 1 OR min(a.user_id::text) <> l.owner_id::text`)
  t.same(faults, [], 'one owner each, and once')
  const { rows: loads } = await observer.query('SELECT sum(open_count)::int AS open FROM seller_loads')
  t.same(loads, [{ open: all }])
  const { rows: clock } = await observer.query('SELECT decisions::int FROM routing_clocks')
  t.same(clock, [{ decisions: all }], 'what was decided and lost was decided again')
})
