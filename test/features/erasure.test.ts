// One person leaves a word in as many rooms as there are; after the erasure the word is nowhere.
import t from 'tap'
import { withWorkspace } from '../../src/db/client.ts'
import { ERASED_BY_FUNCTIONS, ERASURE, FACTS_WITHOUT_PERSON } from '../../src/pipeline/erase/erasure-registry.ts'
import { claimSubmissions, finishSubmissions } from '../../src/pipeline/submission-queries.ts'
import { makeForm, multipart } from '../helpers/forms.ts'
import { mailServer } from '../helpers/mail-server.ts'
import { json, providerServer } from '../helpers/provider-server.ts'
import { rowsOf } from '../helpers/rows.ts'
import { type TestService, testService } from '../helpers/service.ts'
import { startReceiver } from '../helpers/webhook-receiver.ts'

const CANARY = 'zqcanary'
const EMAIL = `${CANARY}@example.org`

/** Tables of every schema in which the word stands in any column: as text, inside JSON and arrays, or as bytes. */
async function placesOf({ ctx }: TestService, word: string): Promise<string[]> {
  const tables = await ctx.db.query<{ name: string }>(
    `SELECT DISTINCT format('%I.%I', table_schema, table_name) AS name FROM information_schema.columns
      JOIN information_schema.tables USING (table_schema, table_name)
      WHERE table_type = 'BASE TABLE' AND table_schema NOT IN ('pg_catalog', 'information_schema')`,
  )
  const found: string[] = []
  for (const { name } of tables) {
    const text = `SELECT count(*)::int AS count FROM ${name} AS r WHERE r::text ILIKE $1 OR r::text ILIKE $2`
    const hex = Buffer.from(word).toString('hex')
    const [row] = await ctx.db.query<{ count: number }>(text, [`%${word}%`, `%${hex}%`])
    if ((row?.count ?? 0) > 0) found.push(name.replace('public.', ''))
  }
  return found.sort()
}

const provider = await providerServer(t)
const mail = await mailServer(t)
const receiver = await startReceiver(t)
const service = await testService(t, {
  OUTBOUND_TRUSTED_HOSTS: provider.host,
  SMTP_URL: mail.url,
  WEBHOOK_ALLOW_PRIVATE: true,
})
const { call, app } = service

async function must(method: string, url: string, body?: unknown, headers: Record<string, string> = {}) {
  const answer = await call(method, url, body, { headers })
  if (answer.statusCode >= 300) throw new Error(`${method} ${url}: ${answer.statusCode} ${answer.body}`)
  return answer.body === '' ? null : answer.json()
}

/** Rooms in which something has to be arranged before anybody comes. */
async function furnish(): Promise<void> {
  receiver.answer('/hook', ({ body }, response) => response.writeHead(500).end(body))
  await must('POST', '/v1/webhook-endpoints', { url: `${receiver.origin}/hook`, types: ['lead.*'] })
  provider.answer = (request, response) =>
    json(
      request.url?.startsWith('/buy') === true
        ? { status: 'ok', price: 1, id: CANARY, reason: CANARY }
        : { title: `${CANARY} of engines` },
    )(request, response)
  await must('PUT', '/v1/settings/enrichment', {
    providers: [
      {
        key: 'people',
        request: { url: `${provider.url}/people?email={{lead.email}}` },
        fields: [{ target: 'job_title', pointer: '/title' }],
      },
    ],
  })
  await must('POST', '/v1/settings/enrichment/publish')
  await must('PUT', '/v1/buyers/shop', {
    price_minor: 100,
    post: {
      url: `${provider.url}/buy`,
      fields: [{ name: 'email', value: '{{email}}' }],
      answer: { accepted_path: 'status', accepted_values: ['ok'], reference_path: 'id', reason_path: 'reason' },
    },
  })
  await must('PUT', '/v1/settings/senders/news', { name: 'N', email: 'news@engines.test', is_default: true })
  await must('PUT', '/v1/templates/welcome', {
    texts: [
      { locale: 'en', subject: 'Hello {{ lead.last_name }}', text: 'Hello {{ lead.last_name }} {{ data.word }}' },
    ],
  })
  const hello = { key: 'hello', kind: 'email', next: 'tell', email: { template_key: 'welcome' } }
  const user_id = (await must('POST', '/v1/users', { name: 'Grace', email: 'grace@sellers.test' })).id
  const notify = { user_id, subject: 'Call {{ data.lead.name }}', text: 'Call {{ data.lead.name }}.' }
  const tell = { key: 'tell', kind: 'notify', next: 'rest', notify }
  const rest = { key: 'rest', kind: 'wait', next: null, wait: { kind: 'duration', seconds: 86_400 } }
  await must('PUT', '/v1/sequences/welcome', { mail_kind: 'transactional', steps: [hello, tell, rest] })
  await must('POST', '/v1/sequences/welcome/publish')
}

