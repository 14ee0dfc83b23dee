// Forms as versioned data: what may be saved, what visitors get to see of it, and when it takes submissions.
import { createHash } from 'node:crypto'
import t from 'tap'
import { makeForm, PERSON_FIELDS } from '../helpers/forms.ts'
import { testService } from '../helpers/service.ts'

const NOON = new Date('2025-03-04T12:00:00.000Z')
const later = (seconds: number) => new Date(NOON.getTime() + seconds * 1000)

const service = await testService(t)
t.beforeEach(() => service.setNow(NOON))

const GERMAN = {
  locale: 'de',
  title: 'Schreiben Sie uns',
  submit_label: 'Absenden',
  success_message: 'Vielen Dank.',
  fields: [
    { name: 'email', label: 'E-Mail-Adresse', placeholder: 'sie@beispiel.test', help: 'Für unsere Antwort.' },
    { name: 'topic', options: [{ value: 'demo', label: 'Vorführung' }] },
  ],
  consents: [{ key: 'news', text: 'Ja, ich möchte Neuigkeiten.' }],
  messages: { required: 'Das brauchen wir.' },
}

const TWO_TONGUES = {
  title: 'Write to us',
  submit_label: 'Send',
  success_message: 'Thank you.',
  fields: [
    { name: 'email', type: 'email', label: 'E-mail', maps_to: 'email', required: true },
    {
      name: 'topic',
      type: 'select',
      options: [
        { value: 'demo', label: 'A demo' },
        { value: 'price', label: 'A price' },
      ],
    },
  ],
  consents: [{ key: 'news', purpose: 'marketing', channel: 'email', text: 'Yes, I want news.' }],
  locales: [GERMAN],
  theme: { '--lw-accent': '#0b5fff' },
}

t.test('a form comes back as it was saved, with every default filled in', async (t) => {
  const saved = await service.call('PUT', '/v1/forms/whole', TWO_TONGUES)
  t.equal(saved.statusCode, 201)
  const form = (await service.call('GET', '/v1/forms/whole')).json()
  t.match(form, TWO_TONGUES)
  t.match(form, {
    version: 1,
    default_locale: 'en',
    publish_from: null,
    has_challenge_secret: false,
    spam: { honeypot_field: '_hp', challenge: 'none', on_verifier_down: 'quarantine' },
    fields: [{ accept: [], max_bytes: null, max_files: 1, placeholder: '' }, {}],
  })
  const same = await service.call('PUT', '/v1/forms/whole', TWO_TONGUES, { headers: { 'if-match': form.etag } })
  t.equal(same.json().version, 1, 'the same definition again changes nothing')
})

t.test('every version is kept, whole and with its publisher', async (t) => {
  await makeForm(service, 'versions', { title: 'One' })
  for (const [i, title] of ['Two', 'Three'].entries()) {
    const put = { title, fields: PERSON_FIELDS }
    await service.call('PUT', '/v1/forms/versions', put, { headers: { 'if-match': `"v${i + 1}"` } })
  }
  const page = (await service.call('GET', '/v1/forms/versions/versions?limit=2')).json()
  t.same(
    page.data.map(({ version, title }: { version: number; title: string }) => [version, title]),
    [
      [3, 'Three'],
      [2, 'Two'],
    ],
  )
  t.match(page.data[0].actor, /^key_/)
  const rest = (await service.call('GET', `/v1/forms/versions/versions?limit=2&cursor=${page.next_cursor}`)).json()
  t.same(
    rest.data.map(({ title }: { title: string }) => title),
    ['One'],
  )
  t.equal((await service.call('GET', '/v1/forms/versions/versions/1')).json().title, 'One')
  t.equal((await service.call('GET', '/v1/forms/versions/versions/4')).statusCode, 404)
  t.equal((await service.call('GET', '/v1/forms/unknown/versions')).statusCode, 404)
})

