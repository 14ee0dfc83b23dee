import { createHmac, generateKeyPairSync, sign } from 'node:crypto'
import t, { type Test } from 'tap'
import { readInWorkspace, withWorkspace } from '../../src/db/client.ts'
import { readBounceAddress, refKeysOf } from '../../src/domain/mail/link-ref.ts'
import { planMessage } from '../../src/pipeline/mail/plan-message.ts'
import { sendMessages } from '../../src/pipeline/mail/send-messages.ts'
import { type MailServer, mailServer } from '../helpers/mail-server.ts'
import { type TestService, testService } from '../helpers/service.ts'

const SECOND = 1000

interface Sent {
  service: TestService
  server: MailServer
  lead: { id: string }
  /** Plans and sends another marketing mail to the lead; its state afterwards. */
  again(): Promise<{ state: string; reason: string | null }>
  /** Paths of the links in the mail. */
  links: { leave: string; open: string; clicks: string[] }
  raw: string
  message: Record<string, unknown> & { id: string; rfc_message_id: string }
}

/** A marketing mail that Ada has received. */
async function received(t: Test): Promise<Sent> {
  const server = await mailServer(t)
  const service = await testService(t, { SMTP_URL: server.url })
  const { ctx, workspaceId, call } = service
  await call('PUT', '/v1/settings/senders/news', {
    name: 'Engines',
    email: 'news@engines.test',
    bounce_domain: 'bounces.engines.test',
    postal_address: '12 St James Square',
    is_default: true,
  })
  await call('PUT', '/v1/templates/hello', {
    texts: [
      {
        locale: 'en',
        subject: 'Hello',
        html: '<p><a href="https://shop.test/a">A</a> <a href="https://shop.test/b?x=1&amp;y=2">B</a> <a href="https://shop.test/c">C</a></p>',
      },
    ],
  })
  const lead = (await call('POST', '/v1/leads', { email: 'ada@example.org' })).json()
  await call('POST', `/v1/leads/${lead.id}/consents`, { purpose: 'marketing', channel: 'email', action: 'granted' })
  const [row] = await readInWorkspace<{ id: string }>(
    ctx.db,
    workspaceId,
    { name: 'test_lead_ids', text: 'SELECT id FROM leads WHERE workspace_id = $1' },
    [workspaceId],
  )
  let count = 0
  const again: Sent['again'] = async () => {
    const plan = {
      key: `k${count++}`,
      kind: 'marketing' as const,
      purpose: 'marketing',
      lead_id: row?.id ?? '',
      template_key: 'hello',
      actor: 'system',
    }
    await withWorkspace(ctx.db, workspaceId, (tx) => planMessage(tx, plan, ctx.now()))
    await sendMessages(ctx, workspaceId)
    return (await call('GET', '/v1/messages')).json().data[0]
  }
  t.match(await again(), { state: 'sent' })
  const raw = server.received[0]?.raw ?? ''
  const flat = raw.replace(/=\r\n/g, '').replaceAll('=3D', '=')
  const all = (pattern: RegExp) => [...new Set([...flat.matchAll(pattern)].map(([, path = '']) => path))]
  const links = {
    leave: all(/(\/u\/[\w-]+)/g)[0] ?? '',
    open: all(/(\/o\/[\w-]+\.gif)/g)[0] ?? '',
    clicks: all(/(\/c\/[\w-]+)/g),
  }
  return { service, server, lead, again, links, raw, message: (await call('GET', '/v1/messages')).json().data[0] }
}

const standing = async ({ service, lead }: Sent) =>
  (await service.call('GET', `/v1/leads/${lead.id}/contact-permission?purpose=marketing&channel=email`)).json()

const form = (fields: string) => ({
  method: 'POST' as const,
  payload: fields,
  headers: { 'content-type': 'application/x-www-form-urlencoded' },
})

