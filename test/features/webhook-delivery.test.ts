// Deliveries to real receivers: signed, at least once by one id, retried by schedule, and what became of each is listed.
import t from 'tap'
import { testService } from '../helpers/service.ts'
import { endless, hang, resetAfterHeaders, startReceiver, status, verify } from '../helpers/webhook-receiver.ts'
import { deliveriesOf, editLead, makeEndpoint, makeLead, passTime, readEndpoint } from '../helpers/webhooks.ts'

const OPEN = { WEBHOOK_ALLOW_PRIVATE: true, WEBHOOK_TIMEOUT_MS: 400 }

t.test('a change reaches its receiver, signed, as the item of the feed', async (t) => {
  const service = await testService(t, OPEN)
  const receiver = await startReceiver(t)
  await makeLead(service, { email: 'before@example.org' })
  const endpoint = await makeEndpoint(service, `${receiver.origin}/hook`, { headers: { 'X-Api-Key': 'k-1' } })
  const lead = await makeLead(service, { email: 'ada@example.org' })
  await service.drain()

  const [got, ...others] = receiver.received
  if (got === undefined) throw new Error('nothing came')
  t.same(others, [], 'what happened before the endpoint was made is not sent, nor anything twice')
  const payload = verify(endpoint.secret, got)
  const feed = (await service.call('GET', '/v1/changes?types=lead.created')).json().data.at(-1)
  t.strictSame(payload, feed)
  t.match(payload, { type: 'lead.created', object_id: lead.id, data: { lead: { id: lead.id, version: 1 } } })
  t.match(got.headers, { 'content-type': 'application/json', 'webhook-id': feed.id, 'x-api-key': 'k-1' })
  await service.drain()
  t.equal(receiver.received.length, 1)

  const [delivery] = await deliveriesOf(service, endpoint.id)
  t.match(delivery, {
    state: 'delivered',
    webhook_id: feed.id,
    sequence: feed.sequence,
    attempt_count: 1,
    last_status: 200,
  })
  t.match(delivery?.attempts, [{ number: 1, status: 200, error: null, response_excerpt: 'ok' }])
  t.match(await readEndpoint(service, endpoint.id), { sequence: feed.sequence, failing_since: null })
})

t.test('types and a condition choose what is sent', async (t) => {
  const service = await testService(t, OPEN)
  const receiver = await startReceiver(t)
  const german = { any: [{ all: [{ field: 'country', op: 'eq', value: 'DE' }] }] }
  await makeEndpoint(service, `${receiver.origin}/created`, { types: ['lead.created'] })
  await makeEndpoint(service, `${receiver.origin}/leads`, { types: ['lead.*'] })
  await makeEndpoint(service, `${receiver.origin}/accounts`, { types: ['account.*'] })
  await makeEndpoint(service, `${receiver.origin}/german`, { condition: german })
  const ada = await makeLead(service, { country: 'DE' })
  await makeLead(service, { full_name: 'Bob', country: 'FR' })
  await service.call('POST', '/v1/accounts', { name: 'Engines' })
  await editLead(service, ada.id, { country: 'AT' })
  await editLead(service, ada.id, { country: 'DE' })
  await service.drain()
  const typesAt = (path: string) => receiver.at(path).map(({ body }) => JSON.parse(body).type)
  t.same(typesAt('/created'), ['lead.created', 'lead.created'])
  t.equal(typesAt('/leads').filter((type) => !type.startsWith('lead.')).length, 0)
  t.equal(typesAt('/leads').filter((type) => type === 'lead.updated').length, 2)
  t.same(typesAt('/accounts'), ['account.created'])
  t.same(typesAt('/german').sort(), ['lead.created', 'lead.updated'], 'the lead as it is after the change')
})

t.test('a condition whose field goes away disables its endpoint instead of choosing by chance', async (t) => {
  const service = await testService(t, OPEN)
  const receiver = await startReceiver(t)
  const save = async (lead: object[]) => {
    const { etag } = (await service.call('GET', '/v1/settings/custom-fields')).json()
    const body = { lead, account: [] }
    const answer = await service.call('PUT', '/v1/settings/custom-fields', body, { headers: { 'if-match': etag } })
    if (answer.statusCode !== 200) throw new Error(answer.body)
  }
  const { lead: kept } = (await service.call('GET', '/v1/settings/custom-fields')).json()
  await save([...kept, { key: 'size', type: 'text', label: 'Size' }])
  const condition = { any: [{ all: [{ field: 'custom_fields.size', op: 'eq', value: 'large' }] }] }
  const endpoint = await makeEndpoint(service, `${receiver.origin}/sized`, { condition })
  await save(kept)
  await makeLead(service)
  await service.drain()
  t.match(await readEndpoint(service, endpoint.id), { state: 'disabled', disabled_reason: 'condition_invalid' })
  t.equal(receiver.received.length, 0)
})

