/** Events: batches of 500 over HTTP with all that follows from them, against a bare append of the same rows. */
import { encodeTypeId } from '../src/domain/type-id.ts'
import { seedLeads } from './seed.ts'
import {
  type Measured,
  measure,
  median,
  openStage,
  printTable,
  ROUNDS,
  SECONDS,
  type Stage,
  writeLoad,
} from './stage.ts'

const BATCH = 500
const CONNECTIONS = 2
const NAMES = ['page_viewed', 'signed_in', 'report_opened', 'file_exported']

interface Case {
  name: string
  /** Different leads in a batch. */
  leads: number
  withIds: boolean
}

const CASES: Case[] = [
  { name: '100 leads', leads: 100, withIds: false },
  { name: '500 leads', leads: 500, withIds: false },
  { name: '100 leads, event ids', leads: 100, withIds: true },
]

async function leadsOf(stage: Stage, count: number): Promise<string[]> {
  const rows = await stage.db.query<{ id: string }>(
    'SELECT id FROM leads WHERE workspace_id = $1 ORDER BY random() LIMIT $2',
    [stage.workspaceId, count],
  )
  return rows.map(({ id }) => id)
}

/** The request; `{n}` makes the event ids of each repetition new ones. */
function requestOf(stage: Stage, { withIds }: Case, leads: string[]): string {
  const items = Array.from({ length: BATCH }, (_, i) => ({
    name: NAMES[i % NAMES.length],
    lead_id: encodeTypeId('lead', leads[i % leads.length] ?? ''),
    occurred_at: new Date(Date.now() - i * 1000).toISOString(),
    properties: { title: 'Pricing', plan: 'gold', seats: 12 },
    url: 'https://app.test/reports/pricing',
    ...(withIds && { event_id: `{n}-${i}` }),
  }))
  const head = `POST /v1/events/batch/create HTTP/1.1\nAuthorization: Bearer ${stage.key}\nContent-Type: application/json`
  return `${head}\n\n${JSON.stringify({ items })}`
}

/** The same rows by one statement, made by the server: no network, no counters, no marks, nothing checked. */
function limitOf(stage: Stage, leads: string[]): string {
  const text = `INSERT INTO events (workspace_id, occurred_at, id, lead_id, name, properties, source, url, bot_probability, is_bot, received_at)
    SELECT $1::uuid, now() - n * interval '1 second', gen_random_uuid(), ($2::uuid[])[1 + n % ${leads.length}],
      ($3::text[])[1 + n % 4], '{"title":"Pricing","plan":"gold","seats":12}', 'api', 'https://app.test/reports/pricing', 0, false, now()
    FROM generate_series(1, ${BATCH}) n`
  return JSON.stringify({ text, values: [stage.workspaceId, leads, NAMES] })
}

async function compare(stage: Stage, each: Case): Promise<(string | number)[]> {
  const leads = await leadsOf(stage, each.leads)
  const file = writeLoad(stage, 'events.txt', requestOf(stage, each, leads))
  const limitFile = writeLoad(stage, 'events-limit.json', limitOf(stage, leads))
  await measure(stage, 'http-load', String(stage.port), CONNECTIONS, 1, file)
  const ours: Measured[] = []
  const theirs: Measured[] = []
  for (let round = 0; round < ROUNDS; round++) {
    ours.push(await measure(stage, 'http-load', String(stage.port), CONNECTIONS, SECONDS, file))
    theirs.push(await measure(stage, 'sql-load', stage.url, CONNECTIONS, SECONDS, limitFile))
  }
  const refused = ours.flatMap(({ statuses = {} }) => Object.keys(statuses)).filter((status) => status !== '207')
  if (refused.length > 0) throw new Error(`answers other than 207: ${refused.join(', ')}`)
  const of = (pick: (one: Measured) => number) => median(ours.map(pick))
  return [
    each.name,
    of((m) => m.rate) * BATCH,
    median(theirs.map((m) => m.rate)) * BATCH,
    median(ours.map((m, i) => m.rate / (theirs[i]?.rate ?? 1))),
    of((m) => m.p50),
    of((m) => m.nodeUs) / BATCH,
    of((m) => m.pgUs) / BATCH,
    median(theirs.map((m) => m.pgUs)) / BATCH,
    of((m) => m.other),
    of((m) => m.memory),
  ]
}

/** What browsers send: one event in a request, committed in groups. */
async function timeVisitors(stage: Stage): Promise<(string | number)[][]> {
  const body = `{"visitor_id":"visitor-{n}","events":[{"name":"page_viewed","event_id":"e1","age_ms":800,"url":"https://shop.test/pricing","properties":{"title":"Pricing"}}]}`
  const head = `POST /v1/public/events HTTP/1.1\nAuthorization: Bearer ${stage.key}\nContent-Type: text/plain\nOrigin: https://shop.test\nUser-Agent: Mozilla/5.0 Firefox/140.0`
  const file = writeLoad(stage, 'visitors.txt', `${head}\n\n${body}`)
  await measure(stage, 'http-load', String(stage.port), 16, 1, file)
  const rows: (string | number)[][] = []
  for (const connections of [1, 16, 64]) {
    const rounds: Measured[] = []
    for (let round = 0; round < ROUNDS; round++) {
      rounds.push(await measure(stage, 'http-load', String(stage.port), connections, SECONDS, file))
    }
    const of = (pick: (one: Measured) => number) => median(rounds.map(pick))
    rows.push([
      String(connections),
      of((m) => m.rate),
      of((m) => m.p50),
      of((m) => m.p99),
      of((m) => m.nodeUs),
      of((m) => m.pgUs),
      of((m) => m.other),
    ])
  }
  return rows
}

export async function benchEvents(): Promise<void> {
  const stage = await openStage(['serve', '--no-work'])
  try {
    await seedLeads(stage, 1, 10_000)
    const rows: (string | number)[][] = []
    for (const each of CASES) rows.push(await compare(stage, each))
    printTable(
      `Events in batches of ${BATCH} against a bare append of the same rows (${CONNECTIONS} connections)`,
      ['batch', 'ours/s', 'limit/s', 'ratio', 'p50 ms', 'node us', 'pg us', 'limit pg us', 'other', 'MiB'],
      rows,
    )
    printTable(
      'Events of new visitors, one in a request',
      ['conn', 'requests/s', 'p50 ms', 'p99 ms', 'node us', 'pg us', 'other'],
      await timeVisitors(stage),
    )
  } finally {
    await stage.close()
  }
}
