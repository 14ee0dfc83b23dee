// Capture: four media types, files, repetitions, and what visitors and owners are told.
import { randomBytes } from 'node:crypto'
import net, { type AddressInfo } from 'node:net'
import fc from 'fast-check'
import type { FastifyRequest } from 'fastify'
import t from 'tap'
import { completeDefinition } from '../../src/domain/form.ts'
import { readMultipart } from '../../src/features/capture/read-multipart.ts'
import { withUploadRoom } from '../../src/features/capture/upload-room.ts'
import { makeForm, multipart, PERSON_FIELDS, readSubmission, workInBackground } from '../helpers/forms.ts'
import { testService } from '../helpers/service.ts'

const NOON = new Date('2025-03-04T12:00:00.000Z')

const service = await testService(t, { UPLOAD_LIMIT_BYTES: 200_000, UPLOAD_TOTAL_LIMIT_BYTES: 300_000 })
t.beforeEach(() => service.setNow(null))

const submitUrl = (publicKey: string) => `/v1/public/forms/${publicKey}/submissions`
const option = (value: string) => ({ value, label: value })
/** A field that calls itself JSON. */
const jsonPart = (value: string) =>
  `--x\r\nContent-Disposition: form-data; name="a"\r\nContent-Type: application/json\r\n\r\n${value}\r\n--x--\r\n`
const sorted = (fields: object) => Object.entries(fields).sort(([a], [b]) => (a < b ? -1 : 1))

const PDF = Buffer.from('%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n', 'latin1')
const upload = (more: object = {}) => ({
  field: 'brief',
  name: 'brief.pdf',
  type: 'application/pdf',
  content: PDF,
  ...more,
})

async function listLeads(email: string): Promise<{ id: string }[]> {
  return (await service.call('GET', `/v1/leads?email=${encodeURIComponent(email)}`)).json().data
}

t.test('the same fields make the same submission in all four media types', async (t) => {
  const form = await makeForm(service, 'types', {
    fields: [...PERSON_FIELDS, { name: 'topics', type: 'multi_select', options: [option('a'), option('b')] }],
  })
  const expected = { email: 'ada@types.test', full_name: 'Ada Lovelace', topics: ['a', 'b'], extra: 'ä ö 👍' }
  const urlencoded = new URLSearchParams([
    ['email', expected.email],
    ['full_name', expected.full_name],
    ['topics', 'a'],
    ['topics', 'b'],
    ['extra', expected.extra],
  ]).toString()
  const parts = multipart(
    [
      ['email', expected.email],
      ['full_name', expected.full_name],
      ['topics', 'a'],
      ['topics', 'b'],
      ['extra', expected.extra],
    ],
    [],
  )
  const bodies: [payload: string | Buffer, headers: Record<string, string>][] = [
    [JSON.stringify(expected), { 'content-type': 'application/json' }],
    [JSON.stringify(expected), { 'content-type': 'text/plain;charset=UTF-8' }],
    [urlencoded, { 'content-type': 'application/x-www-form-urlencoded' }],
    [parts.payload, parts.headers],
  ]
  const ids = new Set<string>()
  for (const [payload, headers] of bodies) {
    const answer = await service.app.inject({ method: 'POST', url: submitUrl(form.publicKey), payload, headers })
    t.equal(answer.statusCode, 202, String(headers['content-type']))
    ids.add(answer.json().submission_id)
  }
  t.equal(ids.size, 1, 'equal content is one submission, whatever it came as')
  await service.drain()
  const submission = await readSubmission(service, [...ids][0] ?? '')
  t.same(submission.fields, expected)
  t.equal((await listLeads(expected.email)).length, 1)
})