t.test('what is not taken is tried again by schedule, with the same id and a new timestamp', async (t) => {
  const service = await testService(t, OPEN)
  const receiver = await startReceiver(t)
  receiver.answer('/down', status(500, {}, 'out of order'))
  const endpoint = await makeEndpoint(service, `${receiver.origin}/down`, { types: ['lead.created'] })
  await makeLead(service)
  await service.drain()
  const delays = [5, 300, 1800, 7200, 18_000, 36_000, 36_000, 86_400, 86_400]
  for (const [i, delay] of delays.entries()) {
    const [waiting] = await deliveriesOf(service, endpoint.id)
    const wait = (Date.parse(String(waiting?.next_attempt_at)) - Date.now()) / 1000
    t.ok(wait > delay * 0.9 - 3 && wait < delay * 1.1 + 1, `try ${i + 2} after ${delay} s (${wait})`)
    await passTime(service, delay * 0.5)
    await service.drain()
    t.equal(receiver.received.length, i + 1, 'not before its time')
    await passTime(service, delay * 0.65 + 1)
    await service.drain()
  }
  t.equal(receiver.received.length, 10)
  t.equal(new Set(receiver.received.map(({ headers }) => headers['webhook-id'])).size, 1)
  t.equal(new Set(receiver.received.map(({ body }) => body)).size, 1)
  const [given] = await deliveriesOf(service, endpoint.id)
  t.match(given, { state: 'failed', next_attempt_at: null, attempt_count: 10, last_status: 500 })
  t.match(given?.attempts[9], { number: 10, status: 500, response_excerpt: 'out of order' })
  await passTime(service, 400_000)
  await service.drain()
  t.equal(receiver.received.length, 10, 'and then never again')
})

t.test('every way to fail is a failure that is named, and none is followed or believed', async (t) => {
  const service = await testService(t, OPEN)
  const receiver = await startReceiver(t)
  const trap = await startReceiver(t)
  receiver.answer('/redirect', status(301, { location: `${trap.origin}/inside` }))
  receiver.answer('/hang', hang)
  receiver.answer('/reset', resetAfterHeaders)
  receiver.answer('/endless', endless)
  receiver.answer('/nul', status(400, {}, 'a\u0000b'))
  const wanted: Record<string, object> = {
    '/redirect': { state: 'pending', attempts: [{ status: 301, error: null }] },
    '/hang': { state: 'pending', attempts: [{ status: null, error: 'timeout' }] },
    '/reset': { state: 'pending', attempts: [{ status: null, error: 'unreachable' }] },
    '/endless': { state: 'delivered', attempts: [{ status: 200, response_excerpt: 'x'.repeat(500) }] },
    '/nul': { state: 'pending', attempts: [{ status: 400, response_excerpt: 'ab' }] },
  }
  const endpoints = new Map<string, string>()
  for (const path of Object.keys(wanted)) {
    endpoints.set(path, (await makeEndpoint(service, receiver.origin + path, { types: ['lead.created'] })).id)
  }
  const nobody = await makeEndpoint(service, 'http://127.0.0.1:9/', { types: ['lead.created'] })
  await makeLead(service)
  await service.drain()
  for (const [path, expected] of Object.entries(wanted)) {
    t.match((await deliveriesOf(service, endpoints.get(path) ?? ''))[0], expected, path)
  }
  t.match((await deliveriesOf(service, nobody.id))[0], { state: 'pending', attempts: [{ error: 'unreachable' }] })
  t.equal(trap.received.length, 0, 'no redirect is followed')
})

