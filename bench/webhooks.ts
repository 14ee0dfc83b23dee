/** Deliveries a second to a local sink, many changes for one endpoint and few changes for many, beside bare calls to it. */
import { once } from 'node:events'
import http from 'node:http'
import type { AddressInfo } from 'node:net'
import { Agent, request } from 'undici'
import { cpuOf, cpuOfFamily } from './cpu.ts'
import { openStage, printTable, type Stage } from './stage.ts'

/** Deliveries of each measurement. */
const DELIVERIES = Number(process.env['BENCH_DELIVERIES'] ?? 10_000)
/** As many calls as an endpoint that answers may have open. */
const CALLS = 16

interface Sink {
  origin: string
  body: string
  arrived(count: number): Promise<void>
  close(): void
}

async function openSink(): Promise<Sink> {
  let count = 0
  let wanted = Number.POSITIVE_INFINITY
  let done = () => {}
  const sink = { body: '' }
  const server = http.createServer((incoming, response) => {
    const chunks: Buffer[] = []
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk))
    incoming.on('end', () => {
      if (sink.body === '') sink.body = Buffer.concat(chunks).toString()
      response.writeHead(204).end()
      if (++count >= wanted) done()
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    get body() {
      return sink.body
    },
    arrived: (more) =>
      new Promise((resolve) => {
        count = 0
        wanted = more
        done = resolve
      }),
    close: () => server.close(),
  }
}

async function call(stage: Stage, path: string, body: object): Promise<{ id: string }> {
  const response = await fetch(`http://127.0.0.1:${stage.port}/v1${path}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${stage.key}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  if (response.status >= 300) throw new Error(`${path} answered ${response.status}: ${await response.text()}`)
  return (await response.json()) as { id: string }
}

async function makeLeads(stage: Stage, count: number): Promise<void> {
  for (let made = 0; made < count; made += 200) {
    const items = Array.from({ length: Math.min(200, count - made) }, () => ({
      full_name: 'Ada Lovelace',
      country: 'DE',
    }))
    await call(stage, '/leads/batch/upsert', { items })
  }
}

async function lastSequence(stage: Stage): Promise<number> {
  const [row] = await stage.db.query<{ last: number }>(
    'SELECT last_sequence AS last FROM change_counters WHERE workspace_id = $1',
    [stage.workspaceId],
  )
  return row?.last ?? 0
}

/** Sends what is in the feed from `first` on to new endpoints; the row of the table. */
async function measure(stage: Stage, sink: Sink, endpoints: number, first: number): Promise<(string | number)[]> {
  const wanted = { url: `${sink.origin}/`, types: ['lead.created'] }
  const made: { id: string }[] = []
  for (let i = 0; i < endpoints; i++) made.push(await call(stage, '/webhook-endpoints', wanted))
  const changes = Math.round(DELIVERIES / endpoints)
  const arrived = sink.arrived(changes * endpoints)
  const pid = stage.service.pid ?? 0
  const before = { node: cpuOf(pid), pg: cpuOfFamily(stage.pg.pid) }
  const began = performance.now()
  for (const { id } of made) await call(stage, `/webhook-endpoints/${id}/redeliver`, { from_sequence: first })
  await arrived
  const seconds = (performance.now() - began) / 1000
  const count = changes * endpoints
  const used = { node: cpuOf(pid) - before.node, pg: cpuOfFamily(stage.pg.pid) - before.pg }
  const limit = await bareRate(sink, endpoints === 1 ? CALLS : CALLS * 4)
  const rate = count / seconds
  return [`${changes} changes to ${endpoints}`, rate, limit, rate / limit, used.node / count, used.pg / count]
}

/** The same body, posted by nothing but the client, from this process that also receives it. */
async function bareRate(sink: Sink, calls: number): Promise<number> {
  const agent = new Agent({ connections: calls })
  const arrived = sink.arrived(DELIVERIES)
  let left = DELIVERIES
  const began = performance.now()
  const post = async () => {
    while (left-- > 0) {
      const { body } = await request(sink.origin, { method: 'POST', body: sink.body, dispatcher: agent })
      await body.dump()
    }
  }
  await Promise.all([...Array.from({ length: calls }, post), arrived])
  await agent.close()
  return DELIVERIES / ((performance.now() - began) / 1000)
}

export async function benchWebhooks(): Promise<void> {
  const stage = await openStage(['serve'], { WEBHOOK_ALLOW_PRIVATE: 'true', SHED_DELAY_MS: '0' })
  const sink = await openSink()
  try {
    const rows: (string | number)[][] = []
    for (const endpoints of [1, 50]) {
      const first = (await lastSequence(stage)) + 1
      await makeLeads(stage, Math.round(DELIVERIES / endpoints))
      rows.push(await measure(stage, sink, endpoints, first))
    }
    printTable(
      'Webhook deliveries to a local sink, replayed from the feed, beside bare calls of the same body',
      ['deliveries', 'ours/s', 'bare/s', 'ratio', 'node us', 'pg us'],
      rows,
    )
  } finally {
    sink.close()
    await stage.close()
  }
}
