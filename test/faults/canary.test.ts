// The harness must catch planted faults before its green counts: a liar between clients and service plants one of each
// kind, and the verdict must name exactly those.
import http from 'node:http'
import type { AddressInfo } from 'node:net'
import { json } from 'node:stream/consumers'
import pg from 'pg'
import t, { type Test } from 'tap'
import { testDatabase } from '../helpers/database.ts'
import { followFeed } from '../helpers/feed-reader.ts'
import { openLedger, publishLoadForm, submit } from '../helpers/ledger.ts'
import { judge } from '../helpers/oracle.ts'
import { serviceProcess } from '../helpers/service-process.ts'

type Submission = Record<string, string>
/** Submits to the service under a key and gives back its answer. */
type Forward = (submission: Submission, idempotencyKey: string) => Promise<object>

/** What the liar does with the submission of this name; it is honest about every other. */
const LIES: Record<string, (forward: Forward, submission: Submission) => Promise<object>> = {
  lost: async () => ({ submission_id: 'submission_00000000000000000000000000' }),
  phantom: async (forward, submission) => {
    await forward({ ...submission, email: 'nobody@example.org', message: 'nobody' }, 'nobody')
    return await forward(submission, 'phantom')
  },
  doubled: async (forward, submission) => {
    await forward(submission, 'another-key')
    return await forward(submission, 'doubled')
  },
}

/** Listens before the service at `url`; returns its own address. */
async function startLiar(t: Test, url: string): Promise<string> {
  const forward: Forward = async (submission, idempotencyKey) => {
    const response = await fetch(`${url}/v1/public/forms/load/submissions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'idempotency-key': idempotencyKey },
      body: JSON.stringify(submission),
    })
    return (await response.json()) as object
  }
  const server = http.createServer(async (request, response) => {
    const submission = (await json(request)) as Submission
    const key = String(request.headers['idempotency-key'])
    const answer = await (LIES[key]?.(forward, submission) ?? forward(submission, key))
    response.writeHead(202, { 'content-type': 'application/json' }).end(JSON.stringify(answer))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.teardown(() => {
    server.closeAllConnections()
    server.close()
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

const { url: databaseUrl } = await testDatabase(t)
const service = await serviceProcess(t, { databaseUrl })
await service.start()
await publishLoadForm(service)

t.test('the oracle names a lost, a phantom, a doubled and a stuck submission, and no other', async (t) => {
  const url = await startLiar(t, service.url)
  const ledger = await openLedger(t)
  for (const key of ['honest', ...Object.keys(LIES), 'stuck']) await submit(url, ledger, key, `${key}@example.org`)
  await judge(ledger, { ...service, settleMs: 20_000 })
  await administer(
    `UPDATE form_submissions SET state = 'received', due_at = 'infinity' WHERE payload ->> 'message' = 'stuck'`,
  )

  const { acked, phantom, ...faults } = await judge(ledger, { ...service, settleMs: 500 })
  t.equal(acked, 5)
  t.strictSame(faults, { lost: ['lost'], doubled: ['doubled'], stuck: ['stuck'] })
  t.match(phantom, [/^sub_/, /^lead_/])
  t.equal(phantom.length, 2)
})

t.test('the reader of the feed names a change that is missing and one that was taken back', async (t) => {
  const early = followFeed(service)
  await early.caughtUp()
  await administer('DELETE FROM changes WHERE sequence = 2')
  const late = followFeed(service)
  t.match(await early.stop(), { gaps: [], vanished: [2] })
  t.match(await late.stop(), { gaps: [3], vanished: [] })
})

async function administer(statement: string): Promise<void> {
  const client = new pg.Client(databaseUrl)
  await client.connect()
  try {
    await client.query(statement)
  } finally {
    await client.end()
  }
}
