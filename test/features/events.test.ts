import t from 'tap'
import { testService } from '../helpers/service.ts'

const service = await testService(t)
const { call, ctx, setNow } = service

interface Result {
  index: number
  status: number
  outcome: string
  id: string | null
  error: { code: string; errors: { code: string; pointer: string }[] } | null
}

const NOW = new Date('2026-11-22T12:00:00.000Z')
setNow(NOW)

const newLead = async (more: object = {}) => (await call('POST', '/v1/leads', { full_name: 'Ada', ...more })).json().id
const send = async (items: unknown[]) => {
  const answer = await call('POST', '/v1/events/batch/create', { items })
  if (answer.statusCode !== 207) throw new Error(`${answer.statusCode} ${answer.body}`)
  return answer.json() as { results: Result[]; succeeded: number; failed: number }
}
const told = ({ results }: { results: Result[] }) =>
  results.map(({ outcome, error }) =>
    error === null ? outcome : [error.code, ...error.errors.map((item) => `${item.code} ${item.pointer}`)].join(' '),
  )
const list = async (query: string) => (await call('GET', `/v1/events?${query}`)).json()
const totals = async (lead: string, query = '') =>
  (await call('GET', `/v1/leads/${lead}/event-totals?${query}`)).json().data
const ago = (seconds: number) => new Date(NOW.getTime() - seconds * 1000).toISOString()

t.test('events are stored for whom they name, and counted by name', async (t) => {
  const external_id = { system: 'crm', external_id: 'e-1' }
  const lead = await newLead({ email: 'Events@Example.org', external_ids: [external_id] })
  const answer = await send([
    { name: 'signed_in', lead_id: lead, occurred_at: ago(60), properties: { plan: 'gold' } },
    { name: 'signed_in', email: 'events@example.org', occurred_at: '2026-11-21T23:59:59.999+00:00' },
    { name: 'Order Paid', external_id, url: 'https://shop.test/paid', event_id: 'order-1' },
    { name: 'page_viewed', visitor_id: 'visitor-1' },
  ])
  t.same(told(answer), ['created', 'created', 'created', 'created'])
  t.match(answer, { succeeded: 4, failed: 0 })
  const page = await list(`lead_id=${lead}`)
  t.match(page.data, [
    { name: 'Order Paid', occurred_at: NOW.toISOString(), url: 'https://shop.test/paid', source: 'api', is_bot: false },
    { name: 'signed_in', occurred_at: ago(60), properties: { plan: 'gold' }, lead_id: lead, visitor_id: null },
    { name: 'signed_in', occurred_at: '2026-11-21T23:59:59.999Z', bot_probability: 0, bot_signs: [] },
  ])
  t.same((await call('GET', `/v1/events/${answer.results[2]?.id}`)).json(), page.data[0])
  t.match(await list('visitor_id=visitor-1'), {
    data: [{ name: 'page_viewed', lead_id: null, visitor_id: 'visitor-1' }],
  })
  t.match(await totals(lead), [
    { name: 'Order Paid', raw_count: 1, count: 1 },
    { name: 'signed_in', raw_count: 2, count: 2, first_at: '2026-11-21T23:59:59.999Z', last_at: ago(60) },
  ])
  t.match(await totals(lead, 'from_on=2026-11-22'), [{ name: 'Order Paid' }, { name: 'signed_in', count: 1 }])
  t.match(await totals(lead, 'to_on=2026-11-21'), [{ name: 'signed_in', count: 1 }])
})

t.test('a faulty event fails alone and says why', async (t) => {
  const lead = await newLead()
  const nobody = lead.replace(/.$/, lead.endsWith('0') ? '1' : '0')
  const answer = await send([
    { name: 'ok', lead_id: lead },
    { name: 'x' },
    { name: 'x', lead_id: lead, visitor_id: 'visitor-2' },
    { name: 'x', lead_id: nobody },
    { name: 'x', email: 'nobody@example.org' },
    { name: 'x', email: 'no address' },
    { name: 'x', lead_id: lead, occurred_at: '2026-11-22T12:05:00.001Z' },
    { name: 'x', lead_id: lead, occurred_at: '2020-01-01T00:00:00Z' },
    { name: 'x', lead_id: lead, occurred_at: '2026-02-30T00:00:00Z' },
    { name: '', lead_id: lead },
    { name: 'x', lead_id: lead, properties: { text: 'z'.repeat(8_200) } },
    { name: 'x', lead_id: lead, colour: 'red' },
    { name: 'x', visitor_id: 'a b' },
    { name: 'x', lead_id: lead, bot_probability: 1.5 },
    'no event',
  ])
  t.same(told(answer), [
    'created',
    'validation_failed one_owner ',
    'validation_failed one_owner /visitor_id',
    'not_found',
    'not_found',
    'validation_failed forbidden_character /email',
    'validation_failed in_future /occurred_at',
    'validation_failed too_old /occurred_at',
    'validation_failed invalid_format /occurred_at',
    'validation_failed invalid_format /name',
    'validation_failed too_large /properties',
    'validation_failed unknown_field /colour',
    'validation_failed invalid_format /visitor_id',
    'validation_failed out_of_range /bot_probability',
    'validation_failed invalid_type ',
  ])
  t.match(answer, { succeeded: 1, failed: 14 })
  t.match(await totals(lead), [{ name: 'ok', count: 1 }])
})

