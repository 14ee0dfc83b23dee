import { generateKeyPairSync } from 'node:crypto'
import t from 'tap'
import { withWorkspace } from '../../src/db/client.ts'
import { sendMessages } from '../../src/pipeline/mail/send-messages.ts'
import { claimMessages } from '../../src/pipeline/mail/send-queries.ts'
import type { Fault } from '../helpers/mail-server.ts'
import { mailing } from '../helpers/mailing.ts'
import type { TestService } from '../helpers/service.ts'

t.test('a mail that is planned is rendered once, handed over and told about', async (t) => {
  const { service, server, plan, send, rows } = await mailing(t)
  await plan(['ada@example.org', 'bob@example.org'])
  await send()
  t.match(await rows(), [{ state: 'sent', attempt: 1, hand_overs: 1, subject: 'Hello Ada' }, { state: 'sent' }])
  t.equal(server.received.length, 2)
  const { raw = '' } = server.received.find(({ to }) => to === 'ada@example.org') ?? {}
  t.match(raw, /^List-Unsubscribe:\s+<http:\/\/[^>]+\/u\/[\w-]+>/m)
  t.match(raw, /^List-Unsubscribe-Post: List-Unsubscribe=One-Click/m)
  t.notMatch(raw, 'https://shop.test/?a=1"')
  const [first] = await rows()
  t.match(raw.toLowerCase(), `message-id: ${first?.rfc_message_id}`)
  const changes = (await service.call('GET', '/v1/changes?types=message.*')).json().data
  t.match(changes, [{ type: 'message.sent', data: { message: { state: 'sent' } } }, { type: 'message.sent' }])
  const lead = (await service.call('GET', '/v1/leads?email=ada@example.org')).json().data[0]
  const timeline = (await service.call('GET', `/v1/leads/${lead.id}/timeline`)).json().data
  t.match(
    timeline.find(({ type }: { type: string }) => type === 'email_sent'),
    { subject: 'Hello Ada' },
  )
  t.match((await service.call('GET', `/v1/leads/${lead.id}/decisions`)).json().data[0], {
    kind: 'send',
    outcome: { state: 'sent' },
  })
})

t.test('without the consent that marketing needs nothing goes out, and the reason is there', async (t) => {
  const { service, server, plan, send, rows } = await mailing(t)
  await plan(['ada@example.org', 'bob@example.org'])
  const lead = (await service.call('GET', '/v1/leads?email=ada@example.org')).json().data[0]
  await service.call('POST', `/v1/leads/${lead.id}/consents`, { purpose: 'all', channel: 'email', action: 'withdrawn' })
  await send()
  t.match(await rows(), [
    { state: 'withheld', reason: 'consent_withdrawn', decision: { allowed: false } },
    { state: 'sent' },
  ])
  t.same(
    server.received.map(({ to }) => to),
    ['bob@example.org'],
  )
  const listed = (await service.call('GET', '/v1/messages?state=withheld')).json().data
  t.match(listed, [{ reason: 'consent_withdrawn', decision: { consent_id: /^cons_/ } }])
})

/** Long on a busy machine, short only where a hang is what is waited for. */
const patienceWith = (fault: string) => (fault === 'hang' ? { SMTP_COMMAND_SECONDS: 2, SMTP_REPLY_SECONDS: 2 } : {})

const PHASES = ['mail', 'rcpt', 'dot'] as const
const FAULTS: Fault[] = ['drop', 'reset', 'hang']

t.test('a break before the mail leaves is tried again; one after it leaves doubt, and no second copy', async (t) => {
  for (const phase of PHASES) {
    for (const fault of FAULTS) {
      let isBroken = true
      const { server, plan, send, rows, hasten } = await mailing(
        t,
        {
          at: (at, address) => (isBroken && at === phase && /^ada@|^news@/.test(address) ? fault : undefined),
        },
        patienceWith(fault),
      )
      await plan(['ada@example.org', 'bob@example.org'])
      await send()
      isBroken = false
      for (let i = 0; i < 3; i++) {
        await hasten()
        await send()
      }
      const states = Object.fromEntries((await rows()).map(({ to_email, state }) => [to_email, state]))
      t.equal(states['bob@example.org'], 'sent', `${fault} at ${phase}: the other one is not affected`)
      t.equal(states['ada@example.org'], phase === 'dot' ? 'in_doubt' : 'sent', `${fault} at ${phase}`)
      t.ok(
        [...server.copies().values()].every((count) => count === 1),
        `${fault} at ${phase}: one copy of each`,
      )
    }
  }
})

