import t from 'tap'
import { runInWorkspace } from '../../src/db/client.ts'
import { forgetEventKeys } from '../../src/pipeline/events/forget-event-keys.ts'
import { forgetVisitors } from '../../src/pipeline/events/forget-visitors.ts'
import { keepEventPartitions, prepareEventPartitions } from '../../src/pipeline/events/partitions.ts'
import { testService } from '../helpers/service.ts'

const { ctx, call, setNow, workspaceId } = await testService(t, { EVENT_RETENTION_DAYS: 90 })

const partitions = async () => {
  const { rows } = await ctx.db.pool.query(
    `SELECT c.relname AS name FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid WHERE i.inhparent = 'events'::regclass ORDER BY 1`,
  )
  return rows.map(({ name }) => name)
}
const record = async (lead: string, occurred_at: string) => {
  const answer = await call('POST', '/v1/events/batch/create', {
    items: [{ name: 'seen', lead_id: lead, occurred_at }],
  })
  return answer.json().results[0].outcome
}

t.test(
  'partitions are made ahead, at the edges of months events find their own, and old ones are dropped',
  async (t) => {
    setNow(new Date('2026-01-31T23:00:00.000Z'))
    const made = await Promise.all([
      prepareEventPartitions(ctx),
      prepareEventPartitions(ctx),
      prepareEventPartitions(ctx),
    ])
    t.equal(
      made.reduce((sum, count) => sum + count),
      6,
      'three processes at once make each once',
    )
    const months = ['2025_11', '2025_12', '2026_01', '2026_02', '2026_03', '2026_04']
    t.same(
      (await partitions()).slice(-6),
      months.map((month) => `events_${month}`),
    )
    const lead = (await call('POST', '/v1/leads', { full_name: 'Ada' })).json().id
    for (const at of ['2025-11-01T00:00:00.000Z', '2025-12-31T23:59:59.999Z', '2026-01-01T00:00:00.000Z']) {
      t.equal(await record(lead, at), 'created')
    }
    t.equal(await record(lead, '2025-10-31T23:59:59.999Z'), 'failed', '90 days ago was in November')
    const { rows } = await ctx.db.pool.query('SELECT tableoid::regclass::text AS name FROM events ORDER BY occurred_at')
    t.same(
      rows.map(({ name }) => name),
      ['events_2025_11', 'events_2025_12', 'events_2026_01'],
    )

    setNow(new Date('2026-03-15T00:00:00.000Z'))
    t.match(await keepEventPartitions(ctx), { made: 1, dropped: 1 })
    t.equal((await partitions())[0], 'events_2025_12')
    t.equal(await record(lead, '2025-11-30T23:59:59.999Z'), 'failed')
    const { data } = (await call('GET', `/v1/events?lead_id=${lead}`)).json()
    t.equal(data.length, 2)
    const totals = (await call('GET', `/v1/leads/${lead}/event-totals`)).json().data
    t.match(totals, [{ name: 'seen', count: 3 }], 'counters outlive the raw events')
    const search = async (behaviour: object) => {
      const filter = { any: [{ all: [{ op: 'did', behaviour: { event: 'seen', ...behaviour } }] }] }
      return (await call('POST', '/v1/leads/search', { filter })).json().data.length
    }
    t.equal(await search({ min_count: 3 }), 1, 'and conditions go on counting them')
    t.equal(await search({ min_count: 3, within_days: 120 }), 0)
    t.equal(await search({ min_count: 2, within_days: 120 }), 1)
  },
)

t.test('keys and anonymous visitors are forgotten in time, known ones never', async (t) => {
  setNow(new Date('2026-03-15T00:00:00.000Z'))
  const lead = (await call('POST', '/v1/leads', { full_name: 'Ada' })).json().id
  const items = ['old-visitor', 'known-visitor', 'new-visitor'].map((visitor_id) => ({
    name: 'seen',
    visitor_id,
    event_id: visitor_id,
  }))
  await call('POST', '/v1/events/batch/create', { items })
  await call('POST', '/v1/visitors/known-visitor/identify', { lead_id: lead })
  await ctx.db.pool.query(`UPDATE visitors SET last_seen_at = '2025-11-01' WHERE visitor_id <> 'new-visitor'`)
  await ctx.db.pool.query('UPDATE event_keys SET received_at = now()')
  await ctx.db.pool.query(
    `UPDATE event_keys SET received_at = now() - interval '31 days' WHERE event_id = (SELECT id FROM events WHERE visitor_id = 'old-visitor')`,
  )
  t.equal(await forgetVisitors(ctx), 1)
  t.equal((await call('GET', '/v1/visitors/old-visitor')).statusCode, 404)
  t.equal((await call('GET', '/v1/visitors/known-visitor')).statusCode, 200)
  t.equal(await forgetEventKeys(ctx.db), 1)
})

t.test('a write years later finds its partition, although no job has run', async (t) => {
  setNow(new Date('2029-07-01T00:00:00.000Z'))
  const lead = (await call('POST', '/v1/leads', { full_name: 'Ada' })).json().id
  t.equal(await record(lead, '2029-06-30T00:00:00.000Z'), 'created')
})

t.test('no request reaches a partition past its fence', async (t) => {
  for (const name of (await partitions()).slice(0, 2)) {
    const read = { name: `read_${name}`, text: `SELECT * FROM ${name} WHERE $1::int = 1` }
    await t.rejects(runInWorkspace(ctx.db, workspaceId, [{ statement: read, values: [1] }]), { code: '42501' })
  }
  const { rows } = await ctx.db.pool.query(
    `SELECT count(*)::int AS open FROM pg_class c JOIN pg_inherits i ON i.inhrelid = c.oid
     WHERE i.inhparent = 'events'::regclass AND NOT (c.relrowsecurity AND c.relforcerowsecurity
       AND EXISTS (SELECT FROM pg_policy p WHERE p.polrelid = c.oid AND p.polname = 'workspace_fence'))`,
  )
  t.equal(rows[0].open, 0)
})

t.test('the present is never dropped', async (t) => {
  await t.rejects(ctx.db.query('SELECT drop_event_partitions(current_date)'), /present/)
})