/** A person goes through all rooms; returns the lead. */
async function live(): Promise<string> {
  const form = await makeForm(service, 'upload', {
    fields: [
      { name: 'email', type: 'email', maps_to: 'email' },
      { name: 'message', type: 'text' },
      { name: 'brief', type: 'file' },
    ],
  })
  const file = { field: 'brief', name: `${CANARY}.txt`, type: 'text/plain', content: Buffer.from(CANARY) }
  const fields: [string, string][] = [
    ['email', EMAIL],
    ['message', CANARY],
  ]
  const { payload, headers } = multipart(fields, [file])
  const url = `/v1/public/forms/upload/submissions?utm_campaign=${CANARY}`
  await app.inject({ method: 'POST', url, payload, headers: { ...headers, referer: `https://shop.test/${CANARY}` } })
  await service.drain()
  const quarantined = (await form.submit({ email: EMAIL, message: `again ${CANARY}` })).json().submission_id
  await withWorkspace(service.ctx.db, service.workspaceId, (tx) =>
    tx.query(`UPDATE form_submissions SET state = 'quarantined' WHERE workspace_id = $1 AND state = 'received'`, [
      service.workspaceId,
    ]),
  )
  const { state } = await must('GET', `/v1/form-submissions/${quarantined}`)
  if (state !== 'quarantined') throw new Error(`the submission is ${state}`)
  const { id } = (await must('GET', `/v1/leads?email=${EMAIL}`)).data[0]
  const everything = {
    last_name: CANARY,
    phone: '+4930901820',
    street: CANARY,
    tags: [CANARY],
    metadata: { word: CANARY },
    custom_fields: { word: CANARY },
    external_ids: [{ system: 'crm', external_id: CANARY }],
  }
  await must('PATCH', `/v1/leads/${id}`, everything)
  const upsert = { items: [{ external_ids: [{ system: 'crm', external_id: CANARY }], city: CANARY }] }
  await must('POST', '/v1/leads/batch/upsert', upsert, { 'idempotency-key': 'kept' })
  await must('POST', '/v1/activities', {
    lead_id: id,
    type: 'call',
    subject: CANARY,
    body: CANARY,
    data: { a: CANARY },
  })
  const evidence = { ticket: CANARY }
  const consent = { purpose: 'marketing', channel: 'email', action: 'granted', wording: CANARY, evidence }
  await must('POST', `/v1/leads/${id}/consents`, consent)
  await must('POST', `/v1/leads/${id}/confirmations`, { purpose: 'research', wording: CANARY })
  await must('PATCH', `/v1/leads/${id}/qualification`, {
    answers: [{ criterion: 'budget', status: 'met', value: CANARY, source: 'call', by: 'person' }],
  })
  await must('PUT', `/v1/leads/${id}/scores/default/override`, { total: 93, reason: CANARY })
  const [one, two] = [
    await must('POST', '/v1/users', { name: 'One' }),
    await must('POST', '/v1/users', { name: 'Two' }),
  ]
  await must('PATCH', `/v1/leads/${id}`, { owner_id: one.id })
  const open = (await must('GET', `/v1/assignments?lead_id=${id}`)).data[0]
  await must('POST', `/v1/assignments/${open.id}/reassign`, { user_id: two.id, reason: CANARY })
  const seen = { name: 'page_viewed', visitor_id: `visitor-${CANARY}`, properties: { title: CANARY } }
  await must('POST', '/v1/events/batch/create', { items: [{ ...seen, url: `https://shop.test/${CANARY}` }] })
  await must('POST', `/v1/visitors/visitor-${CANARY}/identify`, { lead_id: id })
  await must('POST', '/v1/enrollments', { sequence_key: 'welcome', lead_ids: [id] })
  await must('POST', '/v1/messages', { lead_id: id, template_key: 'welcome', data: { word: CANARY } })
  await must('POST', '/v1/messages', { to: { email: EMAIL, name: CANARY }, content: { subject: CANARY, text: CANARY } })
  await must('POST', '/v1/templates/welcome/test-send', { to_email: 'colleague@engines.test', lead_id: id })
  await must('POST', '/v1/buyer-sales', { lead_id: id, buyer_key: 'shop' })
  await must('POST', '/v1/enrichment-runs', { lead_ids: [id], fresh: true })
  for (let i = 0; i < 3; i++) await service.drain()
  await must('POST', '/v1/suppressions', { value: EMAIL, note: CANARY })
  // Planned for tomorrow, when nobody may get it any more.
  const due_at = new Date(Date.now() + 86_400_000).toISOString()
  await must('POST', '/v1/messages', { lead_id: id, template_key: 'welcome', data: { word: CANARY }, due_at })
  return id
}