t.test('a thousand visits of scanners change nothing', async (t) => {
  const sent = await received(t)
  const { app, call } = sent.service
  const asked = (
    await call('POST', `/v1/leads/${sent.lead.id}/confirmations`, { purpose: 'research', wording: 'Yes.' })
  ).json()
  await sendMessages(sent.service.ctx, sent.service.workspaceId)
  const confirm = /(\/k\/[\w-]+)/.exec(sent.server.received.at(-1)?.raw.replace(/=\r\n/g, '') ?? '')?.[1] ?? ''
  t.not(confirm, '')
  const before = (await call('GET', `/v1/leads/${sent.lead.id}/consents`)).body
  for (let i = 0; i < 250; i++) {
    for (const url of [sent.links.leave, confirm, sent.links.open, sent.links.clicks[i % 3] ?? '']) {
      const { statusCode } = await app.inject({
        method: i % 5 === 0 ? 'HEAD' : 'GET',
        url,
        headers: { 'user-agent': 'curl/8' },
      })
      if (![200, 302].includes(statusCode)) t.fail(`${url} answered ${statusCode}`)
    }
  }
  t.equal((await call('GET', `/v1/leads/${sent.lead.id}/consents`)).body, before)
  t.same((await call('GET', '/v1/suppressions')).json().data, [])
  t.match((await call('GET', `/v1/confirmations/${asked.id}`)).json(), { state: 'pending' })
  t.match(await standing(sent), { allowed: true })
  const { tally } = (await call('GET', `/v1/messages/${sent.message.id}`)).json()
  t.match(tally, { opens: 0, clicks: 0, unsubscribed_at: null }, 'and count as no person')
  t.ok(tally.machine_clicks > 0)
})

t.test('one click leaves: without cookie, page or redirect, and twice is as once', async (t) => {
  const sent = await received(t)
  const { app, call } = sent.service
  const click = await app.inject({ url: sent.links.leave, ...form('List-Unsubscribe=One-Click') })
  t.equal(click.statusCode, 200)
  t.equal(click.headers['set-cookie'], undefined)
  t.match(await standing(sent), { allowed: false, reason: 'withdrawn', decided_by: { method: 'unsubscribe_link' } })
  t.match((await call('GET', '/v1/suppressions')).json().data, [
    { value: 'ada@example.org', scope: 'purpose', purpose: 'marketing', reason: 'unsubscribed' },
  ])
  const ref = sent.links.leave.slice(3)
  const multipart = {
    payload: '--b\r\ncontent-disposition: form-data; name="List-Unsubscribe"\r\n\r\nOne-Click\r\n--b--\r\n',
    headers: { 'content-type': 'multipart/form-data; boundary=b' },
  }
  const api = await app.inject({ method: 'POST', url: `/v1/public/unsubscribe/${ref}`, ...multipart })
  t.equal(api.statusCode, 204)
  t.equal((await call('GET', `/v1/leads/${sent.lead.id}/consents`)).json().data.length, 2)
  t.match(await sent.again(), { state: 'withheld', reason: 'suppressed' })
  t.equal(sent.server.received.length, 1)
  t.equal(
    (
      await app.inject({
        method: 'POST',
        url: `/v1/public/unsubscribe/${ref.replace(/^./, (a) => (a === 'A' ? 'B' : 'A'))}`,
      })
    ).statusCode,
    404,
  )
})

t.test('the page shows where somebody stands, and does what they choose', async (t) => {
  const sent = await received(t)
  const { app } = sent.service
  const german = await app.inject({ url: sent.links.leave, headers: { 'accept-language': 'de-AT' } })
  t.match(german.body, /lang="de".*Ihre E-Mail-Einstellungen/s)
  t.match(german.body, /<label><input type="checkbox" name="purpose" value="marketing" checked/)
  t.notMatch(german.body, 'ada@example.org')
  t.match(german.headers['content-security-policy'], /default-src 'none'/)
  const off = await app.inject({ url: sent.links.leave, ...form('action=save') })
  t.match(off, { statusCode: 303, headers: { location: `${sent.links.leave}?saved=1` } })
  t.match(await standing(sent), { allowed: false, decided_by: { method: 'preference_page' } })
  await app.inject({ url: sent.links.leave, ...form('action=save&purpose=marketing') })
  t.match(await standing(sent), {
    allowed: true,
    decided_by: { method: 'preference_page', wording: /News and offers/ },
  })
  t.match(await sent.again(), { state: 'sent' }, 'own suppressions are lifted')
  await app.inject({ url: sent.links.leave, ...form('action=leave_all') })
  t.match(await sent.again(), { state: 'withheld' })
  const api = await app.inject({
    method: 'PATCH',
    url: `/v1/public/preferences/${sent.links.leave.slice(3)}`,
    payload: { purposes: [{ key: 'nope', subscribed: true }] },
  })
  t.equal(api.statusCode, 400)
})

