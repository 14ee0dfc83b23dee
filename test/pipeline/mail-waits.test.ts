// Mail that had to wait: it keeps its order, does not outlive its moment, and goes on at once when it may.
import { setTimeout as sleep } from 'node:timers/promises'
import t from 'tap'
import { withWorkspace } from '../../src/db/client.ts'
import type { MessageFacts } from '../../src/domain/mail/message-row.ts'
import { wakeMessagesOf } from '../../src/pipeline/mail/message-queries.ts'
import { prepareMessages } from '../../src/pipeline/mail/prepare-messages.ts'
import { sendMessages } from '../../src/pipeline/mail/send-messages.ts'
import { claimMessages } from '../../src/pipeline/mail/send-queries.ts'
import { mailing } from '../helpers/mailing.ts'
import { mail, rest, sequenceHands } from '../helpers/sequences.ts'
import { type TestService, testService } from '../helpers/service.ts'

const DAY_MS = 86_400_000
const NOTHING_OLD = new Date(0)

/** Makes all mails due at one moment, as the end of quiet hours does. */
async function dueTogether({ ctx, workspaceId }: TestService, at: Date): Promise<void> {
  await withWorkspace(ctx.db, workspaceId, (tx) =>
    tx.query(`UPDATE messages SET due_at = $2, created_at = least(created_at, $2) WHERE workspace_id = $1`, [
      workspaceId,
      at.toISOString(),
    ]),
  )
}

t.test('mails of one person that waited for the same hour keep their order, whoever hands them over', async (t) => {
  // The server takes longest over the mail that comes first: side by side, the others would overtake it.
  let taken = 0
  const { service, server, plan, rows } = await mailing(t, {
    at: () => undefined,
    beforeRecipient: () => sleep(Math.max(0, 200 - 20 * taken++)),
  })
  const people = ['ada@example.org', 'bob@example.org', 'cem@example.org']
  for (let i = 0; i < 5; i++) await plan(people)
  await dueTogether(service, new Date(Date.now() - 1_000))
  const { ctx, workspaceId } = service
  await Promise.all([1, 2, 3].map(() => sendMessages({ ...ctx }, workspaceId)))
  // A worker that finds nothing it may take leaves the rest to those that hold the mails before.
  await sendMessages(ctx, workspaceId)
  const planned = await rows()
  t.same(new Set(planned.map(({ state }) => state)), new Set(['sent']))
  for (const person of people) {
    t.same(
      server.received.filter(({ to }) => to === person).map(({ messageId }) => messageId.toLowerCase()),
      planned.filter(({ to_email }) => to_email === person).map(({ rfc_message_id }) => rfc_message_id?.toLowerCase()),
      person,
    )
  }
})

t.test(
  'a mail that has to wait longer holds up no later one of the person, and notices are not put in a row',
  async (t) => {
    const { service, plan, rows } = await mailing(t)
    await plan(['ada@example.org', 'ada@example.org'])
    await dueTogether(service, new Date(Date.now() - 1_000))
    const claim = { limit: 1, leaseSeconds: 30, marketing: true, crowded: [], outOfDateBefore: NOTHING_OLD }
    const { ctx, workspaceId } = service
    const claimNext = () => withWorkspace(ctx.db, workspaceId, (tx) => claimMessages(tx, claim))
    const [first] = await claimNext()
    t.same(await claimNext(), [], 'the second waits for the first')
    await withWorkspace(ctx.db, workspaceId, (tx) =>
      tx.query(
        `UPDATE messages SET state = 'planned', due_at = now() + interval '1 hour' WHERE workspace_id = $1 AND id = $2`,
        [workspaceId, first?.id],
      ),
    )
    await sendMessages(ctx, workspaceId)
    t.same((await rows()).map(({ state }) => state).sort(), ['planned', 'sent'])
    await plan(['ada@example.org', 'ada@example.org'], 'transactional')
    await dueTogether(service, new Date(Date.now() - 1_000))
    const both = await withWorkspace(ctx.db, workspaceId, (tx) => claimMessages(tx, { ...claim, limit: 10 }))
    t.equal(both.filter(({ kind }) => kind === 'transactional').length, 2)
  },
)