let lead = ''

t.test('the person is in every room that keeps something about people', async (t) => {
  await furnish()
  lead = await live()
  const places = await placesOf(service, CANARY)
  const registered = new Set([...ERASURE.map(({ table }) => table), ...ERASED_BY_FUNCTIONS, 'events'])
  t.strictSame(
    places.filter((place) => !registered.has(place.replace(/^events_.*/, 'events'))),
    [],
    'and in no other',
  )
  for (const place of [
    'changes',
    'consents',
    'enrichment_answers',
    'form_submissions',
    'messages',
    'receipts',
    'visitors',
  ]) {
    t.ok(places.includes(place), place)
  }
  t.ok(places.length >= 22, places.join(' '))
  t.ok((await rowsOf(service, 'message_bodies')).length >= 2, 'the frozen mails are compressed')
  for (const other of ['grace@sellers.test', 'colleague@engines.test']) {
    const told = mail.received.filter(({ to }) => to.includes(other))
    t.ok(
      told.some(({ raw }) => raw.toLowerCase().includes(CANARY)),
      `${other} was told`,
    )
  }
})

t.test('after the erasure the person is nowhere', async (t) => {
  const mails = mail.received.length
  const assigned = (await must('GET', '/v1/assignments')).data.length
  const answer = await call('POST', `/v1/leads/${lead}/erase`, undefined, { headers: { 'idempotency-key': 'erase' } })
  t.match(answer.json(), { lead_id: lead })
  t.ok(answer.json().records > 20)
  t.strictSame(await placesOf(service, CANARY), [])
  t.strictSame(await placesOf(service, '4930901820'), [], 'nor the phone')
  t.strictSame(await rowsOf(service, 'message_bodies'), [])
  for (let i = 0; i < 3; i++) await service.drain()
  t.strictSame(await placesOf(service, CANARY), [], 'and no late work brings anything back')
  t.equal(mail.received.length, mails, 'nothing is sent any more')

  t.match(await must('GET', `/v1/leads/${lead}`), { email: null, full_name: null, archived: true, tags: [] })
  t.strictSame((await must('GET', `/v1/leads?email=${EMAIL}`)).data, [])
  t.equal((await must('GET', '/v1/assignments')).data.length, assigned, 'figures of the past stay')
  t.match((await must('GET', '/v1/enrollments')).data, [{ status: 'ended' }])
})

t.test('the feed keeps its places, and tells who has to forget whom', async (t) => {
  const { data } = await must('GET', '/v1/changes?limit=1000')
  const sequences = data.map(({ sequence }: { sequence: number }) => sequence)
  t.strictSame(
    sequences,
    sequences.map((_: number, i: number) => i + 1),
  )
  const [created] = data.filter(({ type }: { type: string }) => type === 'lead.created')
  t.match(created.data, { lead: { id: lead }, erased: true, previous: {} })
  t.match(
    data.filter(({ type }: { type: string }) => type === 'lead.erased'),
    [{ object_id: lead, data: { lead: { id: lead, email: null } } }],
  )
  t.match((await must('GET', '/v1/audit-log?action=lead.erased')).data, [{ object_id: lead }])
})

t.test('the objection is still honoured', async (t) => {
  t.match((await must('GET', `/v1/suppressions?value=${EMAIL}`)).data, [{ value: 'erased', note: null }])
  const again = await must('POST', '/v1/leads', { email: EMAIL })
  t.not(again.id, lead, 'who comes again is somebody new')
  await must('POST', '/v1/messages', { lead_id: again.id, template_key: 'welcome' })
  const mails = mail.received.length
  await service.drain()
  t.equal(mail.received.length, mails)
  t.match((await must('GET', `/v1/messages?lead_id=${again.id}`)).data, [{ state: 'withheld', reason: 'suppressed' }])
  t.equal((await call('POST', `/v1/leads/${again.id}/erase`)).statusCode, 200, 'also a second time')
  t.strictSame(await placesOf(service, CANARY), [])
})