t.test('opting out while the mail waits at the border of the hand-over: who commits first wins', async (t) => {
  for (let i = 0; i < 8; i++) {
    const sent = await received(t)
    const [state] = await Promise.all([
      sent.again(),
      sent.service.app.inject({ url: sent.links.leave, ...form('List-Unsubscribe=One-Click') }),
    ])
    const [last] = (await sent.service.call('GET', '/v1/messages')).json().data
    const left = (await standing(sent)).decided_by.recorded_at
    if (last.state === 'sent')
      t.ok(last.handed_at <= left || Math.abs(Date.parse(last.handed_at) - Date.parse(left)) < SECOND)
    else t.match(state, { state: 'withheld' })
    t.equal(sent.server.received.length, last.state === 'sent' ? 2 : 1)
  }
})

t.test('a consent is confirmed by the button, not by the link, and only for a while', async (t) => {
  const sent = await received(t)
  const { app, call, ctx, workspaceId, setNow } = sent.service
  const wish = { purpose: 'research', wording: 'Yes, ask me <things>.', locale: 'fr' }
  const asked = (await call('POST', `/v1/leads/${sent.lead.id}/confirmations`, wish)).json()
  await sendMessages(ctx, workspaceId)
  const raw = sent.server.received.at(-1)?.raw.replace(/=\r\n/g, '') ?? ''
  t.notMatch(raw, /List-Unsubscribe/, 'it is no mailing')
  const path = /(\/k\/[\w-]+)/.exec(raw)?.[1] ?? ''
  const page = await app.inject({ url: path })
  t.match(page.body, /lang="fr".*Je confirme/s)
  t.match(page.body, 'Yes, ask me &lt;things&gt;.')
  t.match((await call('GET', `/v1/confirmations/${asked.id}`)).json(), { state: 'pending' })
  t.equal((await app.inject({ url: path, ...form('action=confirm') })).statusCode, 200)
  t.match((await call('GET', `/v1/confirmations/${asked.id}`)).json(), { state: 'confirmed' })
  const consents = (await call('GET', `/v1/leads/${sent.lead.id}/consents`)).json().data
  t.match(consents.at(-1), { purpose: 'research', action: 'granted', method: 'double_opt_in', wording: wish.wording })
  const late = (await call('POST', `/v1/leads/${sent.lead.id}/confirmations`, { ...wish, valid_days: 1 })).json()
  await sendMessages(ctx, workspaceId)
  const second = /(\/k\/[\w-]+)/.exec(sent.server.received.at(-1)?.raw.replace(/=\r\n/g, '') ?? '')?.[1] ?? ''
  setNow(new Date(Date.now() + 3 * 86_400_000))
  t.equal((await app.inject({ url: second, ...form('action=confirm') })).statusCode, 422)
  t.match((await call('GET', `/v1/confirmations/${late.id}`)).json(), { state: 'expired' })
})

