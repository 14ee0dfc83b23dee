/** The hosted page of a form: an ordinary page with an ordinary form, safe whatever it is given, in the visitor's language. */
import { createHash } from 'node:crypto'
import type { LightMyRequestResponse } from 'fastify'
import pg from 'pg'
import t from 'tap'
import { testService } from '../helpers/service.ts'

const HTML = { accept: 'text/html,application/xhtml+xml' }
const FORM = { ...HTML, 'content-type': 'application/x-www-form-urlencoded' }

const PROJECT = {
  title: 'Your project',
  fields: [
    { name: 'full_name', type: 'text', label: 'Name', required: true, maps_to: 'full_name' },
    { name: 'email', type: 'email', label: 'E-mail', required: true, maps_to: 'email', help: 'We answer here.' },
    { name: 'budget', type: 'number', label: 'Budget' },
    { name: 'topic', type: 'select', label: 'Topic', options: [{ value: 'web', label: 'Website' }] },
    {
      name: 'tools',
      type: 'multi_select',
      label: 'Tools',
      options: [
        { value: 'crm', label: 'CRM' },
        { value: 'sheet', label: 'Sheet' },
      ],
    },
    { name: 'message', type: 'textarea', label: 'Message', max_length: 20 },
    { name: 'brief', type: 'file', label: 'Brief', accept: ['.pdf'] },
    { name: 'plan', type: 'hidden' },
  ],
  consents: [{ key: 'terms', purpose: 'service', channel: 'any', text: 'I have read the terms.', required: true }],
  success_message: 'Thank you.',
  locales: [
    {
      locale: 'de',
      title: 'Ihr Vorhaben',
      submit_label: 'Anfragen',
      success_message: 'Vielen Dank.',
      fields: [
        { name: 'full_name', label: 'Ihr Name' },
        { name: 'email', label: 'E-Mail' },
      ],
      consents: [{ key: 'terms', text: 'Ich habe die Bedingungen gelesen.' }],
    },
  ],
}

const service = await testService(t)

async function makeForm(key: string, more: object = {}): Promise<{ submit_path: string }> {
  const answer = await service.call('PUT', `/v1/forms/${key}`, { ...PROJECT, ...more })
  if (answer.statusCode !== 201) throw new Error(answer.body)
  return answer.json()
}

const open = (url: string, headers: Record<string, string> = {}) =>
  service.app.inject({ url, headers: { ...HTML, ...headers } })

const { submit_path } = await makeForm('project')

const submissionsOf = async (key: string): Promise<{ files: unknown[] }[]> =>
  (await service.call('GET', `/v1/form-submissions?form_key=${key}`)).json().data

/** Sends a form as a browser without scripts does. */
const send = (url: string, fields: [string, string][], headers: Record<string, string> = {}) =>
  service.app.inject({
    method: 'POST',
    url,
    headers: { ...FORM, ...headers },
    payload: new URLSearchParams(fields).toString(),
  })

const policyOf = (answer: LightMyRequestResponse) => String(answer.headers['content-security-policy'])
const hashOf = (text: string) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`

t.test('the demo form of a new installation has a page', async (t) => {
  const page = await open('/f/demo')
  t.equal(page.statusCode, 200)
  t.equal(page.headers['content-type'], 'text/html; charset=utf-8')
  t.match(page.body, '<h1>Contact us</h1>')
  t.equal(page.headers['set-cookie'], undefined, 'no cookies')
  t.equal(page.headers['cache-control'], 'no-store', 'its token is good once')
})

t.test('every field has a label, its kind of input, and what browsers fill in', async (t) => {
  const { body } = await open('/f/project')
  t.match(body, '<html lang="en" dir="ltr">')
  t.match(body, `method="post" action="${submit_path}" enctype="multipart/form-data" novalidate>`)
  t.match(body, '<label for="f-full_name">Name<span class="mark" aria-hidden="true">\u00a0*</span></label>')
  t.match(body, /<input type="text" autocomplete="name" value="" id="f-full_name" name="full_name" required>/)
  t.match(body, /<input type="email" [^>]*id="f-email" name="email" required aria-describedby="f-email-help">/)
  t.match(body, '<p class="hint" id="f-email-help">We answer here.</p>')
  t.match(body, /<input type="number" step="any" [^>]*name="budget">/)
  t.match(
    body,
    /<select id="f-topic" name="topic"><option value="" selected>Please choose<\/option><option value="web">/,
  )
  t.match(body, '<fieldset class="field">\n<legend>Tools</legend>')
  t.match(body, /<input type="file" accept=".pdf" id="f-brief" name="brief">/)
  t.match(body, '<input type="hidden" name="plan" value="">')
  t.match(body, /<input type="checkbox" id="f-consent.terms" name="consent.terms" value="[0-9a-f]{64}" required>/)
  for (const [, id] of body.matchAll(/<label for="([^"]+)"/g)) t.ok(body.includes(`id="${id}"`), `${id} has its input`)
})

t.test('nothing on the page runs, loads or may be framed beyond what the form needs', async (t) => {
  await makeForm('strict', {
    allowed_origins: ['https://shop.test'],
    success_url: 'https://shop.test/thanks',
    allowed_redirects: ['https://other.test/a', 'https://other.test/b'],
    theme: { '--lw-accent': '#0b5fff' },
  })
  const page = await open('/f/strict')
  const [, style = ''] = /<style>([\s\S]*?)<\/style>/.exec(page.body) ?? []
  t.match(style, ':root{--lw-accent:#0b5fff;}')
  t.equal(
    policyOf(page),
    `default-src 'none'; style-src ${hashOf(style)}; img-src data:; ` +
      `form-action 'self' https://shop.test https://other.test; base-uri 'none'; frame-ancestors 'self' https://shop.test`,
  )
  t.notMatch(page.body, /<script|\son[a-z]+=|\sstyle=/i, 'no script, no handler, no inline style')
  t.match(policyOf(await open('/f/demo')), /frame-ancestors \*$/, 'a form that is open to every page')
})