t.test('a definition that cannot work is refused, each fault with its place', async (t) => {
  const fields = [{ name: 'email', type: 'email' }]
  const cases: [more: object, pointer: string][] = [
    [{ fields: [...fields, ...fields] }, '/fields/1/name'],
    [{ fields: [{ name: 'consent.x', type: 'text' }] }, '/fields/0/name'],
    [{ fields: [{ name: 'a', type: 'text', accept: ['.pdf'] }] }, '/fields/0/type'],
    [{ fields: [{ name: 'a', type: 'file', accept: ['pdf'] }] }, '/fields/0/accept/0'],
    [{ fields: [{ name: 'a', type: 'file', maps_to: 'email' }] }, '/fields/0/maps_to'],
    [{ fields: [{ name: '_hp', type: 'text' }] }, '/fields/0/name'],
    [{ fields: [{ name: 'constructor', type: 'text' }] }, '/fields/0/name'],
    [{ fields: [{ name: 'g-recaptcha-response', type: 'text' }] }, '/fields/0/name'],
    [{ fields: [choice('a', 'b', 'a')] }, '/fields/0/options/2/value'],
    [{ fields: [choice('a', 'b ')] }, '/fields/0/options/1/value'],
    [{ default_country: 'ZZ' }, '/default_country'],
    [{ default_country: 'UK' }, '/default_country'],
    [{ spam: { honeypot_field: '__proto__' } }, '/spam/honeypot_field'],
    [{ spam: { honeypot_field: '_redirect' } }, '/spam/honeypot_field'],
    [{ spam: { honeypot_field: 'consent.a' } }, '/spam/honeypot_field'],
    [{ fields: [{ name: 'trap', type: 'text' }], spam: { honeypot_field: 'trap' } }, '/spam/honeypot_field'],
    [{ spam: { weights: { nonsense: 1 } } }, '/spam/weights/nonsense'],
    [{ spam: { challenge: 'turnstile' } }, '/spam/challenge_site_key'],
    [{ publish_from: '2025-02-02T00:00:00Z', publish_until: '2025-02-01T00:00:00Z' }, '/publish_until'],
    [{ publish_from: '2025-02-01T23:59:60Z' }, '/publish_from'],
    [{ locales: [{ locale: 'en' }] }, '/locales/0/locale'],
    [{ locales: [{ locale: 'de', fields: [{ name: 'phone' }] }] }, '/locales/0/fields/0/name'],
    [{ locales: [{ locale: 'de', fields: [{ name: 'email' }, { name: 'email' }] }] }, '/locales/0/fields/1/name'],
    [{ locales: [{ locale: 'de', consents: [{ key: 'x', text: 'x' }] }] }, '/locales/0/consents/0/key'],
    [
      { consents: [consent('a')], locales: [{ locale: 'de', consents: [words('a'), words('a')] }] },
      '/locales/0/consents/1/key',
    ],
    [{ consents: [consent('a'), consent('a')] }, '/consents/1/key'],
    [{ consents: [{ ...consent('a'), purpose: 'all' }] }, '/consents/0/purpose'],
    [{ theme: { color: 'red' } }, '/theme/color'],
    [{ theme: { '--lw-x': 'url(https://x.test)' } }, '/theme/--lw-x'],
    [{ theme: { '--lw-x': 'red; } body { display: none' } }, '/theme/--lw-x'],
    [{ theme: { '--lw-x': '\\75 rl(x)' } }, '/theme/--lw-x'],
    [{ allowed_origins: ['https://shop.test/'] }, '/allowed_origins/0'],
    [{ allowed_redirects: ['javascript:alert(1)'] }, '/allowed_redirects/0'],
    [{ success_url: 'https://shop.test/\nthanks' }, '/success_url'],
    [{ success_url: 'https://shop.test/two words' }, '/success_url'],
    [{ fields: [{ ...choice('short', 'longer'), max_length: 5 }] }, '/fields/0/options/1/value'],
    [
      { fields: [{ name: 'brief', type: 'file' }], quiz: { maps_to: 'custom_fields.q', answers: [points('brief')] } },
      '/quiz/answers/0/field',
    ],
    [{ success_url: '/thanks' }, '/success_url'],
    [{ unknown: 1 }, '/unknown'],
  ]
  for (const [more, pointer] of cases) {
    const answer = await service.call('PUT', '/v1/forms/faulty', { title: 'A form', fields, ...more })
    t.equal(answer.statusCode, 400, JSON.stringify(more))
    t.ok(
      answer.json().errors.some((fault: { pointer: string }) => fault.pointer === pointer),
      `${pointer} in ${JSON.stringify(answer.json().errors)}`,
    )
  }
  t.equal((await service.call('GET', '/v1/forms/faulty')).statusCode, 404, 'nothing is half-written')
})