t.test('a click leads where the mail said and nowhere else, and a person counts', async (t) => {
  const sent = await received(t)
  const { app, call, setNow } = sent.service
  setNow(new Date(Date.now() + 600_000))
  const browser = { 'user-agent': 'Mozilla/5.0 (X11; Linux x86_64; rv:130.0) Gecko/20100101 Firefox/130.0' }
  const [first = ''] = sent.links.clicks
  t.match(await app.inject({ url: first, headers: browser }), {
    statusCode: 302,
    headers: { location: 'https://shop.test/a' },
  })
  t.match(await app.inject({ url: `${first}?url=https://evil.test`, headers: browser }), {
    headers: { location: 'https://shop.test/a' },
  })
  t.match((await app.inject({ url: sent.links.clicks[1] ?? '', headers: browser })).headers, {
    location: 'https://shop.test/b?x=1&y=2',
  })
  for (const url of [`/c/${sent.links.leave.slice(3)}`, '/c/x', `${first.slice(0, -2)}xx`]) {
    t.match(await app.inject({ url, headers: browser }), { statusCode: 404, headers: { location: undefined } })
  }
  await app.inject({ url: sent.links.open, headers: { 'user-agent': 'Mozilla/5.0 (via ggpht.com GoogleImageProxy)' } })
  t.match((await call('GET', `/v1/messages/${sent.message.id}`)).json().tally, {
    clicks: 2,
    opens: 1,
    machine_clicks: 0,
    machine_opens: 0,
  })
  t.match((await call('GET', '/v1/changes?types=message.clicked')).json().data, [{ type: 'message.clicked' }, {}])
  t.match((await call('GET', `/v1/messages/${sent.message.id}/events`)).json().data, [
    { type: 'clicked', url: 'https://shop.test/a', machine_percent: 0 },
    {},
    { type: 'opened' },
  ])
})

t.test('a gateway that looks first does not hide the person who looks in the same minute', async (t) => {
  const sent = await received(t)
  const { app, call, setNow } = sent.service
  // The beginning of a minute, so that all of it is within one.
  setNow(new Date(Math.ceil(Date.now() / 60_000) * 60_000 + 600_000))
  const [link = ''] = sent.links.clicks
  const person = 'Mozilla/5.0 (X11; Linux x86_64; rv:130.0) Gecko/20100101 Firefox/130.0'
  for (const agent of ['curl/8', person, 'curl/8', person]) {
    for (const url of [sent.links.open, link]) await app.inject({ url, headers: { 'user-agent': agent } })
  }
  t.match((await call('GET', `/v1/messages/${sent.message.id}`)).json().tally, {
    opens: 1,
    clicks: 1,
    machine_opens: 1,
    machine_clicks: 1,
  })
})

t.test('a mail to a former address lets its holder leave, and not agree to mail to the new one', async (t) => {
  const sent = await received(t)
  const { app, call } = sent.service
  await call('PATCH', `/v1/leads/${sent.lead.id}`, { email: 'new@example.org' })
  await app.inject({ url: sent.links.leave, ...form('action=save') })
  t.match(await standing(sent), { allowed: false })
  await app.inject({ url: sent.links.leave, ...form('action=save&purpose=marketing') })
  t.match(await standing(sent), { allowed: false })
})

t.test('a suppression that an import names twice is new once', async (t) => {
  const { call } = await testService(t)
  const items = ['a@example.org', 'A@Example.org', 'b@example.org'].map((value) => ({ value }))
  const { results } = (await call('POST', '/v1/suppressions/batch/create', { items })).json()
  t.same(
    results.map(({ outcome }: { outcome: string }) => outcome),
    ['created', 'unchanged', 'created'],
  )
  const log = (await call('GET', '/v1/audit-log?limit=200')).json().data
  t.equal(log.filter(({ action }: { action: string }) => action === 'suppression.created').length, 2)
})

const report = (to: string, messageId: string, action = 'failed', status = '5.1.1') =>
  [
    'From: MAILER-DAEMON@mx.test',
    `To: ${to}`,
    'Subject: Undelivered',
    'MIME-Version: 1.0',
    'Content-Type: multipart/report; report-type=delivery-status; boundary=B',
    '',
    '--B',
    'Content-Type: text/plain',
    '',
    'It did not arrive <script>alert(1)</script>.',
    '--B',
    'Content-Type: message/delivery-status',
    '',
    'Reporting-MTA: dns; mx.test',
    '',
    'Final-Recipient: rfc822; ada@example.org',
    `Action: ${action}`,
    `Status: ${status}`,
    'Diagnostic-Code: smtp; 550 5.1.1 no such user',
    '',
    '--B',
    'Content-Type: text/rfc822-headers',
    '',
    `Message-ID: ${messageId}`,
    'Subject: Hello',
    '',
    '--B--',
    '',
  ].join('\r\n')