t.test('Retry-After is never undercut', async (t) => {
  const service = await testService(t, OPEN)
  const receiver = await startReceiver(t)
  receiver.answer('/busy', status(429, { 'retry-after': '120' }))
  receiver.answer('/dated', status(503, { 'retry-after': new Date(Date.now() + 200_000).toUTCString() }))
  receiver.answer('/never', status(429, { 'retry-after': '999999999' }))
  const waits: Record<string, [number, number]> = {
    '/busy': [118, 133],
    '/dated': [190, 222],
    '/never': [86_390, 95_041],
  }
  const endpoints = await Promise.all(
    Object.keys(waits).map((path) => makeEndpoint(service, receiver.origin + path, { types: ['lead.created'] })),
  )
  await makeLead(service)
  await service.drain()
  for (const [i, [path, [least, most]]] of Object.entries(waits).entries()) {
    const [delivery] = await deliveriesOf(service, endpoints[i]?.id ?? '')
    const wait = (Date.parse(String(delivery?.next_attempt_at)) - Date.now()) / 1000
    t.ok(wait >= least && wait <= most, `${path}: ${wait}`)
  }
})

t.test('410 disables an endpoint, and PATCH enables it again from now on', async (t) => {
  const service = await testService(t, OPEN)
  const receiver = await startReceiver(t)
  receiver.answer('/gone', status(410))
  const endpoint = await makeEndpoint(service, `${receiver.origin}/gone`, { types: ['lead.created'] })
  await makeLead(service)
  await service.drain()
  t.match(await readEndpoint(service, endpoint.id), { state: 'disabled', disabled_reason: 'gone', sequence: null })
  const { data } = (await service.call('GET', '/v1/changes?types=webhook_endpoint.disabled')).json()
  t.match(data, [
    { object: 'webhook_endpoint', object_id: endpoint.id, actor: 'system', data: { changed_fields: /state/ } },
  ])
  await makeLead(service, { full_name: 'Missed' })
  await service.drain()
  t.equal(receiver.received.length, 1)
  receiver.answer('/gone', status(204))
  const patched = await service.call('PATCH', `/v1/webhook-endpoints/${endpoint.id}`, { state: 'enabled' })
  t.match(patched.json(), { state: 'enabled', disabled_reason: null, disabled_at: null })
  await service.drain()
  t.equal(receiver.received.length, 1, 'what happened meanwhile is not sent by itself')
  await makeLead(service, { full_name: 'After' })
  await service.drain()
  t.same(
    receiver.received.slice(1).map(({ body }) => JSON.parse(body).data.lead.full_name),
    ['After'],
  )
})

t.test('five days of nothing but failures disable an endpoint; one success begins them anew', async (t) => {
  const service = await testService(t, OPEN)
  const receiver = await startReceiver(t)
  receiver.answer('/dead', status(500))
  const endpoint = await makeEndpoint(service, `${receiver.origin}/dead`, { types: ['lead.created'] })
  const failOnce = async () => {
    await makeLead(service)
    await service.drain()
  }
  await failOnce()
  t.type((await readEndpoint(service, endpoint.id))['failing_since'], 'string')
  await passTime(service, 4.9 * 86_400)
  await failOnce()
  t.match(await readEndpoint(service, endpoint.id), { state: 'enabled' }, 'not before its time')
  receiver.answer('/dead', status(200))
  await failOnce()
  t.match(await readEndpoint(service, endpoint.id), { state: 'enabled', failing_since: null })
  receiver.answer('/dead', status(500))
  await failOnce()
  await passTime(service, 5.01 * 86_400)
  await failOnce()
  t.match(await readEndpoint(service, endpoint.id), { state: 'disabled', disabled_reason: 'failing' })
  const { data } = (await service.call('GET', '/v1/changes?types=webhook_endpoint.*')).json()
  t.equal(data.at(-1).type, 'webhook_endpoint.disabled')
})