t.test('what is no form is refused with the reason', async (t) => {
  const form = await makeForm(service, 'refused')
  const cases: [payload: string | Buffer, contentType: string | undefined, status: number][] = [
    ['[]', 'application/json', 400],
    ['"text"', 'application/json', 400],
    ['{', 'application/json', 400],
    ['', 'application/json', 400],
    ['plain words', 'text/plain', 400],
    ['<a/>', 'application/xml', 415],
    ['email=%FF', 'application/x-www-form-urlencoded', 400],
    ['x', 'multipart/form-data', 415],
    ['--x\r\n', 'multipart/form-data; boundary=x', 400],
    ['--x\r\nContent-Disposition: form-data; name="a"\r\n\r\ncut', 'multipart/form-data; boundary=x', 400],
    [
      '--x\r\nContent-Disposition: form-data; name="__proto__"\r\n\r\n1\r\n--x--',
      'multipart/form-data; boundary=x',
      400,
    ],
    [jsonPart(`{"deep":${'['.repeat(9_000)}${']'.repeat(9_000)}}`), 'multipart/form-data; boundary=x', 400],
    [jsonPart('{'), 'multipart/form-data; boundary=x', 400],
    [
      Buffer.from(jsonPart('J\u00f6rg').replace('application/json', 'text/plain'), 'latin1'),
      'multipart/form-data; boundary=x',
      400,
    ],
    ['{"email":"a\\u0000b@example.org"}', 'application/json', 400],
    [`{"email":"${'x'.repeat(300_000)}"}`, 'application/json', 413],
    [`email=${'x'.repeat(300_000)}`, 'application/x-www-form-urlencoded', 413],
  ]
  for (const [payload, contentType, status] of cases) {
    const headers = contentType === undefined ? {} : { 'content-type': contentType }
    const answer = await service.app.inject({ method: 'POST', url: submitUrl(form.publicKey), payload, headers })
    t.equal(
      answer.statusCode,
      status,
      `${contentType}: ${payload.toString().slice(0, 40)} ${answer.body.slice(0, 200)}`,
    )
    t.match(answer.headers['content-type'], /problem\+json/)
  }
})

t.test('20 equal posts at once are one submission and one lead', async (t) => {
  const form = await makeForm(service, 'double')
  const answers = await Promise.all(
    Array.from({ length: 20 }, () => form.submit({ email: 'once@double.test', full_name: 'Once Only' })),
  )
  t.same([...new Set(answers.map((answer) => answer.statusCode))], [202])
  t.equal(new Set(answers.map((answer) => answer.json().submission_id)).size, 1)
  await service.drain()
  t.equal((await listLeads('once@double.test')).length, 1)
})

t.test('20 different posts of one person at once are one lead', async (t) => {
  const form = await makeForm(service, 'same_person')
  await Promise.all(
    Array.from({ length: 20 }, (_, i) => form.submit({ email: 'Person@Same.Test', message: `message ${i}` })),
  )
  await Promise.all([service.drain(), service.drain(), service.drain()])
  t.equal((await listLeads('person@same.test')).length, 1)
  const { data } = (await service.call('GET', '/v1/form-submissions?form_key=same_person&limit=200')).json()
  t.same([...new Set(data.map(({ state }: { state: string }) => state))], ['processed'])
  t.equal(data.length, 20)
})

t.test('a key decides what is a repetition: same key and fields replay, other fields are refused', async (t) => {
  const form = await makeForm(service, 'keys')
  const send = (fields: object, key: string) =>
    form.submit(fields as Record<string, unknown>, { headers: { 'idempotency-key': key } })
  const first = await send({ email: 'a@keys.test', message: 'x' }, 'k-1')
  const again = await send({ message: 'x', email: 'a@keys.test' }, '"k-1"')
  t.equal(again.json().submission_id, first.json().submission_id, 'the order of members means nothing')
  const other = await send({ email: 'b@keys.test' }, 'k-1')
  t.equal(other.statusCode, 422)
  t.equal(other.json().code, 'idempotency_key_reused')
  const fresh = await send({ email: 'a@keys.test', message: 'x' }, 'k-2')
  t.not(fresh.json().submission_id, first.json().submission_id, 'another key is another submission')
  t.equal((await send({ email: 'a@keys.test' }, 'k\u00e4')).statusCode, 400)
  const elsewhere = await makeForm(service, 'keys_elsewhere')
  const foreign = await elsewhere.submit({ email: 'c@keys.test' }, { headers: { 'idempotency-key': 'k-1' } })
  t.equal(foreign.statusCode, 202, 'a key belongs to one form')
  const parallel = await Promise.all(
    Array.from({ length: 20 }, (_, i) => send({ email: `p${i % 2}@keys.test` }, 'k-race')),
  )
  const stored = parallel.filter((answer) => answer.statusCode === 202)
  t.equal(stored.length, 10, 'one body wins, the other is refused')
  t.equal(new Set(stored.map((answer) => answer.json().submission_id)).size, 1)
})