t.test('a visitor gets the form in their language, by parameter or by browser', async (t) => {
  const form = await makeForm(service, 'tongues', TWO_TONGUES)
  const localeOf = async (query: string, acceptLanguage: string) =>
    (await form.render({ 'accept-language': acceptLanguage }, query)).locale
  t.equal(await localeOf('', 'de-AT,de;q=0.9,en;q=0.8'), 'de')
  t.equal(await localeOf('', 'fr, en;q=0.5, de;q=0.7'), 'de')
  t.equal(await localeOf('', 'fr'), 'en', 'the default of the form')
  t.equal(await localeOf('?locale=en', 'de'), 'en', 'the parameter comes first')
  t.equal(await localeOf('?locale=fr', 'de'), 'de')
  t.equal(await localeOf('?utm_source=x', '*;q=2,,de;q=x'), 'en', 'nonsense is no wish')

  const german = await form.render({ 'accept-language': 'de' })
  t.match(german, {
    title: 'Schreiben Sie uns',
    submit_label: 'Absenden',
    success_message: 'Vielen Dank.',
    theme: { '--lw-accent': '#0b5fff' },
    fields: [
      { name: 'email', label: 'E-Mail-Adresse', autocomplete: 'email' },
      { options: [{ label: 'Vorführung' }, { value: 'price', label: 'A price' }] },
    ],
    consents: [
      { name: 'consent.news', text: 'Ja, ich möchte Neuigkeiten.', value: sha256('Ja, ich möchte Neuigkeiten.') },
    ],
  })
  t.equal((german['messages'] as Record<string, string>)['required'], 'Das brauchen wir.')
  t.notOk('maps_to' in (german.fields[0] ?? {}), 'where values go is nobody else’s business')
  const answer = await service.app.inject({ url: `/v1/public/forms/${form.publicKey}?locale=de` })
  t.match(answer.headers, { 'content-language': 'de', 'cache-control': 'no-store', vary: /Accept-Language/ })
  const sent = await form.submit({ email: 'a@example.org', _language: 'de' })
  t.equal(sent.json().message, 'Vielen Dank.')
})

t.test('each rendering has a token of its own', async (t) => {
  const form = await makeForm(service, 'tokens')
  const tokens = new Set<string>()
  for (let i = 0; i < 20; i++) tokens.add((await form.render()).timing_token)
  t.equal(tokens.size, 20)
})

t.test('a form takes submissions while it is published, and says when it does not', async (t) => {
  const form = await makeForm(service, 'window', {
    publish_from: '2025-03-04T13:00:00+01:00',
    publish_until: '2025-03-04T12:00:10Z',
  })
  const at = async (seconds: number) => {
    service.setNow(later(seconds))
    const answer = await form.submit({ email: `p${seconds}@example.org` })
    const { availability } = await form.render()
    return [answer.statusCode, answer.json().code, answer.json().availability, availability]
  }
  t.same(await at(-1), [403, 'form_closed', 'not_yet_open', 'not_yet_open'])
  t.same(await at(0), [202, undefined, undefined, 'open'])
  t.same(await at(9), [202, undefined, undefined, 'open'])
  t.same(await at(10), [403, 'form_closed', 'closed', 'closed'])
})

t.test('a disabled form refuses whatever way it is addressed, and its submissions stay readable', async (t) => {
  const form = await makeForm(service, 'retired')
  const { id } = await form.process({ email: 'a@example.org' })
  await service.call(
    'PUT',
    '/v1/forms/retired',
    { title: 'A form', fields: PERSON_FIELDS, status: 'disabled' },
    { headers: { 'if-match': '"v1"' } },
  )
  const kinds: [contentType: string, payload: string][] = [
    ['application/json', '{"email":"b@example.org"}'],
    ['text/plain', '{"email":"b@example.org"}'],
    ['application/x-www-form-urlencoded', 'email=b%40example.org'],
    [
      'multipart/form-data; boundary=x',
      '--x\r\nContent-Disposition: form-data; name="email"\r\n\r\nb@example.org\r\n--x--\r\n',
    ],
  ]
  for (const address of [form.publicKey, 'retired']) {
    for (const [contentType, payload] of kinds) {
      const answer = await service.app.inject({
        method: 'POST',
        url: `/v1/public/forms/${address}/submissions`,
        headers: { 'content-type': contentType, authorization: `Bearer ${service.key}` },
        payload,
      })
      t.equal(answer.statusCode, 403, `${address} ${contentType}`)
      t.equal(answer.json().code, 'form_closed')
    }
  }
  t.equal((await service.call('GET', `/v1/form-submissions/${id}`)).statusCode, 200)
  t.equal((await service.call('GET', '/v1/form-submissions?form_key=retired')).json().data.length, 1)
})

