// F1: kill -9 of the service under load. What was acknowledged is there, once, and reaches its end; the feed has no gap.
import t from 'tap'
import { testDatabase } from '../helpers/database.ts'
import { followFeed } from '../helpers/feed-reader.ts'
import { openLedger, publishLoadForm, startLoad } from '../helpers/ledger.ts'
import { judge, waitUntil } from '../helpers/oracle.ts'
import { serviceProcess } from '../helpers/service-process.ts'

/** Every second kill comes while the service is still starting, the others while it works. */
const ROUNDS = 12

t.test('kill -9 of the service loses nothing, doubles nothing, and leaves nothing unfinished', async (t) => {
  const { url: databaseUrl } = await testDatabase(t)
  const service = await serviceProcess(t, { databaseUrl, env: { LEASE_SECONDS: '5' } })
  await service.start()
  await publishLoadForm(service)
  const ledger = await openLedger(t)
  const load = startLoad({ url: service.url, ledger, clients: 16 })
  const feed = followFeed(service)
  const acks = () => ledger.entries.filter((entry) => entry.outcome === 'ack').length

  for (let round = 0; round < ROUNDS; round++) {
    const before = acks()
    if (round > 0) service.spawn()
    if (round % 2 === 0) await waitUntil(async () => acks() > before, { limitMs: 60_000 })
    await new Promise((resolve) => setTimeout(resolve, 300 + Math.random() * 900))
    await service.end('SIGKILL')
  }
  await service.start()
  await load.stop()

  const { acked, ...faults } = await judge(ledger, { ...service, settleMs: 60_000 })
  const { seen, ...feedFaults } = await feed.stop()
  const unknown = ledger.entries.filter((entry) => entry.outcome === 'unknown').length
  t.comment(`${ROUNDS} kills, ${acked} acknowledged, ${unknown} tries without an answer, ${seen} changes read`)
  t.ok(acked > 100, 'there was load')
  t.ok(unknown > 0, 'the kills hit requests')
  t.strictSame(faults, { lost: [], phantom: [], doubled: [], stuck: [] })
  t.strictSame(feedFaults, { gaps: [], vanished: [] })
})