t.test('a server that breaks or refuses the connection delays mails and loses none', async (t) => {
  for (const order of [...FAULTS, '421 busy', '554 no']) {
    let isBroken = true
    const { server, plan, send, rows, hasten } = await mailing(
      t,
      {
        at: () => undefined,
        atConnect: () => (isBroken ? order : undefined),
      },
      patienceWith(order),
    )
    await plan(['ada@example.org'])
    await send()
    t.match(await rows(), [{ state: 'planned', hand_overs: 0, failures: 1 }], order)
    isBroken = false
    await hasten()
    await send()
    t.match(await rows(), [{ state: 'sent' }], order)
    t.equal(server.received.length, 1)
  }
})

t.test('a reply decides: 4xx waits, 5xx fails, and a dead mailbox is suppressed', async (t) => {
  const replies: Record<string, Record<string, string>> = {
    later: { rcpt: '451 4.3.0 later' },
    full: { dot: '452 4.2.2 full' },
    gone: { rcpt: '550 5.1.1 no such user' },
    policy: { rcpt: '550 5.7.1 blocked' },
    spam: { dot: '554 5.7.1 spam' },
    unknown: { dot: '550 5.1.1 no such user' },
  }
  const { service, server, plan, send, rows } = await mailing(t, {
    at: (phase, address) => replies[address.split('@')[0] ?? '']?.[phase],
  })
  await plan([...Object.keys(replies), 'fine'].map((name) => `${name}@example.org`))
  await send()
  const found = Object.fromEntries((await rows()).map((row) => [row.to_email?.split('@')[0], row]))
  t.match(found, {
    later: { state: 'planned', reason: 'deferred', smtp_response: /451/ },
    full: { state: 'planned', reason: 'deferred', hand_overs: 1 },
    gone: { state: 'failed', reason: 'refused', hand_overs: 0, tally: { bounced_at: String } },
    policy: { state: 'failed', tally: { bounced_at: null } },
    spam: { state: 'failed', tally: { bounced_at: null } },
    unknown: { state: 'failed', tally: { bounced_at: String } },
    fine: { state: 'sent' },
  })
  t.same(
    server.received.map(({ to }) => to),
    ['fine@example.org'],
  )
  const changes = (await service.call('GET', '/v1/changes?types=message.bounced&types=suppression.created')).json().data
  t.equal(changes.filter(({ type }: { type: string }) => type === 'suppression.created').length, 2)
})

t.test('transactional mail in doubt goes again: same bytes, same Message-ID, three times at most', async (t) => {
  const { server, plan, send, rows, hasten } = await mailing(t, {
    at: (phase) => (phase === 'dot' ? 'drop' : undefined),
  })
  await plan(['ada@example.org'], 'transactional')
  for (let i = 0; i < 6; i++) {
    await send()
    await hasten()
  }
  t.match(await rows(), [{ state: 'in_doubt', hand_overs: 3 }])
  t.equal(server.received.length, 3)
  t.equal(new Set(server.received.map(({ raw }) => raw)).size, 1)
})

t.test('a doubtful mail is listed, and somebody ends the doubt', async (t) => {
  let isBroken = true
  const { service, server, plan, send, rows } = await mailing(t, {
    at: (phase) => (isBroken && phase === 'dot' ? 'drop' : undefined),
  })
  await plan(['ada@example.org'])
  await send()
  isBroken = false
  const [doubtful] = (await service.call('GET', '/v1/messages?state=in_doubt')).json().data
  t.match(doubtful, { state: 'in_doubt', reason: 'no_reply' })
  t.match((await service.call('GET', '/v1/changes?types=message.in_doubt')).json().data, [{ type: 'message.in_doubt' }])
  const resolved = await service.call('POST', `/v1/messages/${doubtful.id}/resolve`, { outcome: 'send_again' })
  t.match(resolved.json(), { state: 'planned', resolved_by: /^key_/ })
  await send()
  t.match(await rows(), [{ state: 'sent' }])
  t.equal(server.received.length, 2)
  t.equal((await service.call('POST', `/v1/messages/${doubtful.id}/resolve`, { outcome: 'sent' })).statusCode, 409)
})

t.test('two workers share the work and hand over nothing twice', async (t) => {
  const { service, server, plan, rows } = await mailing(t)
  await plan(Array.from({ length: 60 }, (_, i) => `p${i}@example.org`))
  const { ctx, workspaceId } = service
  await Promise.all([1, 2, 3].map(() => sendMessages({ ...ctx }, workspaceId)))
  t.equal((await rows()).filter(({ state }) => state === 'sent').length, 60)
  t.equal(server.copies().size, 60)
  t.ok([...server.copies().values()].every((count) => count === 1))
})

t.test('mails that waited for the same hour are taken up in the order in which they were planned', async (t) => {
  const { service, plan, hasten } = await mailing(t)
  await plan(Array.from({ length: 20 }, (_, i) => `p${i}@example.org`))
  await hasten()
  const claim = { limit: 100, leaseSeconds: 30, marketing: true, crowded: [], outOfDateBefore: new Date(0) }
  const taken = await withWorkspace(service.ctx.db, service.workspaceId, (tx) => claimMessages(tx, claim))
  t.same(
    taken.map(({ to_email }) => to_email),
    Array.from({ length: 20 }, (_, i) => `p${i}@example.org`),
  )
})