t.test('only listed pages may use a form, and only they are answered for browsers', async (t) => {
  const form = await makeForm(service, 'cors', { allowed_origins: ['https://shop.test', 'https://www.shop.test:8443'] })
  const url = `/v1/public/forms/${form.publicKey}`
  const inject = (method: 'GET' | 'POST' | 'OPTIONS', origin: string | undefined, path = '/submissions') =>
    service.app.inject({
      method,
      url: path === '' ? url : url + path,
      headers: {
        ...(origin !== undefined && { origin }),
        ...(method === 'OPTIONS' && { 'access-control-request-method': 'POST' }),
      },
      ...(method === 'POST' && { payload: { email: `p${Math.random()}@example.org` } }),
    })
  for (const origin of ['https://shop.test', 'https://www.shop.test:8443']) {
    const preflight = await inject('OPTIONS', origin)
    t.equal(preflight.statusCode, 204)
    t.match(preflight.headers, {
      'access-control-allow-origin': origin,
      'access-control-allow-methods': 'GET, POST',
      'access-control-allow-headers': /Content-Type/,
      'access-control-max-age': '600',
      vary: /Origin/,
    })
    const sent = await inject('POST', origin)
    t.equal(sent.statusCode, 202)
    t.equal(sent.headers['access-control-allow-origin'], origin)
    t.match(sent.headers['access-control-expose-headers'], /Retry-After/)
    t.equal(sent.headers['access-control-allow-credentials'], undefined)
    t.equal((await inject('GET', origin, '')).headers['access-control-allow-origin'], origin)
  }
  const others = [
    'https://evil.test',
    'http://shop.test',
    'https://shop.test:8443',
    'https://shop.test.evil.test',
    'null',
    'https://SHOP.test',
  ]
  for (const origin of others) {
    t.equal((await inject('OPTIONS', origin)).headers['access-control-allow-origin'], undefined, origin)
    const sent = await inject('POST', origin)
    t.equal(sent.statusCode, 403, origin)
    t.equal(sent.json().code, 'origin_not_allowed')
    t.equal(sent.headers['access-control-allow-origin'], undefined)
    t.equal((await inject('GET', origin, '')).statusCode, 403)
  }
  t.equal((await inject('POST', undefined)).statusCode, 202, 'a call without Origin is not from another page')

  const open = await makeForm(service, 'cors_open')
  const anywhere = await service.app.inject({
    method: 'POST',
    url: `/v1/public/forms/${open.publicKey}/submissions`,
    headers: { origin: 'https://any.test' },
    payload: {},
  })
  t.equal(anywhere.headers['access-control-allow-origin'], 'https://any.test', 'the origin itself, never *')
  const faulty = await service.app.inject({
    method: 'POST',
    url: `/v1/public/forms/${open.publicKey}/submissions`,
    headers: { origin: 'https://any.test', 'content-type': 'application/json' },
    payload: '{',
  })
  t.equal(faulty.statusCode, 400)
  t.equal(faulty.headers['access-control-allow-origin'], 'https://any.test', 'a page can read problems too')
  const secret = await service.app.inject({ url: '/v1/forms', headers: { origin: 'https://any.test' } })
  t.equal(secret.headers['access-control-allow-origin'], undefined, 'routes with a secret key are for no browser')
})

t.test('a visitor is sent on only to addresses that the owner has listed', async (t) => {
  const form = await makeForm(service, 'redirects', {
    success_url: 'https://shop.test/thanks',
    allowed_redirects: ['https://shop.test/other?x=1'],
  })
  const go = async (redirect: unknown) => {
    const answer = await form.submit({
      email: `p${Math.random()}@example.org`,
      ...(redirect !== null && { _redirect: redirect }),
    })
    return answer.statusCode === 202 ? answer.json().redirect_url : answer.json().errors[0].pointer
  }
  t.equal(await go(null), 'https://shop.test/thanks')
  t.equal(await go(['https://shop.test/other?x=1', 'https://shop.test/other?x=1']), 'https://shop.test/other?x=1')
  t.equal(await go(''), 'https://shop.test/thanks')
  t.equal(await go('https://shop.test/other?x=1'), 'https://shop.test/other?x=1')
  const refused = [
    'https://evil.test/',
    '//evil.test',
    '/other',
    'https://shop.test/other',
    'https://shop.test/thanks#x',
    'javascript:alert(1)',
    'https://shop.test/other?x=1\r\nSet-Cookie: a=b',
  ]
  for (const url of refused) t.equal(await go(url), '/_redirect', url)
})