t.test('what waits with an address of the person ends, whoever has it in hand', async (t) => {
  const [word, home, work] = ['zqwaiting', 'zqwaiting@home.example', 'Zq.Waiting@bücher.example']
  const external_ids = [{ system: 'crm', external_id: word }]
  const known = await must('POST', '/v1/leads', { email: work, external_ids, on_duplicate: 'update' })
  await must('POST', '/v1/leads', { email: home, external_ids, on_duplicate: 'update' })
  await must('POST', '/v1/suppressions', { value: work })
  const [mine, taken, other] = [
    await must('POST', '/v1/public/forms/upload/submissions', { email: `${home.toUpperCase()}\n`, message: word }),
    await must('POST', '/v1/public/forms/upload/submissions', { email: ` ${work} `, message: word }),
    await must('POST', '/v1/public/forms/upload/submissions', { email: 'somebody@home.example', message: 'hello' }),
  ]
  const { ctx, workspaceId } = service
  const claimed = await withWorkspace(ctx.db, workspaceId, (tx) => claimSubmissions(tx, 3, 30))
  t.equal(claimed.length, 3, 'a worker has all of them')

  t.equal((await call('POST', `/v1/leads/${known.id}/erase`)).statusCode, 200)
  for (const { submission_id } of [mine, taken]) {
    t.match(await must('GET', `/v1/form-submissions/${submission_id}`), {
      state: 'failed',
      reasons: ['erased'],
      fields: {},
      lead_id: null,
    })
  }
  const ends = claimed.map(({ id, attempt }) => ({
    ...{ id, attempt, state: 'processed' as const, lead_id: null, outcome: 'created', reasons: [] },
    ...{ receipt_id: null, due_at: null },
  }))
  const written = await withWorkspace(ctx.db, workspaceId, (tx) => finishSubmissions(tx, ends, new Date()))
  t.equal(written, 1, 'the worker has lost those of the person, and no other')
  t.strictSame((await must('GET', `/v1/form-submissions/${other.submission_id}`)).fields.email, 'somebody@home.example')
  await service.drain()
  t.strictSame(await placesOf(service, word), [])
  t.strictSame(await placesOf(service, 'zq.waiting'), [], 'nor the address of before')
  t.match((await must('GET', `/v1/suppressions?value=${encodeURIComponent(work)}`)).data, [{ value: 'erased' }])
})

t.test('what was answered about the person is not repeated; the proof of the erasure is', async (t) => {
  const headers = { 'idempotency-key': 'about' }
  const body = { email: 'zqkept@example.org' }
  const { id } = await must('POST', '/v1/leads', body, headers)
  t.equal((await call('POST', '/v1/leads', body, { headers })).headers['idempotent-replayed'], 'true')
  const erase = () => call('POST', `/v1/leads/${id}/erase`, undefined, { headers })
  const proof = await erase()
  t.match(await call('POST', '/v1/leads', body, { headers }), { statusCode: 422, body: /idempotency_key_reused/ })
  t.match(await erase(), { statusCode: 200, body: proof.body, headers: { 'idempotent-replayed': 'true' } })
  t.strictSame((await must('GET', `/v1/leads?email=${body.email}`)).data, [], 'and nothing was made')
})

t.test('who is unknown, and a key without the right, are refused', async (t) => {
  t.equal((await call('POST', '/v1/leads/lead_01k8r5x4q3e7vb2c9m6h0n1d5s/erase')).statusCode, 404)
  const key = await service.makeKey('restricted', { scopes: ['leads:write'] })
  const headers = { authorization: `Bearer ${key}` }
  t.equal((await call('POST', `/v1/leads/${lead}/erase`, undefined, { headers })).statusCode, 403)
})

t.test('history cannot be blanked without an erasure on record', async (t) => {
  const { id } = (await rowsOf(service, 'leads', `archived = false LIMIT 1`))[0] ?? {}
  const other = id ?? '00000000-0000-7000-8000-000000000001'
  for (const name of ['erase_lead_evidence', 'blank_changes']) {
    const run = withWorkspace(service.ctx.db, service.workspaceId, (tx) =>
      tx.query(`SELECT ${name}($1, ARRAY[$1]::uuid[])`, [other]),
    )
    await t.rejects(run, { code: '42501' })
  }
})

t.test('no table about leads is forgotten', async (t) => {
  const tables = await service.ctx.db.query<{ name: string }>(
    `SELECT c.relname AS name FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'lead_id'
     WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition`,
  )
  const known = new Set([...ERASURE.map(({ table }) => table), ...FACTS_WITHOUT_PERSON, ...ERASED_BY_FUNCTIONS])
  t.strictSame(
    tables.map(({ name }) => name).filter((name) => !known.has(name)),
    [],
  )
})