t.test('a form with a proof of work has one script, which the policy names by its hash', async (t) => {
  await makeForm('proof', { spam: { challenge: 'proof_of_work', proof_of_work_bits: 12 } })
  const page = await open('/f/proof')
  const scripts = [...page.body.matchAll(/<script>([\s\S]*?)<\/script>/g)].map(([, text]) => text ?? '')
  t.equal(scripts.length, 1)
  t.match(policyOf(page), `script-src ${hashOf(scripts[0] ?? '')};`)
  t.match(page.body, 'data-bits="12"')
  t.match(page.body, '<noscript><p class="alert">Please turn on JavaScript')
})

t.test('only a form with a widget of another service loads something', async (t) => {
  await makeForm('widget', {
    spam: { challenge: 'turnstile', challenge_site_key: '1x00"><b>' },
    challenge_secret: 'secret',
  })
  const page = await open('/f/widget')
  t.match(policyOf(page), 'script-src https://challenges.cloudflare.com; frame-src https://challenges.cloudflare.com;')
  t.match(page.body, 'data-sitekey="1x00&quot;&gt;&lt;b&gt;"')
})

const EVIL = `</style><img src=x onerror=alert(1)>"'&<script>alert(2)</script>`

t.test('text of the definition cannot become markup', async (t) => {
  const option = { value: EVIL, label: EVIL }
  const evil = await makeForm('evil', {
    title: EVIL,
    submit_label: EVIL,
    success_message: EVIL,
    messages: { required_note: EVIL, required: EVIL, fault_title: EVIL, choose: EVIL },
    fields: [
      { name: 'a', type: 'text', label: EVIL, help: EVIL, placeholder: EVIL, required: true },
      { name: 'b', type: 'select', label: EVIL, options: [option] },
      { name: 'c', type: 'multi_select', label: EVIL, options: [option] },
      { name: 'd', type: 'boolean', label: EVIL },
      { name: 'e', type: 'textarea', label: EVIL, placeholder: EVIL },
    ],
    consents: [{ key: 'k', purpose: 'p', channel: 'email', text: EVIL }],
    locales: [],
  })
  for (const page of [await open('/f/evil'), await open('/f/evil?submitted=1'), await send(evil.submit_path, [])]) {
    t.notMatch(page.body, /<img|<script|onerror=alert\(1\)>"/)
    t.match(page.body, '&lt;script&gt;alert(2)&lt;/script&gt;')
  }
})

t.test('a theme cannot leave its style sheet', async (t) => {
  const themes = [
    { '--lw-accent': EVIL },
    { '--lw-accent': 'red;}*{}' },
    { '--lw-font': 'url(//x.test)' },
    { [EVIL]: 'red' },
  ]
  for (const theme of themes) {
    t.equal((await service.call('PUT', '/v1/forms/themed', { ...PROJECT, theme })).statusCode, 400)
  }
})

t.test('text of visitors and of addresses cannot become markup', async (t) => {
  const names = [
    'full_name',
    'email',
    'budget',
    'topic',
    'tools',
    'message',
    'plan',
    'utm_source',
    '_page_url',
    'unknown"><b>',
  ]
  const fields = names.map((name): [string, string] => [name, EVIL])
  const query = new URLSearchParams(fields).toString()
  for (const page of [
    await open(`/f/project?${query}`, { referer: `https://x.test/?${EVIL}` }),
    await send(submit_path, fields),
  ]) {
    t.notMatch(page.body, /<img|<script|<b>/)
    t.match(page.body, '&lt;script&gt;alert(2)&lt;/script&gt;')
    t.match(page.body, /<input type="text" step="any" value="&lt;\/style&gt;/, 'a number that is none is kept as text')
  }
})

t.test('an invalid native post shows the form again, as it was filled in, in its language', async (t) => {
  const page = await send(submit_path, [
    ['full_name', 'Ada'],
    ['email', 'nein'],
    ['tools', 'sheet'],
    ['topic', 'web'],
    ['message', 'This is longer than twenty characters.'],
    ['utm_source', 'fair'],
    ['page', 'one'],
    ['page', 'two'],
    ['_page_url', 'https://shop.test/contact'],
    ['_language', 'de'],
    ['_token', 'old'],
  ])
  t.equal(page.statusCode, 400)
  t.equal(page.headers['content-language'], 'de')
  t.match(page.body, '<title>Bitte prüfen Sie Ihre Angaben – Ihr Vorhaben</title>')
  t.match(page.body, '<div class="alert" role="alert" tabindex="-1" autofocus>', 'the summary takes the focus')
  t.match(page.body, '<a href="#f-email">E-Mail – Bitte geben Sie eine E-Mail-Adresse ein')
  t.match(page.body, '<p class="fault" id="f-message-fault">Bitte höchstens 20 Zeichen.</p>')
  t.match(page.body, 'aria-describedby="f-email-help f-email-fault" aria-invalid="true"')
  t.match(page.body, '<p class="fault" id="f-consent.terms-fault">Bitte setzen Sie hier ein Häkchen')
  t.match(page.body, 'value="nein" id="f-email"')
  t.match(page.body, '<option value="web" selected>')
  t.match(page.body, '<input type="checkbox" name="tools" value="sheet" checked>')
  t.match(page.body, 'name="message" aria-describedby="f-message-fault" aria-invalid="true">\nThis is longer')
  for (const [name, value] of [
    ['utm_source', 'fair'],
    ['page', 'one'],
    ['page', 'two'],
    ['_page_url', 'https://shop.test/contact'],
    ['_language', 'de'],
  ]) {
    t.ok(page.body.includes(`<input type="hidden" name="${name}" value="${value}">`), `${name} travels along`)
  }
  t.notMatch(page.body, 'name="_token" value="old"', 'a fresh token')
  t.same(await submissionsOf('project'), [], 'nothing is stored yet')
})

t.test('a good native post ends at the word of thanks, in the language of the form', async (t) => {
  const answer = await send(submit_path, [
    ['full_name', 'Ada'],
    ['email', 'ada@example.org'],
    ['consent.terms', 'true'],
    ['_language', 'de'],
  ])
  t.equal(answer.statusCode, 303)
  const thanks = await open(String(answer.headers['location']))
  t.equal(thanks.statusCode, 200)
  t.match(thanks.body, '<html lang="de"')
  t.match(thanks.body, '>Vielen Dank.</p>')
  t.notMatch(thanks.body, '<form')
})

t.test('campaign, referrer, landing page and what a link fills in travel with the form', async (t) => {
  const query = 'utm_source=news&gclid=abc&email=ada@example.org&tools=crm&plan=pro&_visitor_id=v1&brief=x&other=1'
  const page = await open(`/f/project?${query}`, { referer: 'https://search.test/', host: 'forms.test' })
  const hidden = Object.fromEntries(
    [...page.body.matchAll(/<input type="hidden" name="([^"]+)" value="([^"]*)">/g)].map(([, name, value]) => [
      name,
      value,
    ]),
  )
  const address = `http://forms.test/f/project?${query}`.replaceAll('&', '&amp;')
  t.match(hidden, { utm_source: 'news', gclid: 'abc', plan: 'pro', _visitor_id: 'v1', _language: 'en' })
  t.match(hidden, { _page_url: address, _landing_page: address, _referrer: 'https://search.test/' })
  t.notOk('other' in hidden)
  t.match(page.body, 'value="ada@example.org" id="f-email"')
  t.match(page.body, 'name="tools" value="crm" checked>')
})

t.test('the trap for programs is out of sight and out of reach, yet shown to programs', async (t) => {
  await makeForm('trap', { spam: { honeypot_field: 'company_fax' } })
  const { body } = await open('/f/trap')
  t.match(
    body,
    /<label class="trap" aria-hidden="true">[^<]+<input name="company_fax" tabindex="-1" autocomplete="off"><\/label>/,
  )
})

t.test('the language is the one that the address asks for, else the one that the visitor reads', async (t) => {
  const titleOf = async (url: string, language: string) =>
    /<h1>(.*)<\/h1>/.exec((await open(url, { 'accept-language': language })).body)?.[1]
  t.equal(await titleOf('/f/project', 'de-AT,en;q=0.5'), 'Ihr Vorhaben')
  t.equal(await titleOf('/f/project', 'ja'), 'Your project')
  t.equal(await titleOf('/f/project?locale=de', 'en'), 'Ihr Vorhaben')
  t.equal(await titleOf('/f/project?locale=%22%3E&locale=de', 'en'), 'Ihr Vorhaben')
  t.equal(await titleOf('/f/nothing', 'fr-CH'), 'Il n’y a pas de formulaire à cette adresse.')
})

t.test('a form that is closed says so, on its page and to a late post', async (t) => {
  const closed = await makeForm('closed', { status: 'disabled' })
  const page = await open('/f/closed')
  t.match(page.body, 'This form is not open at the moment.')
  t.notMatch(page.body, '<form')
  const late = await send(closed.submit_path, [['full_name', 'Ada']])
  t.equal(late.statusCode, 403)
  t.match(late.body, 'This form is not open at the moment.')
})

t.test('a form for some websites only still works on its own page, and tells visitors of others', async (t) => {
  const some = await makeForm('some', { allowed_origins: ['https://shop.test'] })
  const good: [string, string][] = [
    ['full_name', 'Ada'],
    ['email', 'ada@example.org'],
    ['consent.terms', 'true'],
  ]
  const own = await send(some.submit_path, good, { host: 'forms.test', origin: 'https://forms.test' })
  t.equal(own.statusCode, 303)
  const behindProxy = { host: 'internal:1', origin: 'https://forms.test', 'sec-fetch-site': 'same-origin' }
  t.equal((await send(some.submit_path, good, behindProxy)).statusCode, 303)
  const other = await send(some.submit_path, good, { host: 'forms.test', origin: 'https://evil.test' })
  t.equal(other.statusCode, 403)
  t.match(other.body, 'This form cannot be used here.')
})

t.test('a file comes along in a native multipart form, and must be chosen again after a fault', async (t) => {
  const post = async (email: string) => {
    const form = new FormData()
    form.append('full_name', 'Ada')
    form.append('email', email)
    form.append('consent.terms', 'true')
    form.append('brief', new Blob(['%PDF-1.7 a brief'], { type: 'application/pdf' }), 'brief.pdf')
    const body = new Response(form)
    const type = body.headers.get('content-type') ?? ''
    const payload = Buffer.from(await body.arrayBuffer())
    return await service.app.inject({
      method: 'POST',
      url: submit_path,
      headers: { ...HTML, 'content-type': type },
      payload,
    })
  }
  const again = await post('nope')
  t.equal(again.statusCode, 400)
  t.match(again.body, '<p class="fault" id="f-brief-fault">Please choose your file again.</p>')
  t.equal((await post('ada@example.org')).statusCode, 303)
  t.match(await submissionsOf('project'), [{ files: [{ file_name: 'brief.pdf', size_bytes: 16 }] }])
})

t.test('a browser is never shown a problem document', async (t) => {
  const large = await send(submit_path, [['message', 'x'.repeat(5_000_000)]])
  t.equal(large.statusCode, 413)
  t.match(large.body, '<h1>That was too much to send at once.')
  const strange = await open('/f/%3Cb%3E?locale=en-%0d%0aX:%20y&locale=constructor')
  t.equal(strange.statusCode, 404)
  t.match(strange.body, '<h1>There is no form at this address.</h1>')
  const program = await service.app.inject({ method: 'POST', url: submit_path, payload: { email: 'nope' } })
  t.match(program.json(), { code: 'validation_failed' }, 'a program is')
})

t.test('whatever goes wrong, the visitor keeps what was typed', async (t) => {
  const owner = new pg.Client(service.ctx.db.pool.options.connectionString)
  await owner.connect()
  t.teardown(() => owner.end())
  await owner.query('ALTER TABLE form_submissions RENAME TO gone')
  const page = await send(submit_path, [
    ['full_name', 'Ada Lovelace'],
    ['email', 'ada@example.org'],
    ['consent.terms', 'true'],
  ])
  t.equal(page.statusCode, 500)
  t.match(page.body, '<h2>We could not receive this just now. Nothing you typed is lost')
  t.match(page.body, 'value="Ada Lovelace"')
  const unknown = await send('/v1/public/forms/nothing/submissions', [['full_name', 'Ada']], {
    'accept-language': 'de',
  })
  t.equal(unknown.statusCode, 404)
  t.match(unknown.body, 'Unter dieser Adresse gibt es kein Formular.')
})