t.test(
  'updates of one lead within the window become one, with all that changed; nothing else is held back',
  async (t) => {
    const service = await testService(t, OPEN)
    const receiver = await startReceiver(t)
    const options = { types: ['lead.*'], coalesce_seconds: 30 }
    const endpoint = await makeEndpoint(service, `${receiver.origin}/calm`, options)
    const [ada, bob] = [await makeLead(service, { city: 'London' }), await makeLead(service, { full_name: 'Bob' })]
    await editLead(service, ada.id, { city: 'Paris' })
    await service.drain()
    await editLead(service, ada.id, { job_title: 'Countess' })
    await editLead(service, ada.id, { city: 'Rome' })
    await editLead(service, bob.id, { city: 'Bern' })
    await service.call('DELETE', `/v1/leads/${ada.id}`)
    await service.drain()
    const typesAt = () => receiver.at('/calm').map(({ body }) => JSON.parse(body).type)
    t.same(typesAt().sort(), ['lead.archived', 'lead.created', 'lead.created'], 'only updates wait')
    await passTime(service, 31)
    await service.drain()
    const updates = receiver.at('/calm').slice(3)
    t.equal(updates.length, 2)
    const payload = updates.map((one) => verify(endpoint.secret, one)).find(({ object_id }) => object_id === ada.id)
    t.match(payload, {
      type: 'lead.updated',
      data: { lead: { city: 'Rome', job_title: 'Countess' }, previous: { city: 'London', job_title: null } },
    })
    const { changed_fields: fields } = Object(payload?.['data']) as { changed_fields: string[] }
    t.same(fields.toSorted(), ['city', 'job_title'])
    await editLead(service, ada.id, { city: 'Oslo' })
    await passTime(service, 31)
    await service.drain()
    await passTime(service, 31)
    await service.drain()
    t.equal(typesAt().filter((type) => type === 'lead.updated').length, 3, 'a new window begins after the last')
  },
)

t.test('while a secret is rotated both sign', async (t) => {
  const service = await testService(t, OPEN)
  const receiver = await startReceiver(t)
  const endpoint = await makeEndpoint(service, `${receiver.origin}/rotated`, { types: ['lead.created'] })
  const rotated = await service.call('POST', `/v1/webhook-endpoints/${endpoint.id}/rotate-secret`)
  const { secret, previous_secret_ends_at } = rotated.json()
  t.not(secret, endpoint.secret)
  t.ok(Math.abs(Date.parse(previous_secret_ends_at) - Date.now() - 86_400_000) < 60_000, 'for a day')
  await makeLead(service)
  await service.drain()
  const [first] = receiver.received
  if (first === undefined) throw new Error('nothing came')
  t.equal(first.headers['webhook-signature']?.split(' ').length, 2)
  t.ok(verify(secret, first))
  t.ok(verify(endpoint.secret, first))
  await passTime(service, 86_401)
  await makeLead(service)
  await service.drain()
  const last = receiver.received.at(-1)
  if (last === undefined) throw new Error('nothing came')
  t.ok(verify(secret, last))
  t.throws(() => verify(endpoint.secret, last), 'then the old one is worth nothing')
})

t.test('who rotates twice in a day cuts off nobody who has the secret from before', async (t) => {
  const service = await testService(t, OPEN)
  const receiver = await startReceiver(t)
  const endpoint = await makeEndpoint(service, `${receiver.origin}/rotated`, { types: ['lead.created'] })
  const secrets = [endpoint.secret]
  for (let i = 0; i < 4; i++) {
    secrets.push((await service.call('POST', `/v1/webhook-endpoints/${endpoint.id}/rotate-secret`)).json().secret)
    await makeLead(service)
    await service.drain()
    const last = receiver.received.at(-1)
    if (last === undefined) throw new Error('nothing came')
    for (const secret of secrets.slice(-4)) t.ok(verify(secret, last))
  }
  const last = receiver.received.at(-1)
  if (last === undefined) throw new Error('nothing came')
  t.throws(() => verify(endpoint.secret, last), 'three former ones are enough')
})

t.test('a test is sent at once, marked, and stands nowhere in the feed', async (t) => {
  const service = await testService(t, OPEN)
  const receiver = await startReceiver(t)
  const endpoint = await makeEndpoint(service, `${receiver.origin}/try`, { types: ['account.*'] })
  const sent = await service.call('POST', `/v1/webhook-endpoints/${endpoint.id}/test`, {})
  t.match(sent.json(), { state: 'pending', type: 'account.created', sequence: null })
  await service.drain()
  const [got] = receiver.received
  if (got === undefined) throw new Error('nothing came')
  t.match(verify(endpoint.secret, got), { type: 'account.created', object: 'account', data: { test: true } })
  const delivery = (await service.call('GET', String(sent.headers['location']))).json()
  t.match(delivery, { state: 'delivered', webhook_id: got.headers['webhook-id'], attempts: [{ status: 200 }] })
})