t.test('caps and quiet hours make a mail wait until its hour', async (t) => {
  const { service, server, plan, send, rows, hasten } = await mailing(t)
  const { etag } = (await service.call('GET', '/v1/settings/mail')).json()
  const rules = { caps: [{ count: 1, days: 7 }], quiet_hours: { from_hour: 22, to_hour: 7 } }
  t.equal((await service.call('PUT', '/v1/settings/mail', rules, { headers: { 'if-match': etag } })).statusCode, 200)
  // Nights to come: what waits until an hour that the database calls past would be due at once.
  const today = Math.floor(Date.now() / 86_400_000) * 86_400_000
  const at = (day: number, hour: number) => new Date(today + day * 86_400_000 + hour * 3_600_000)
  service.setNow(at(1, 23))
  await plan(['ada@example.org', 'ada@example.org'])
  await hasten()
  await send()
  t.match(await rows(), [
    { state: 'planned', reason: 'quiet_hours', due_at: at(2, 7).toISOString() },
    { reason: 'quiet_hours' },
  ])
  service.setNow(at(2, 9))
  await hasten()
  await send()
  t.same(
    (await rows()).map(({ state, reason }) => [state, reason]).sort(),
    [
      ['planned', 'frequency_cap'],
      ['sent', null],
    ].sort(),
  )
  t.equal(server.received.length, 1)
})

t.test('whatever forbids a mail and commits before the mark of its hand-over wins, however late', async (t) => {
  const deeds: Record<string, (service: TestService, lead: string) => Promise<unknown>> = {
    'the address is suppressed': ({ call }) => call('POST', '/v1/suppressions', { value: 'ada@example.org' }),
    'the domain is suppressed': ({ call }) => call('POST', '/v1/suppressions', { value: 'example.org' }),
    'the consent is withdrawn': ({ call }, lead) =>
      call('POST', `/v1/leads/${lead}/consents`, { purpose: 'all', channel: 'any', action: 'withdrawn' }),
    'the lead is archived': ({ call }, lead) => call('DELETE', `/v1/leads/${lead}`),
  }
  for (const [name, deed] of Object.entries(deeds)) {
    let late: () => Promise<unknown> = async () => undefined
    const { service, server, plan, send, rows } = await mailing(t, {
      at: () => undefined,
      beforeRecipient: async () => void (await late()),
    })
    await plan(['ada@example.org'])
    const lead = (await service.call('GET', '/v1/leads?email=ada@example.org')).json().data[0]
    late = () => deed(service, lead.id)
    await send()
    t.match(await rows(), [{ state: 'withheld', hand_overs: 0 }], name)
    t.equal(server.received.length, 0, `${name}: nothing was received`)
  }
})

t.test('a sender signs its mail, and what tells how to leave is under the signature', async (t) => {
  const { service, server, plan, send } = await mailing(t)
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const pem = privateKey.export({ type: 'pkcs8', format: 'pem' })
  const sender = {
    name: 'Engines',
    email: 'news@engines.test',
    is_default: true,
    dkim: { domain: 'engines.test', selector: 'lw1', private_key: pem },
  }
  const put = await service.call('PUT', '/v1/settings/senders/news', sender)
  t.match(put.json(), { has_dkim_private_key: true, dkim: { dns_record: /^v=DKIM1; k=rsa; p=/ } })
  t.notMatch(put.body, 'PRIVATE KEY')
  await plan(['ada@example.org'])
  await send()
  const signature =
    /^DKIM-Signature:(.*(?:\r\n[ \t].*)*)/im.exec(server.received[0]?.raw ?? '')?.[1]?.replace(/\s+/g, '') ?? ''
  t.match(signature, /d=engines\.test/)
  t.match(signature, /h=[^;]*list-unsubscribe:list-unsubscribe-post/i)
  const broken = { ...sender, dkim: { ...sender.dkim, private_key: 'no key' } }
  const refused = await service.call('PUT', '/v1/settings/senders/other', broken)
  t.match(refused.json(), { status: 400, errors: [{ pointer: '/dkim/private_key' }] })
})

t.test('the server of a tenant must not lead inside our walls', async (t) => {
  const { service, server, plan, send, rows } = await mailing(t)
  const own = { host: 'localhost', port: server.port, security: 'none' }
  await service.call('PUT', '/v1/settings/senders/news', {
    name: 'N',
    email: 'n@engines.test',
    is_default: true,
    smtp: own,
  })
  await plan(['ada@example.org'])
  await send()
  t.match(await rows(), [{ state: 'planned', reason: 'unreachable' }])
  t.equal(server.connections(), 0)
})
