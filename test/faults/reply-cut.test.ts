// F3: the reply is lost after the deed. A retry with the same key finds the deed, and nobody gets a 500.
import t from 'tap'
import { testDatabase } from '../helpers/database.ts'
import { openLedger, publishLoadForm, startLoad, submit } from '../helpers/ledger.ts'
import { judge, waitUntil } from '../helpers/oracle.ts'
import { startProxy } from '../helpers/proxy.ts'
import { serviceProcess } from '../helpers/service-process.ts'

const CLEAN = { lost: [], phantom: [], doubled: [], stuck: [] }

t.test('a visitor whose reply was cut sends again and gets the id of the first time', async (t) => {
  const { url: databaseUrl } = await testDatabase(t)
  const service = await serviceProcess(t, { databaseUrl })
  await service.start()
  await publishLoadForm(service)
  const proxy = await startProxy(t, new URL(service.url))
  const withheld: string[] = []
  const ledger = await openLedger(t)

  const acks = []
  for (let n = 0; n < 20; n++) {
    // Cut once for each submission, so that the second try is answered.
    let isFirst = true
    proxy.cutReplies((piece) => {
      const id = /"submission_id":"(\w+)"/.exec(piece.toString())?.[1]
      if (id === undefined || !isFirst) return false
      isFirst = false
      withheld.push(id)
      return true
    })
    acks.push(await submit(`http://${proxy.host}`, ledger, `visitor-${n}`, `visitor-${n}@example.org`))
  }

  t.equal(withheld.length, 20)
  t.strictSame(
    acks.map((ack) => ack.submission_id),
    withheld,
  )
  t.match(await judge(ledger, { ...service, settleMs: 20_000 }), { acked: 20, ...CLEAN })
})

t.test('a commit whose confirmation was cut is a 503, and the retry finds what was stored', async (t) => {
  const { url } = await testDatabase(t)
  const address = new URL(url)
  const proxy = await startProxy(t, address)
  address.host = proxy.host
  // The socket of the bundled server would lead past the proxy.
  address.search = ''
  // The queue is not under test here, and its own connections go straight to the database.
  const env = { JOBS_DATABASE_URL: url, MIGRATION_DATABASE_URL: url, LEASE_SECONDS: '2' }
  const service = await serviceProcess(t, { databaseUrl: address.href, env })
  await service.start()
  await publishLoadForm(service)
  let commits = 0
  proxy.cutReplies((piece) => piece.includes('COMMIT\0') && ++commits % 3 === 0)
  const ledger = await openLedger(t)
  const load = startLoad({ url: service.url, ledger, clients: 8 })
  await waitUntil(async () => proxy.cuts() >= 60, { limitMs: 20_000 })
  await load.stop()
  proxy.cutReplies(() => false)

  const { acked, ...faults } = await judge(ledger, { ...service, settleMs: 30_000 })
  const statuses = ledger.entries.filter((entry) => entry.outcome !== 'try').map((entry) => entry.status)
  t.comment(`${proxy.cuts()} of ${commits} confirmations cut, ${acked} acknowledged`)
  t.ok(proxy.cuts() >= 60)
  t.strictSame(faults, CLEAN)
  t.strictSame(new Set(statuses), new Set([202, 503]), 'stored or 503, nothing else')
  t.equal(service.exit(), undefined, 'the service lives')
})