t.test('equal content is one submission within half a window, and never beyond a whole one', async (t) => {
  const form = await makeForm(service, 'windows')
  const window = service.ctx.config.DEDUPE_WINDOW_SECONDS
  const send = async (seconds: number, i: number) => {
    service.setNow(new Date(NOON.getTime() + seconds * 1000))
    return (await form.submit({ email: `p${i}@windows.test` })).json().submission_id
  }
  for (let i = 0; i < 24; i++) {
    const start = (i * window) / 12
    const first = await send(start, i)
    t.equal(await send(start + window / 2 - 1, i), first, 'within half a window, wherever it starts')
  }
  for (let i = 100; i < 106; i++) {
    const start = (i * window) / 6
    t.not(await send(start + window, i), await send(start, i), 'a whole window later it is meant')
  }
})

t.test('a submission keeps what came along, and nothing that singles out a person', async (t) => {
  const form = await makeForm(service, 'context')
  const submission = await form.process(
    {
      email: 'ctx@context.test',
      _page_url: 'https://shop.test/contact?gclid=Cj0',
      _landing_page: 'https://shop.test/?utm_source=letter',
      _referrer: 'https://search.test/',
      _visitor_id: 'v-1',
      _language: 'de-AT',
      utm_campaign: 'Spring Sale',
    },
    { remoteAddress: '203.0.113.77', headers: { 'user-agent': 'Browser/1', origin: 'https://shop.test' } },
  )
  t.same(submission.origin, {
    ip_prefix: '203.0.113.0/24',
    user_agent: 'Browser/1',
    origin: 'https://shop.test',
    referrer: 'https://search.test/',
    landing_page: 'https://shop.test/?utm_source=letter',
    page_url: 'https://shop.test/contact?gclid=Cj0',
    language: 'de-AT',
    visitor_id: 'v-1',
    attribution: { gclid: 'Cj0', utm_campaign: 'Spring Sale' },
  })
  t.same(submission.fields, { email: 'ctx@context.test', utm_campaign: 'Spring Sale' })
  const everything = await service.ctx.db.query<{ n: number }>(
    `SELECT count(*)::int AS n FROM form_submissions WHERE form_submissions::text LIKE '%203.0.113.77%'`,
  )
  t.equal(everything[0]?.n, 0)
})

t.test(
  'each touch is kept: the first and the last are marked, the landing page speaks where the form does not',
  async (t) => {
    const form = await makeForm(service, 'touches')
    const email = 'returning@touches.test'
    const visits = [
      { _landing_page: 'https://shop.test/?utm_source=letter&fbclid=F1', _page_url: 'https://shop.test/contact' },
      { _page_url: 'https://shop.test/contact?utm_source=google&gclid=G2', _referrer: 'https://google.test/' },
      {
        _landing_page: 'https://shop.test/?utm_source=old',
        _page_url: 'https://shop.test/?li_fat_id=L3',
        _visitor_id: 'v9',
      },
    ]
    let leadId: string | null = null
    for (const [i, visit] of visits.entries()) {
      service.setNow(new Date(NOON.getTime() + i * 86_400_000))
      leadId = (await form.process({ email, message: `visit ${i}`, ...visit })).lead_id
    }
    const page = (await service.call('GET', `/v1/leads/${leadId}/touches?limit=2`)).json()
    const rest = (await service.call('GET', `/v1/leads/${leadId}/touches?limit=2&cursor=${page.next_cursor}`)).json()
    const touches = [...page.data, ...rest.data]
    t.same(
      touches.map((touch) => touch.parameters),
      [{ utm_source: 'letter', fbclid: 'F1' }, { utm_source: 'google', gclid: 'G2' }, { li_fat_id: 'L3' }],
      'the parameters of two clicks are never mixed',
    )
    t.same(
      touches.map(({ is_first, is_last }) => [is_first, is_last]),
      [
        [true, false],
        [false, false],
        [false, true],
      ],
    )
    t.match(touches[0], { source_key: 'letter', landing_page: 'https://shop.test/?utm_source=letter&fbclid=F1' })
    t.match(touches[1], { source_key: 'google', referrer: 'https://google.test/' })
    t.match(touches[2], { source_key: 'website', visitor_id: 'v9', kind: 'form_submitted' })
    const lead = (await service.call('GET', `/v1/leads/${leadId}`)).json()
    t.equal(lead.source_key, 'letter', 'the first touch keeps the source')
    t.equal((await service.call('GET', '/v1/leads/lead_01k8r5x4q3e7vb2c9m6h0n1d5s/touches')).statusCode, 404)
  },
)