t.test('a dry run tells what would become of a submission, and writes nothing', async (t) => {
  const form = await makeForm(service, 'dry', {
    ...TWO_TONGUES,
    fields: [
      ...TWO_TONGUES.fields,
      { name: 'phone', type: 'phone', maps_to: 'phone' },
      { name: 'cv', type: 'file', required: true },
    ],
    default_country: 'DE',
  })
  const before = await counts()
  const run = async (body: object) => (await service.call('POST', '/v1/forms/dry/dry-runs', body)).json()

  const fresh = await run({
    fields: {
      email: ' Ada@Example.ORG ',
      phone: '030 123456',
      'consent.news': 'on',
      utm_source: 'News Letter',
      _language: 'de',
    },
  })
  t.match(fresh, {
    would_be: 'processed',
    form_version: 1,
    faults: [],
    spam: { verdict: 'clean', score: 0 },
    lead: { outcome: 'created', lead_id: null, values: { email: 'Ada@example.org', phone: '+4930123456' } },
    consents: [{ consent_key: 'news', purpose: 'marketing', channel: 'email', locale: 'de' }],
    source_key: 'news_letter',
  })
  t.match(await run({ fields: { email: 'nonsense' } }), {
    would_be: 'refused',
    faults: [{ pointer: '/fields/email' }],
    spam: null,
    lead: null,
  })
  t.match(await run({ fields: { email: 'bot@example.org', _hp: '1' } }), {
    would_be: 'quarantined',
    spam: { reasons: [{ code: 'honeypot_filled' }] },
    lead: { outcome: 'created' },
  })
  t.match(await run({ fields: { email: 'x@example.org' }, version: 99 }), { status: 404 })
  t.match(
    await run({
      fields: { mail: 'x@example.org' },
      definition: { title: 'Draft', fields: [{ name: 'mail', type: 'email' }] },
    }),
    { would_be: 'failed', form_version: null },
  )
  const faulty = await run({ fields: {}, definition: { title: 'Draft', fields: [{ name: 'a', type: 'select' }] } })
  t.match(faulty, { status: 400, errors: [{ pointer: '/definition/fields/0/options' }] })
  t.same(await counts(), before, 'nothing was written')

  const other = await makeForm(service, 'dry_real', {
    ...TWO_TONGUES,
    fields: [...TWO_TONGUES.fields, { name: 'phone', type: 'phone', maps_to: 'phone' }],
  })
  const real = await other.process({ email: 'ada@example.org', phone: '+4930123456' })
  const known = await run({ fields: { email: 'ADA@example.org', phone: '+4930999999', topic: 'demo' } })
  t.match(known, {
    would_be: 'processed',
    lead: {
      outcome: 'updated',
      lead_id: real.lead_id,
      rule: 'email',
      changed_fields: /phone/,
      previous: { phone: '+4930123456' },
    },
  })
  t.ok(form)
  const key = await service.makeKey('restricted', { scopes: ['forms:read', 'forms:write'] })
  const denied = await service.call(
    'POST',
    '/v1/forms/dry/dry-runs',
    { fields: {} },
    { headers: { authorization: `Bearer ${key}` } },
  )
  t.equal(denied.statusCode, 403, 'it tells about leads, so it needs the right to read them')
})

async function counts(): Promise<Record<string, number>> {
  const tables = [
    'form_submissions',
    'leads',
    'identities',
    'consents',
    'changes',
    'receipts',
    'activities',
    'used_tokens',
  ]
  const rows = await Promise.all(
    tables.map((table) => service.ctx.db.query<{ n: number }>(`SELECT count(*)::int AS n FROM ${table}`)),
  )
  return Object.fromEntries(tables.map((table, i) => [table, rows[i]?.[0]?.n ?? -1]))
}

const choice = (...values: string[]) => ({
  name: 'a',
  type: 'select',
  options: values.map((value) => ({ value, label: value })),
})
const points = (field: string) => ({ field, value: 'x', points: 1 })
const words = (key: string) => ({ key, text: 'Ja.' })
const consent = (key: string) => ({ key, purpose: 'marketing', channel: 'email', text: 'Yes.' })

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex')