t.test(
  'marketing mail that a pause held for too long is told so and not sent, also while the pause lasts',
  async (t) => {
    const { service, server, plan, send, rows } = await mailing(t)
    const { call, ctx, workspaceId } = service
    await plan(['old@example.org', 'new@example.org'])
    const at = (days: number) => new Date(Date.now() - days * DAY_MS).toISOString()
    const age = async (email: string, days: number) =>
      await withWorkspace(ctx.db, workspaceId, (tx) =>
        tx.query('UPDATE messages SET due_at = $3, created_at = $3 WHERE workspace_id = $1 AND to_email = $2', [
          workspaceId,
          email,
          at(days),
        ]),
      )
    const pause = async (paused_at: string | null) => {
      await call('GET', '/v1/settings/mail')
      await withWorkspace(ctx.db, workspaceId, (tx) =>
        tx.query(
          `INSERT INTO mail_gates (workspace_id, version, settings, paused_at) VALUES ($1, 1, '{}', $2)
          ON CONFLICT (workspace_id) DO UPDATE SET paused_at = excluded.paused_at`,
          [workspaceId, paused_at],
        ),
      )
    }
    await pause(at(9))
    await age('old@example.org', 8)
    await age('new@example.org', 6)
    await send()
    const stateOf = async (email: string) => (await rows()).find(({ to_email }) => to_email === email)
    t.match(await stateOf('old@example.org'), {
      state: 'withheld',
      reason: 'out_of_date',
      decision: { allowed: false },
    })
    t.match(await stateOf('new@example.org'), { state: 'planned' })
    t.equal(server.received.length, 0)
    const told = (await call('GET', '/v1/messages?state=withheld')).json().data
    t.match(told, [{ to_email: 'old@example.org', reason: 'out_of_date' }])
    t.match((await call('GET', '/v1/changes?types=message.withheld')).json().data, [{ type: 'message.withheld' }])
    t.equal((await call('POST', '/v1/mail-status/resume')).json().state, 'open')
    await send()
    t.match(await stateOf('new@example.org'), { state: 'sent' })
    t.equal(server.received.length, 1)

    const { etag } = (await call('GET', '/v1/settings/mail')).json()
    const saved = await call('PUT', '/v1/settings/mail', { valid_days: 2 }, { headers: { 'if-match': etag } })
    t.match(saved.json(), { valid_days: 2 })
    await plan(['late@example.org'])
    await age('late@example.org', 3)
    await send()
    t.match(await stateOf('late@example.org'), { state: 'withheld', reason: 'out_of_date' })
  },
)

t.test('a mail that is asked for with a moment of the past is of now', async (t) => {
  const { service, plan, send, rows } = await mailing(t)
  const { call } = service
  await plan(['ada@example.org'])
  const [{ id: lead_id }] = (await call('GET', '/v1/leads?email=ada@example.org')).json().data
  const body = {
    lead_id,
    kind: 'marketing',
    purpose: 'marketing',
    template_key: 'hello',
    due_at: '2020-01-01T00:00:00Z',
  }
  t.equal((await call('POST', '/v1/messages', body)).statusCode, 201)
  await send()
  t.same(
    (await rows()).map(({ state }) => state),
    ['sent', 'sent'],
  )
})

t.test('a mail that was taken up while its enrollment goes on again goes at once', async (t) => {
  const service = await testService(t)
  const hands = await sequenceHands(service)
  service.setNow(null)
  const { ctx, workspaceId } = service
  await hands.publish('news', { mail_kind: 'transactional', steps: [mail('one', 'w'), rest('w', null, 86_400)] })
  const [id = ''] = await hands.enroll('news', await hands.leads(1))
  await hands.run()
  await hands.must('PATCH', `/v1/enrollments/${id}`, { status: 'paused' })
  const claim = { limit: 10, leaseSeconds: 30, marketing: true, crowded: [], outOfDateBefore: NOTHING_OLD }
  const held = await withWorkspace(ctx.db, workspaceId, (tx) => claimMessages(tx, claim))
  t.equal(held.length, 1)
  // The worker reads the pause; before it puts the mail back, somebody goes on.
  const settings = (
    await withWorkspace(ctx.db, workspaceId, (tx) =>
      tx.query<{ settings: Parameters<typeof prepareMessages>[2] }>(
        'SELECT name, settings FROM workspaces WHERE id = $1',
        [workspaceId],
      ),
    )
  )[0]?.settings
  t.ok(settings)
  if (settings === undefined) return
  await withWorkspace(ctx.db, workspaceId, (tx) => wakeMessagesOf(tx, hands.uuid(id), new Date(Date.now() - 1_000)))
  t.same(await prepareMessages(ctx, workspaceId, settings, held), [], 'it still believes in the pause')
  const read = () =>
    hands.rows<MessageFacts & { due: boolean }>(
      'SELECT *, due_at <= now() AS due FROM messages WHERE workspace_id = $1',
    )
  t.match(await read(), [{ state: 'planned', reason: 'paused', due: true }])
  await hands.must('PATCH', `/v1/enrollments/${id}`, { status: 'active' })
  await service.drain()
  t.match(await read(), [{ state: 'sent' }])
})