t.test('files are kept apart with their bytes, and come back as attachments only', async (t) => {
  const form = await makeForm(service, 'files', {
    fields: [...PERSON_FIELDS, { name: 'brief', type: 'file', accept: ['.pdf', 'image/*'], max_files: 3 }],
  })
  const evil = upload({ name: '../../a/b\\c<script>.pdf', content: Buffer.concat([PDF, randomBytes(50_000)]) })
  const answer = await service.app.inject({
    method: 'POST',
    url: submitUrl(form.publicKey),
    ...multipart([['email', 'files@files.test']], [upload(), evil, upload({ name: '', content: Buffer.alloc(0) })]),
  })
  t.equal(answer.statusCode, 202)
  await service.drain()
  const submission = await readSubmission(service, answer.json().submission_id)
  t.same(
    submission.files.map(({ file_name, size_bytes }) => [file_name, size_bytes]),
    [
      ['brief.pdf', PDF.length],
      ['c<script>.pdf', PDF.length + 50_000],
    ],
    'an input that was left empty is no file',
  )
  t.same(submission.fields, { email: 'files@files.test' })
  const url = (i: number) => `/v1/form-submissions/${submission.id}/files/${submission.files[i]?.file_id}/content`
  const content = await service.call('GET', url(1))
  t.equal(content.statusCode, 200)
  t.ok(content.rawPayload.equals(evil.content), 'byte for byte')
  t.match(content.headers, {
    'content-type': 'application/octet-stream',
    'content-disposition': /^attachment; filename="c_script_.pdf"; filename\*=UTF-8''c%3Cscript%3E.pdf$/,
    'x-content-type-options': 'nosniff',
    'content-security-policy': /sandbox/,
    'cache-control': 'no-store',
  })
  const other = await service.makeWorkspace()
  const foreign = await service.call('GET', url(0), undefined, { headers: { authorization: `Bearer ${other.key}` } })
  t.equal(foreign.statusCode, 404)
  const elsewhere = await form.process({ email: 'without@files.test' })
  const wrong = `/v1/form-submissions/${elsewhere.id}/files/${submission.files[0]?.file_id}/content`
  t.equal((await service.call('GET', wrong)).statusCode, 404, 'a file belongs to one submission')
})

t.test('what a JSON body claims about files is only text', async (t) => {
  const form = await makeForm(service, 'claims', {
    fields: [...PERSON_FIELDS, { name: 'brief', type: 'file' }],
  })
  const claims = {
    brief: { filepath: '/etc/passwd', originalFilename: 'x.pdf', mimetype: 'application/pdf', size: 9 },
    files: [{ file_id: 'file_01k8r5x4q3e7vb2c9m6h0n1d5s', path: '/etc/passwd' }],
  }
  for (const contentType of [
    'application/json',
    'text/plain',
    'application/json; charset=utf-8',
    'application/json\t',
  ]) {
    const answer = await service.app.inject({
      method: 'POST',
      url: submitUrl(form.publicKey),
      headers: { 'content-type': contentType },
      payload: JSON.stringify({ email: 'claims@claims.test', n: contentType, ...claims }),
    })
    t.ok([202, 415].includes(answer.statusCode), contentType)
    if (answer.statusCode !== 202) continue
    await service.drain()
    const submission = await readSubmission(service, answer.json().submission_id)
    t.same(submission.files, [])
    t.match(submission.fields, claims)
  }
  const [stored] = await service.ctx.db.query<{ n: number }>(
    `SELECT count(*)::int AS n FROM submission_files f JOIN form_submissions s ON s.id = f.submission_id WHERE s.form_key = 'claims'`,
  )
  t.equal(stored?.n, 0)
})

