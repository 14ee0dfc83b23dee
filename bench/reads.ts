/** Read one, list 50, a page of the feed: the endpoint against the same statement on bare connections, small and large. */
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

const CONNECTIONS = 8
/** Second size of the table; 1,000,000 shows flatness, the default keeps the run short. */
const LARGE = Number(process.env['BENCH_LEADS'] ?? 200_000)

interface Operation {
  name: string
  request: string
  limit: { text: string; values: unknown[] }
}

async function operationsOf(stage: Stage): Promise<Operation[]> {
  const { db, workspaceId: ws, key } = stage
  const leads = await db.query<{ id: string }>(
    'SELECT id FROM leads WHERE workspace_id = $1 ORDER BY random() LIMIT 64',
    [ws],
  )
  const get = (path: string) => `GET ${path} HTTP/1.1\nAuthorization: Bearer ${key}\n\n`
  const [first] = leads
  return [
    {
      name: 'read one',
      request: leads.map(({ id }) => get(`/v1/leads/${encodeTypeId('lead', id)}`)).join('\n---\n'),
      limit: { text: 'SELECT * FROM leads WHERE workspace_id = $1::uuid AND id = $2::uuid', values: [ws, first?.id] },
    },
    {
      name: 'list 50',
      request: get('/v1/leads?limit=50'),
      limit: {
        text: 'SELECT * FROM leads WHERE workspace_id = $1::uuid AND archived = $2::boolean ORDER BY created_at DESC, id DESC LIMIT 51',
        values: [ws, false],
      },
    },
    {
      name: 'feed page of 100',
      request: get('/v1/changes?cursor=earliest&limit=100'),
      limit: {
        text: 'SELECT * FROM changes WHERE workspace_id = $1::uuid AND sequence > $2 ORDER BY sequence LIMIT 101',
        values: [ws, 0],
      },
    },
  ]
}

async function compare(stage: Stage, label: string): Promise<(string | number)[][]> {
  const rows: (string | number)[][] = []
  for (const operation of await operationsOf(stage)) {
    const file = writeLoad(stage, 'read.txt', operation.request)
    const limitFile = writeLoad(stage, 'read-limit.json', JSON.stringify(operation.limit))
    await measure(stage, 'http-load', String(stage.port), CONNECTIONS, 1, file)
    const ours: Measured[] = []
    const theirs: Measured[] = []
    for (let round = 0; round < ROUNDS; round++) {
      ours.push(await measure(stage, 'http-load', String(stage.port), CONNECTIONS, SECONDS, file))
      theirs.push(await measure(stage, 'sql-load', stage.url, CONNECTIONS, SECONDS, limitFile))
    }
    const of = (pick: (each: Measured) => number) => median(ours.map(pick))
    const ratio = median(ours.map((each, i) => each.rate / (theirs[i]?.rate ?? 1)))
    rows.push([
      `${operation.name}, ${label}`,
      of((m) => m.rate),
      median(theirs.map((m) => m.rate)),
      ratio,
      of((m) => m.p50),
      of((m) => m.p99),
      of((m) => m.nodeUs),
      of((m) => m.pgUs),
      of((m) => m.other),
      of((m) => m.memory),
    ])
  }
  return rows
}

export async function benchReads(): Promise<void> {
  const stage = await openStage(['serve', '--no-work'])
  try {
    await seedLeads(stage, 1, 10_000)
    await stage.db.query(
      `WITH counter AS (UPDATE change_counters SET last_sequence = last_sequence + 2000 WHERE workspace_id = $1 RETURNING last_sequence - 2000 AS last)
       INSERT INTO changes SELECT $1::uuid, last + n, gen_random_uuid(), 'lead.created', 'lead', gen_random_uuid(), 'form:demo', null, now(),
         jsonb_build_object('lead', (SELECT to_jsonb(l) FROM leads l LIMIT 1), 'changed_fields', '["email"]'::jsonb, 'previous', '{}'::jsonb) FROM counter, generate_series(1, 2000) n`,
      [stage.workspaceId],
    )
    const rows = await compare(stage, '10k leads')
    await seedLeads(stage, 10_001, LARGE - 10_000)
    rows.push(...(await compare(stage, `${LARGE / 1000}k leads`)))
    printTable(
      'Reads against the same statement on bare connections (8 connections)',
      ['operation', 'ours/s', 'limit/s', 'ratio', 'p50 ms', 'p99 ms', 'node us', 'pg us', 'other', 'MiB'],
      rows,
    )
  } finally {
    await stage.close()
  }
}