t.test('a clock that is a little ahead counts as now', async (t) => {
  const lead = await newLead()
  await send([{ name: 'early', lead_id: lead, occurred_at: '2026-11-22T12:05:00.000Z' }])
  t.match((await list(`lead_id=${lead}`)).data, [{ name: 'early', occurred_at: NOW.toISOString() }])
})

t.test('an event id is one event, within a batch, in a later one, and among twenty at once', async (t) => {
  const lead = await newLead()
  const event = (id: string, seconds = 0) => ({ name: 'paid', lead_id: lead, event_id: id, occurred_at: ago(seconds) })
  const first = await send([event('a'), event('a', 5), event('b')])
  t.same(told(first), ['created', 'unchanged', 'created'])
  t.equal(first.results[1]?.id, first.results[0]?.id)
  const second = await send([event('b', 90_000), event('c')])
  t.same(told(second), ['unchanged', 'created'])
  t.equal(second.results[0]?.id, first.results[2]?.id, 'the event that came first is told')
  const batch = Array.from({ length: 40 }, (_, i) => event(`race-${i}`, i))
  const answers = await Promise.all(
    Array.from({ length: 20 }, (_, i) => send(i % 2 === 0 ? batch : batch.toReversed())),
  )
  const created = answers.flatMap(({ results }) => results.filter(({ outcome }) => outcome === 'created'))
  t.equal(created.length, 40)
  t.match(await totals(lead), [{ name: 'paid', raw_count: 43, count: 43 }])
  const { rows } = await ctx.db.pool.query(`SELECT count(*)::int AS n FROM events WHERE name = 'paid'`)
  t.equal(rows[0].n, 43)
})

t.test('an Idempotency-Key makes a batch without event ids safe to repeat', async (t) => {
  const lead = await newLead()
  const once = () =>
    call(
      'POST',
      '/v1/events/batch/create',
      { items: [{ name: 'again', lead_id: lead }] },
      { headers: { 'idempotency-key': 'events-1' } },
    )
  const [a, b] = [await once(), await once()]
  t.equal(a.body, b.body)
  t.match(await totals(lead), [{ name: 'again', count: 1 }])
})

t.test('counters are exact when many batches count the same leads at once', async (t) => {
  const leads = await Promise.all(Array.from({ length: 5 }, () => newLead()))
  const batch = (i: number) =>
    Array.from({ length: 50 }, (_, k) => ({
      name: `n${(i + k) % 3}`,
      lead_id: leads[(i * 7 + k) % 5],
      occurred_at: ago(k * 5_000),
    }))
  await Promise.all(Array.from({ length: 16 }, (_, i) => send(batch(i))))
  const sums = await Promise.all(
    leads.map(async (lead) => (await totals(lead)).reduce((sum: number, row: { count: number }) => sum + row.count, 0)),
  )
  t.same(sums, [160, 160, 160, 160, 160])
})

t.test('pages of events hold each once, whatever the order they came in', async (t) => {
  const lead = await newLead()
  const times = Array.from({ length: 25 }, (_, i) => ((i * 7) % 25) * 86_400 * 4)
  await send(times.map((seconds) => ({ name: 'paged', lead_id: lead, occurred_at: ago(seconds) })))
  const seen: string[] = []
  for (let cursor = ''; ; ) {
    const page = await list(`lead_id=${lead}&limit=10${cursor}`)
    seen.push(...page.data.map((event: { occurred_at: string }) => event.occurred_at))
    if (!page.has_more) break
    cursor = `&cursor=${page.next_cursor}`
  }
  t.same(seen, times.toSorted((a, b) => a - b).map(ago))
  t.equal((await list(`lead_id=${lead}&occurred_after=${ago(86_400 * 8)}&occurred_before=${ago(0)}`)).data.length, 2)
  t.equal((await call('GET', '/v1/events')).statusCode, 400)
  t.same((await list(`lead_id=${lead}&visitor_id=visitor-1`)).data, [])
})

t.test('what another workspace does is invisible', async (t) => {
  const lead = await newLead({ email: 'mine@example.org' })
  const answer = await send([{ name: 'secret', lead_id: lead }])
  const other = await service.makeWorkspace()
  const headers = { authorization: `Bearer ${other.key}` }
  const theirs = (method: string, url: string, body?: unknown) => call(method, url, body, { headers })
  t.equal((await theirs('GET', `/v1/events/${answer.results[0]?.id}`)).statusCode, 404)
  t.same((await theirs('GET', `/v1/events?lead_id=${lead}`)).json().data, [])
  t.equal((await theirs('GET', `/v1/leads/${lead}/event-totals`)).statusCode, 404)
  const items = [
    { name: 'x', lead_id: lead },
    { name: 'x', email: 'mine@example.org' },
  ]
  const refused = (await theirs('POST', '/v1/events/batch/create', { items })).json()
  t.same(told(refused), ['not_found', 'not_found'])
})