t.test('too many files, too large ones and files that nobody asked for are refused whole', async (t) => {
  const form = await makeForm(service, 'limits', {
    fields: [...PERSON_FIELDS, { name: 'brief', type: 'file', max_bytes: 150_000, max_files: 3 }],
  })
  const large = (size: number) => upload({ content: Buffer.concat([PDF, Buffer.alloc(size - PDF.length)]) })
  const cases: [files: ReturnType<typeof upload>[], status: number, code: string][] = [
    [[upload(), upload(), upload(), upload()], 413, 'payload_too_large'],
    [[large(150_001)], 413, 'payload_too_large'],
    [[large(120_000), large(120_000), large(120_000)], 413, 'payload_too_large'],
    [[upload({ type: 'image/png', name: 'x.png' })], 400, 'file_content_mismatch'],
    [[upload({ field: 'other' })], 400, 'unexpected_file'],
    [[upload({ field: 'email' })], 400, 'unexpected_file'],
  ]
  for (const [files, status, code] of cases) {
    const answer = await service.app.inject({
      method: 'POST',
      url: submitUrl(form.publicKey),
      ...multipart([['email', 'limits@limits.test']], files),
    })
    t.equal(answer.statusCode, status, answer.body)
    t.equal(status === 413 ? answer.json().code : answer.json().errors[0].code, code)
  }
  const plain = await makeForm(service, 'no_files')
  const unwanted = await service.app.inject({
    method: 'POST',
    url: submitUrl(plain.publicKey),
    ...multipart([['email', 'limits@limits.test']], [upload()]),
  })
  t.ok([400, 413].includes(unwanted.statusCode), unwanted.body)
  const manyFields = multipart(
    Array.from({ length: 1_100 }, (_, i): [string, string] => [`f${i}`, '']),
    [],
  )
  t.equal(
    (await service.app.inject({ method: 'POST', url: submitUrl(plain.publicKey), ...manyFields })).statusCode,
    413,
  )
  await service.drain()
  t.same(await listLeads('limits@limits.test'), [], 'nothing is half-stored')
})

t.test('the same form with another file is another submission', async (t) => {
  const form = await makeForm(service, 'same_files', { fields: [...PERSON_FIELDS, { name: 'brief', type: 'file' }] })
  const send = async (content: Buffer) =>
    (
      await service.app.inject({
        method: 'POST',
        url: submitUrl(form.publicKey),
        ...multipart([['email', 'same@files.test']], [upload({ content })]),
      })
    ).json().submission_id
  const first = await send(PDF)
  t.equal(await send(PDF), first)
  t.not(await send(Buffer.concat([PDF, Buffer.from('more')])), first)
})

t.test('a body that broke off before anybody looked is refused, not waited for', async (t) => {
  const headers = { 'content-type': 'multipart/form-data; boundary=x' }
  // All that is looked at of a request whose connection is gone.
  const gone = { headers, raw: { destroyed: true } } as unknown as FastifyRequest
  await t.rejects(readMultipart(gone, completeDefinition({ title: 'A form', fields: [] }), service.ctx.config), {
    code: 'invalid_body',
  })
})