t.test('a bounce is believed when address and Message-ID agree, and only a permanent one', async (t) => {
  const sent = await received(t)
  const { call, ctx, workspaceId, app, makeWorkspace } = sent.service
  const from = sent.server.received[0]?.from ?? ''
  t.not(readBounceAddress(refKeysOf(ctx.secret), workspaceId, from), undefined, 'the envelope carries a sealed address')
  const { inbound_url } = (await call('GET', '/v1/mail-status')).json()
  const path = new URL(inbound_url).pathname
  const post = async (raw: string, url = path) => (await app.inject({ method: 'POST', url, payload: { raw } })).json()
  const id = sent.message.rfc_message_id
  t.match(await post(report('bounce+forged@bounces.engines.test', id)), { outcome: 'ignored' }, 'no sealed address')
  t.match(await post(report(from, '<other@engines.test>')), { outcome: 'ignored' }, 'another Message-ID')
  t.match(await post(report(from, id, 'delayed', '4.4.1')), { outcome: 'ignored' }, 'a delay')
  t.match(await post(report(from, id, 'failed', '4.2.2')), { outcome: 'ignored' }, 'not for good')
  const other = await makeWorkspace()
  const theirs = (
    await call('GET', '/v1/mail-status', undefined, { headers: { authorization: `Bearer ${other.key}` } })
  ).json()
  t.match(
    await post(report(from, id), new URL(theirs.inbound_url).pathname),
    { outcome: 'ignored' },
    'the inbox of another workspace',
  )
  t.same((await call('GET', '/v1/suppressions')).json().data, [])
  t.match(await post(report(from, id)), { outcome: 'bounced' })
  t.match((await call('GET', '/v1/suppressions')).json().data, [
    { value: 'ada@example.org', scope: 'all', reason: 'hard_bounce' },
  ])
  t.match((await call('GET', '/v1/changes?types=message.bounced')).json().data, [
    { data: { message: { id: sent.message.id } } },
  ])
  t.match(await post('garbage\u0001 no headers'), { outcome: 'ignored' })
})

t.test('an answer counts when it names the mail and comes from its reader', async (t) => {
  const sent = await received(t)
  const { call, app } = sent.service
  const path = new URL((await call('GET', '/v1/mail-status')).json().inbound_url).pathname
  const answer = (from: string, more = '') => ({
    raw: `From: <${from}>\r\nIn-Reply-To: ${sent.message.rfc_message_id}\r\nMessage-ID: <r1@example.org>\r\n${more}\r\nThank you`,
  })
  const post = async (payload: object) => (await app.inject({ method: 'POST', url: path, payload })).json()
  t.match(await post(answer('mallory@example.org')), { outcome: 'ignored' })
  t.match(
    await post(answer('ada@example.org', 'Auto-Submitted: auto-replied\r\n')),
    { outcome: 'ignored' },
    'out of office',
  )
  t.match(await post(answer('Ada@example.org')), { outcome: 'replied' })
  t.match((await call('GET', `/v1/messages/${sent.message.id}`)).json().tally, { replied_at: String })
})

