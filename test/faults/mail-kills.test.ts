// Workers that die while they hand mail over: at the border, in the middle of a mail, and before the reply is written.
import t, { type Test } from 'tap'
import { openDatabase, readInWorkspace, withWorkspace } from '../../src/db/client.ts'
import type { MessageFacts } from '../../src/domain/mail/message-row.ts'
import { planMessages } from '../../src/pipeline/mail/plan-message.ts'
import { testDatabase } from '../helpers/database.ts'
import { mailServer } from '../helpers/mail-server.ts'
import { serviceProcess } from '../helpers/service-process.ts'

const MAILS = 40
const ROUNDS = 5

async function stage(t: Test) {
  const { url } = await testDatabase(t)
  const db = openDatabase({ connectionString: url, max: 3, applicationName: 'test', statementTimeoutMs: 20_000 })
  t.teardown(() => db.close())
  // Every third reply is slow, so that a kill finds mails in every phase.
  let count = 0
  const server = await mailServer(t, { at: () => undefined, delayMs: () => (count++ % 3 === 0 ? 40 : 0) })
  const env = {
    SMTP_URL: server.url,
    MAIL_FROM: 'news@engines.test',
    LEASE_SECONDS: '2',
    SHED_DELAY_MS: '0',
    ANSWER_LIMIT_MS: '60000',
  }
  const service = await serviceProcess(t, { databaseUrl: url, env })
  await service.start()
  const call = async (method: string, path: string, body: object) =>
    (
      await fetch(service.url + path, {
        method,
        headers: { authorization: `Bearer ${service.key}`, 'content-type': 'application/json' },
        body: JSON.stringify(body),
      })
    ).json() as Promise<Record<string, string>>
  await call('PUT', '/v1/templates/hello', {
    texts: [{ locale: 'en', subject: 'Hello', text: 'Hello {{ lead.email }}' }],
  })
  const [row] = await db.query<{ id: string }>('SELECT default_workspace_id AS id FROM installation')
  const workspaceId = row?.id ?? ''
  for (let i = 0; i < MAILS; i++) {
    // One after another, and again where a busy machine has refused: who is mailed is not what is tried here.
    let lead: Record<string, string> = {}
    while (lead['id'] === undefined) lead = await call('POST', '/v1/leads', { email: `p${i}@example.org` })
    const consent = { purpose: 'marketing', channel: 'email', action: 'granted' }
    while ((await call('POST', `/v1/leads/${lead['id']}/consents`, consent))['id'] === undefined);
  }
  const ids = await readInWorkspace<{ id: string }>(
    db,
    workspaceId,
    { name: 'test_ids', text: 'SELECT id FROM leads WHERE workspace_id = $1' },
    [workspaceId],
  )
  t.equal(ids.length, MAILS)
  const rows = () =>
    readInWorkspace<MessageFacts>(
      db,
      workspaceId,
      { name: 'test_rows', text: 'SELECT * FROM messages WHERE workspace_id = $1' },
      [workspaceId],
    )
  const plan = (round: number, kind: 'marketing' | 'transactional') =>
    withWorkspace(db, workspaceId, (tx) =>
      planMessages(
        tx,
        ids.map(({ id }) => ({
          key: `${kind}:${round}:${id}`,
          kind,
          purpose: 'marketing',
          lead_id: id,
          template_key: 'hello',
          actor: 'system',
        })),
        new Date(),
      ),
    )
  return { server, service, rows, plan }
}

async function until(isSo: () => Promise<boolean>): Promise<void> {
  const end = Date.now() + 60_000
  while (!(await isSo())) {
    if (Date.now() > end) throw new Error('it did not come to that within a minute')
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

t.test('killed workers leave doubt that is listed, and never a second copy of marketing mail', async (t) => {
  const { server, service, rows, plan } = await stage(t)
  for (let round = 0; round < ROUNDS; round++) {
    const before = server.received.length
    await plan(round, 'marketing')
    await until(async () => server.received.length > before + round * 3)
    await service.end('SIGKILL')
    await service.start()
  }
  const isOver = ({ state }: MessageFacts) => state === 'sent' || state === 'in_doubt'
  await until(async () => (await rows()).every(isOver))
  const all = await rows()
  t.equal(all.length, MAILS * ROUNDS, 'each step has exactly one row')
  const copies = server.copies()
  t.ok(
    [...copies.values()].every((count) => count === 1),
    'one copy of each Message-ID at most',
  )
  for (const { state, rfc_message_id: id } of all) {
    if (state === 'sent' && !copies.has(id ?? '')) t.fail('a mail that counts as sent was not received')
  }
  const known = new Set(all.filter(({ state }) => state === 'sent').map(({ rfc_message_id }) => rfc_message_id))
  const doubtful = new Set(all.filter(({ state }) => state === 'in_doubt').map(({ rfc_message_id }) => rfc_message_id))
  t.ok(
    [...copies.keys()].every((id) => known.has(id) || doubtful.has(id)),
    'whatever was received is known or listed as doubtful',
  )
  t.comment(`${known.size} sent, ${doubtful.size} in doubt after ${ROUNDS} kills`)
})

t.test('transactional mail arrives at least once, whatever dies', async (t) => {
  const { server, service, rows, plan } = await stage(t)
  await plan(0, 'transactional')
  for (let kill = 0; kill < 2; kill++) {
    const before = server.received.length
    await until(async () => server.received.length > before + 2 || server.received.length >= MAILS)
    await service.end('SIGKILL')
    await service.start()
  }
  await until(async () => server.copies().size === MAILS)
  t.ok([...server.copies().values()].every((count) => count <= 3))
  const bytes = new Map(server.received.map(({ messageId, raw }) => [messageId, raw]))
  t.ok(
    server.received.every(({ messageId, raw }) => bytes.get(messageId) === raw),
    'copies are the same to the byte',
  )
  await until(async () =>
    (await rows()).every(({ state }) => state === 'sent' || state === 'planned' || state === 'in_doubt'),
  )
})