t.test('uploads have a bounded room in memory: who finds none comes back later', async (t) => {
  const form = await makeForm(service, 'room', { fields: [...PERSON_FIELDS, { name: 'brief', type: 'file' }] })
  const announce = (length: number) =>
    service.app.inject({
      method: 'POST',
      url: submitUrl(form.publicKey),
      headers: { 'content-type': 'multipart/form-data; boundary=x', 'content-length': String(length) },
      payload: '',
    })
  t.equal((await announce(10_000_000)).statusCode, 413, 'more than the form takes')
  const definition = completeDefinition({ title: 'A form', fields: [{ name: 'brief', type: 'file', max_files: 10 }] })
  const big = {
    ...service.ctx,
    config: { ...service.ctx.config, UPLOAD_LIMIT_BYTES: 50e6, UPLOAD_TOTAL_LIMIT_BYTES: 60e6 },
  }
  const request = { headers: { 'content-length': String(50e6) } } as unknown as FastifyRequest
  const busy = [new Promise<void>((done) => setImmediate(done)), new Promise<void>((done) => setImmediate(done))]
  const held = busy.map((work) => withUploadRoom(big, definition, request, () => work))
  await t.rejects(
    withUploadRoom(big, definition, request, async () => undefined),
    { code: 'unavailable' },
  )
  await Promise.all(held)
  t.equal(await withUploadRoom(big, definition, request, async () => 'in'), 'in', 'room is given back')
})

t.test('an upload that breaks off stores nothing and leaves the service well', async (t) => {
  const form = await makeForm(service, 'broken', { fields: [...PERSON_FIELDS, { name: 'brief', type: 'file' }] })
  await service.app.listen({ port: 0, host: '127.0.0.1' })
  const { port } = service.app.server.address() as AddressInfo
  const { payload, headers } = multipart([['email', 'broken@broken.test']], [upload()])
  const head = `POST ${submitUrl(form.publicKey)} HTTP/1.1\r\nHost: x\r\nContent-Type: ${headers['content-type']}\r\n`
  await new Promise<void>((done) => {
    const socket = net.connect(port, '127.0.0.1', () => {
      socket.write(`${head}Content-Length: ${payload.length}\r\n\r\n`)
      socket.write(payload.subarray(0, payload.length - 40), () => socket.destroy())
    })
    socket.on('close', () => done())
  })
  const refused = await new Promise<string>((done) => {
    const many = multipart([], [upload(), upload(), upload()])
    let text = ''
    const socket = net.connect(port, '127.0.0.1', () => {
      const more = `Connection: close\r\nContent-Length: ${many.payload.length}\r\n\r\n`
      socket.write(Buffer.concat([Buffer.from(head + more), many.payload]))
    })
    socket.on('data', (chunk) => {
      text += chunk.toString()
    })
    socket.on('close', () => done(text))
  })
  t.match(refused, /^HTTP\/1.1 413 /, 'refused over a real connection too')
  const fine = await form.process({ email: 'fine@broken.test' })
  t.equal(fine.state, 'processed')
  t.same(await listLeads('broken@broken.test'), [])
})

t.test('a waiting caller with the right key gets the outcome, a visitor does not', async (t) => {
  const form = await makeForm(service, 'waiting')
  t.teardown(workInBackground(service))
  const send = async (email: string, headers: Record<string, string>) =>
    (await form.submit({ email }, { headers: { prefer: 'wait=99999', ...headers } })).json()
  const restricted = async (scopes: string[]) => `Bearer ${await service.makeKey('restricted', { scopes })}`
  const owner = await send('a@waiting.test', { authorization: `Bearer ${service.key}` })
  t.match(owner, { state: 'processed', outcome: 'created', lead_id: /^lead_/ })
  const reader = await send('b@waiting.test', { authorization: await restricted(['leads:read']) })
  t.match(reader, { outcome: 'created', lead_id: /^lead_/ })
  const blind = { state: 'processed', outcome: null, lead_id: null }
  t.match(await send('c@waiting.test', {}), blind)
  t.match(await send('d@waiting.test', { authorization: await restricted(['forms:read']) }), blind)
  t.match(await send('e@waiting.test', { authorization: `Bearer ${await service.makeKey('publishable')}` }), blind)
  const other = await service.makeWorkspace()
  t.match(await send('f@waiting.test', { authorization: `Bearer ${other.key}` }), blind, 'another tenant is a visitor')
  const impatient = await form.submit({ email: 'g@waiting.test' })
  t.equal(impatient.json().state, 'received')
})