t.test('callbacks count when they are signed and name the mail', async (t) => {
  const sent = await received(t)
  const { call, app } = sent.service
  const secret = 'key-0123456789abcdef'
  const put = (provider: string, value: string) =>
    call('PUT', `/v1/settings/mail-providers/${provider}`, { secret: value }, { headers: { 'if-match': '"v1"' } })
  const address = async (provider: string) =>
    new URL((await call('GET', `/v1/settings/mail-providers/${provider}`)).json().callback_url).pathname
  t.equal(
    (await app.inject({ method: 'POST', url: await address('mailgun'), payload: {} })).statusCode,
    404,
    'before it is set up',
  )
  t.match((await put('mailgun', secret)).json(), { is_set: true })
  const tag = /^X-Leadwell-Message:\s*(\S+)/im.exec(sent.raw)?.[1]
  const event = {
    event: 'delivered',
    id: 'e1',
    recipient: 'ada@example.org',
    timestamp: 1,
    'user-variables': { leadwell: tag },
  }
  const mailgun = async (key: string, data: object) => {
    const timestamp = String(Math.floor(Date.now() / 1000))
    const signature = createHmac('sha256', key).update(`${timestamp}t`).digest('hex')
    return await app.inject({
      method: 'POST',
      url: await address('mailgun'),
      payload: { signature: { timestamp, token: 't', signature }, 'event-data': data },
    })
  }
  t.equal((await mailgun('forged-key', event)).statusCode, 401)
  t.match((await mailgun(secret, event)).json(), { recorded: 1 })
  t.match((await mailgun(secret, event)).json(), { recorded: 0 }, 'twice is one')
  t.match(
    (await mailgun(secret, { ...event, id: 'e2', recipient: 'bob@example.org' })).json(),
    { recorded: 0 },
    'another recipient',
  )
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' })
  await put('sendgrid', publicKey.export({ type: 'spki', format: 'der' }).toString('base64'))
  const payload = JSON.stringify([
    { event: 'spamreport', sg_event_id: 's1', email: 'ada@example.org', leadwell: tag, timestamp: 1 },
  ])
  const headers = (signature: string) => ({
    'content-type': 'application/json',
    'x-twilio-email-event-webhook-timestamp': '1',
    'x-twilio-email-event-webhook-signature': signature,
  })
  const url = await address('sendgrid')
  t.equal((await app.inject({ method: 'POST', url, payload, headers: headers('AAAA') })).statusCode, 401)
  const good = sign('sha256', Buffer.from(`1${payload}`), privateKey).toString('base64')
  t.match((await app.inject({ method: 'POST', url, payload, headers: headers(good) })).json(), { recorded: 1 })
  t.match((await call('GET', '/v1/suppressions')).json().data, [{ reason: 'complaint', scope: 'all' }])
  t.match((await call('GET', '/v1/mail-status')).json(), { state: 'warned', complaints: 1 })
  await put('postmark', 'user:password')
  const bounce = {
    RecordType: 'Bounce',
    Type: 'HardBounce',
    ID: 7,
    MessageID: 'm',
    Email: 'ada@example.org',
    Metadata: { leadwell: tag },
  }
  const basic = (value: string) => ({ authorization: `Basic ${Buffer.from(value).toString('base64')}` })
  const postmark = await address('postmark')
  t.equal(
    (await app.inject({ method: 'POST', url: postmark, payload: bounce, headers: basic('user:wrong') })).statusCode,
    401,
  )
  t.match(
    (await app.inject({ method: 'POST', url: postmark, payload: bounce, headers: basic('user:password') })).json(),
    { recorded: 1 },
  )
})

t.test(
  'a preview fills the template with a real lead and names what is missing; a test goes to a colleague',
  async (t) => {
    const sent = await received(t)
    const { call, ctx, workspaceId } = sent.service
    await call('PUT', '/v1/templates/offer', {
      texts: [
        {
          locale: 'en',
          subject: 'For {{ lead.email }}',
          html: '<p>{{ lead.job_title }} {{ data.code }} {{ lead.first_name }}</p>',
        },
      ],
    })
    await call('PATCH', `/v1/leads/${sent.lead.id}`, { first_name: '<b>Ada</b>' })
    const shown = (await call('POST', '/v1/templates/offer/render', { lead_id: sent.lead.id })).json()
    t.equal((await call('POST', '/v1/templates/offer/render', { sender_key: 'nobody' })).statusCode, 404)
    t.match(shown, {
      subject: 'For ada@example.org',
      missing: ['data.code', 'lead.job_title'],
      html: /&lt;b&gt;Ada&lt;\/b&gt;/,
    })
    await call('PUT', '/v1/templates/loop', {
      texts: [
        {
          locale: 'en',
          subject: 's',
          html: '{% for i in (1..99999999) %}{% for j in (1..99999999) %}x{% endfor %}{% endfor %}',
        },
      ],
    })
    const began = Date.now()
    t.match((await call('POST', '/v1/templates/loop/render', {})).json(), {
      status: 422,
      errors: [{ code: 'template_timeout' }],
    })
    t.ok(Date.now() - began < 5 * SECOND)
    await call('POST', '/v1/templates/offer/test-send', { to_email: 'me@engines.test', lead_id: sent.lead.id })
    await sendMessages(ctx, workspaceId)
    t.match(sent.server.received.at(-1), { to: 'me@engines.test', raw: /Subject: For ada@example\.org/ })
  },
)
