// The breaker counts people, and whoever depends on mail hears of it.
import t from 'tap'
import { withWorkspace } from '../../src/db/client.ts'
import { recordMailEvents } from '../../src/pipeline/mail/record-mail-events.ts'
import { mailing } from '../helpers/mailing.ts'

t.test('one person who complains twice pauses nothing; two do, and each turn is told once', async (t) => {
  const { service, plan, send, rows } = await mailing(t)
  const { call, ctx, workspaceId } = service
  await plan(['ada@example.org', 'bob@example.org'])
  await plan(['ada@example.org'])
  await send()
  const sent = await rows()
  t.same(
    sent.map(({ state }) => state),
    ['sent', 'sent', 'sent'],
  )
  const complain = async (email: string, source: string) => {
    for (const { id } of sent.filter(({ to_email }) => to_email === email)) {
      const event = { message_id: id, type: 'complained' as const, occurred_at: ctx.now().toISOString() }
      await withWorkspace(ctx.db, workspaceId, (tx) =>
        recordMailEvents(tx, [{ ...event, dedupe_key: `${source}:${id}` }], ctx.now()),
      )
    }
  }
  const status = async () => (await call('GET', '/v1/mail-status')).json()
  const told = async () =>
    (await call('GET', '/v1/changes?cursor=earliest&types=mail.*'))
      .json()
      .data.map(({ type, data }: { type: string; data: { mail: Record<string, unknown> } }) => [
        type,
        data.mail['state'],
        data.mail['complaints'],
      ])
  await complain('ada@example.org', 'provider')
  await complain('ada@example.org', 'mailbox')
  t.match(await status(), { state: 'warned', complaints: 1, mails: 3 })
  t.same(await told(), [['mail.warned', 'warned', 1]])
  await complain('bob@example.org', 'provider')
  await complain('bob@example.org', 'mailbox')
  t.match(await status(), { state: 'paused', complaints: 2 })
  t.equal((await call('POST', '/v1/mail-status/resume')).json().state, 'open')
  t.equal((await call('POST', '/v1/mail-status/resume')).json().state, 'open', 'again changes nothing')
  t.same(await told(), [
    ['mail.warned', 'warned', 1],
    ['mail.paused', 'paused', 2],
    ['mail.resumed', 'open', 0],
  ])
  const [first] = (await call('GET', '/v1/changes?cursor=earliest&types=mail.paused')).json().data
  t.match(first, { object: 'mail', object_id: /^ws_/, actor: 'system', data: { previous: { state: 'warned' } } })
})