t.test('a native form is sent on with 303, to the page of the form when it has none of its own', async (t) => {
  const form = await makeForm(service, 'native', { success_url: 'https://shop.test/thanks' })
  const post = (publicKey: string, payload: string) =>
    service.app.inject({
      method: 'POST',
      url: submitUrl(publicKey),
      headers: { 'content-type': 'application/x-www-form-urlencoded', accept: 'text/html,*/*;q=0.8' },
      payload,
    })
  const answer = await post(form.publicKey, 'email=a%40native.test')
  t.equal(answer.statusCode, 303)
  t.equal(answer.headers['location'], 'https://shop.test/thanks')
  t.equal(answer.headers['set-cookie'], undefined)
  const abroad = await makeForm(service, 'native_abroad', { success_url: 'https://bücher.test/grüße?von=日本' })
  t.equal(
    (await post(abroad.publicKey, 'email=d%40native.test')).headers['location'],
    'https://xn--bcher-kva.test/gr%C3%BC%C3%9Fe?von=%E6%97%A5%E6%9C%AC',
    'as a header can hold it',
  )
  const plain = await makeForm(service, 'native_plain')
  t.match((await post(plain.publicKey, 'email=b%40native.test')).headers['location'], /^\/f\/.+\?submitted=1/)
  const trapped = await post(form.publicKey, 'email=c%40native.test&_hp=1')
  t.equal(trapped.statusCode, 303, 'a robot is sent on like anybody')
})

t.test('group commit loses nothing, mixes nothing and answers each for itself', async (t) => {
  const form = await makeForm(service, 'groups')
  let run = 0
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.record({ who: fc.nat(30), what: fc.nat(3), key: fc.option(fc.nat(20)) }), {
        minLength: 1,
        maxLength: 120,
      }),
      async (posts) => {
        run++
        const sent = await Promise.all(
          posts.map(async ({ who, what, key }) => {
            const fields = { email: `g${who}@run${run}.test`, message: `message ${what}` }
            const headers = key === null ? {} : { 'idempotency-key': `run${run}-${key}` }
            return { fields, key, answer: await form.submit(fields, { headers }) }
          }),
        )
        const byId = new Map<string, object>()
        for (const { fields, answer, key } of sent) {
          if (answer.statusCode === 422 && key !== null) continue
          if (answer.statusCode !== 202) return false
          const id = answer.json().submission_id
          const known = byId.get(id)
          // Two posts share an id only when they sent the same fields.
          if (known !== undefined && JSON.stringify(known) !== JSON.stringify(fields)) return false
          byId.set(id, fields)
        }
        for (const [id, fields] of byId) {
          const stored = await readSubmission(service, id)
          if (JSON.stringify(sorted(stored.fields)) !== JSON.stringify(sorted(fields))) return false
        }
        return true
      },
    ),
    { numRuns: 15 },
  )
  await service.drain()
  const { data } = (await service.call('GET', '/v1/form-submissions?form_key=groups&state=received')).json()
  t.same(data, [], 'every one reached its end')
})

t.test('what a form infers fills blanks and overwrites nothing that was typed', async (t) => {
  const german = await makeForm(service, 'german', { default_country: 'DE' })
  const typed = await makeForm(service, 'typed', {
    fields: [...PERSON_FIELDS, { name: 'country', type: 'text', maps_to: 'country' }],
  })
  const leadOf = async (id: string | null) => (await service.call('GET', `/v1/leads/${id}`)).json()
  const first = await typed.process({ email: 'fr@inferred.test', country: 'France' })
  await german.process({ email: 'fr@inferred.test', _language: 'de' })
  t.match(await leadOf(first.lead_id), { country: 'FR', language: 'de' })
  const blank = await german.process({ email: 'de@inferred.test' })
  t.match(await leadOf(blank.lead_id), { country: 'DE' })
})
