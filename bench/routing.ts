/**
 * Routing: one decision and batches of them through the judge, in this process, beside one SQL statement that picks the
 * least loaded of fifty, moves it on, logs and sets the owner: no conditions, hours, capacities, receipts or changes.
 */

import type { Ctx } from '../src/ctx.ts'
import { judgeLeads } from '../src/pipeline/judge/judge-leads.ts'
import { replayRouting } from '../src/pipeline/route/replay-routing.ts'
import { routeNow } from '../src/pipeline/route/route-now.ts'
import { routeStage } from '../src/pipeline/route/route-stage.ts'
import { seedLeads } from './seed.ts'
import { measure, median, openStage, printTable, ROUNDS, type Stage, writeLoad } from './stage.ts'
import { openWorker, send, type Timed, time } from './worker.ts'

const SELLERS = 50
const BATCHED = Number(process.env['BENCH_ROUTED'] ?? 10_000)
const SINGLE = Number(process.env['BENCH_SINGLE'] ?? 1_000)
const REPLAYED = Number(process.env['BENCH_REPLAYED'] ?? 100_000)
const CONNECTIONS = 8
const SECONDS = Number(process.env['BENCH_SECONDS'] ?? 3)

/** Fifty sellers with hours in three zones and room, one pool, three rules of which the last holds. */
async function setUp(stage: Stage): Promise<void> {
  const zones = ['Europe/Berlin', 'America/New_York', 'Asia/Tokyo']
  const members: object[] = []
  for (let i = 0; i < SELLERS; i++) {
    const windows = [
      {
        weekdays: ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'],
        from: '00:00',
        to: '24:00',
      },
    ]
    const seller = {
      name: `Seller ${i}`,
      weight: 50 + i,
      time_zone: zones[i % 3],
      working_hours: windows,
      capacity_day: 1_000_000,
    }
    members.push({ user_id: (await send(stage, 'POST', '/users', seller))['id'] })
  }
  await send(stage, 'PUT', '/settings/teams', { pools: [{ key: 'p', members }] })
  const toPool = { kind: 'pool', pool_key: 'p' }
  const isIn = (country: string) => ({ any: [{ all: [{ field: 'country', op: 'eq', value: country }] }] })
  const rules = ['GB', 'FR', 'DE'].map((country) => ({
    key: country.toLowerCase(),
    when: isIn(country),
    target: toPool,
  }))
  await send(stage, 'PUT', '/settings/routing', { rules, default_target: toPool })
  await send(stage, 'POST', '/settings/routing/publish')
}

let seeded = 0

/** New leads that nobody has; with a mark, so that the judge takes them. */
async function newLeads(stage: Stage, count: number, marked: boolean): Promise<string[]> {
  seeded += 10_000_000
  await seedLeads(stage, seeded, count)
  // As the worker of a running service does (db/young-tables.ts); here there is none.
  await stage.db.query('ANALYZE')
  const leads = await stage.db.query<{ id: string }>(
    'SELECT l.id FROM leads l WHERE l.workspace_id = $1 AND l.owner_id IS NULL ORDER BY l.created_at LIMIT $2',
    [stage.workspaceId, count],
  )
  if (marked) {
    await stage.db.query(
      `INSERT INTO lead_work (workspace_id, lead_id, due_at, reasons, generation, attempt)
        SELECT $1, id, now(), '{changed}', 1, 0 FROM leads WHERE workspace_id = $1 AND owner_id IS NULL ON CONFLICT DO NOTHING`,
      [stage.workspaceId],
    )
  }
  return leads.map(({ id }) => id)
}

/** Callers who each want one lead routed and wait for it, as those of the endpoint do. */
async function timeSingle(stage: Stage, ctx: Ctx, callers: number): Promise<Timed> {
  const count = callers === 1 ? SINGLE / 4 : SINGLE
  const ids = await newLeads(stage, count, false)
  const call = async () => {
    for (let id = ids.pop(); id !== undefined; id = ids.pop()) {
      await routeNow(ctx, [routeStage], stage.workspaceId, id)
    }
  }
  return await time(stage, count, () => Promise.all(Array.from({ length: callers }, call)))
}

async function timeBatched(stage: Stage, ctx: Ctx): Promise<Timed> {
  await newLeads(stage, BATCHED, true)
  return await time(stage, BATCHED, () => judgeLeads(ctx, [routeStage], stage.workspaceId))
}

const LIMIT = `WITH picked AS (SELECT id FROM bench_agents ORDER BY load, id LIMIT 1 FOR UPDATE),
  moved AS (UPDATE bench_agents a SET load = a.load + 1 FROM picked WHERE a.id = picked.id),
  logged AS (INSERT INTO bench_log (id, agent_id, at) SELECT gen_random_uuid(), id, now() FROM picked)
  UPDATE bench_leads l SET owner_id = picked.id FROM picked
  WHERE l.id = (SELECT id FROM bench_leads WHERE owner_id IS NULL LIMIT 1 FOR UPDATE SKIP LOCKED)`

async function prepareLimit(stage: Stage): Promise<void> {
  await stage.db.query('CREATE TABLE bench_agents (id int PRIMARY KEY, load int NOT NULL)')
  await stage.db.query('CREATE TABLE bench_log (id uuid PRIMARY KEY, agent_id int NOT NULL, at timestamptz NOT NULL)')
  await stage.db.query('CREATE TABLE bench_leads (id int PRIMARY KEY, owner_id int)')
  await stage.db.query('CREATE INDEX ON bench_leads (id) WHERE owner_id IS NULL')
  await stage.db.query(`INSERT INTO bench_agents SELECT n, 0 FROM generate_series(1, ${SELLERS}) AS n`)
  await stage.db.query('INSERT INTO bench_leads SELECT n FROM generate_series(1, 200000) AS n')
  await stage.db.query('VACUUM ANALYZE bench_leads')
}

/** A log of so many arrivals, as the router would leave it, copied from those that it made. */
async function timeReplay(stage: Stage, ctx: Ctx): Promise<(string | number)[]> {
  await stage.db.query(
    `INSERT INTO assignments SELECT (jsonb_populate_record(a, jsonb_build_object('id', gen_random_uuid(), 'decision', 1000000 + n,
        'ended_at', a.assigned_at + interval '1 day'))).*
      FROM generate_series(1, $2::int) AS n
      JOIN (SELECT *, row_number() OVER (ORDER BY decision) - 1 AS place FROM assignments WHERE workspace_id = $1 AND decision IS NOT NULL) AS b
        ON b.place = n % (SELECT count(*) FROM assignments WHERE workspace_id = $1 AND decision IS NOT NULL)
      JOIN assignments a ON a.workspace_id = $1 AND a.id = b.id`,
    [stage.workspaceId, REPLAYED],
  )
  const [row] = await stage.db.query<{ definition: never }>(
    `SELECT definition FROM policy_versions WHERE workspace_id = $1 AND kind = 'routing'`,
    [stage.workspaceId],
  )
  if (row === undefined) throw new Error('no policy')
  const asOf = new Date()
  const from = new Date(asOf.getTime() - 86_400_000).toISOString()
  const request = { definition: row.definition, from, to: asOf.toISOString(), asOf }
  const began = performance.now()
  const { book } = await replayRouting(ctx.db, stage.workspaceId, request, async () => undefined)
  const seconds = (performance.now() - began) / 1000
  return [book.arrivals, seconds, book.arrivals / seconds]
}

export async function benchRouting(): Promise<void> {
  const stage = await openStage(['serve', '--no-work'])
  const ctx = await openWorker(stage)
  try {
    await setUp(stage)
    await prepareLimit(stage)
    const file = writeLoad(stage, 'routing.json', JSON.stringify({ text: LIMIT, values: [] }))
    const limits: number[] = []
    const limitsAlone: number[] = []
    const singles: Timed[] = []
    const alone: Timed[] = []
    const batches: Timed[] = []
    // Both paths are warm before they are measured, as those of a service that runs.
    await timeBatched(stage, ctx)
    for (let warmUp = 0; warmUp < 2; warmUp++) await timeSingle(stage, ctx, CONNECTIONS)
    for (let round = 0; round < ROUNDS; round++) {
      limits.push((await measure(stage, 'sql-load', stage.url, CONNECTIONS, SECONDS, file)).rate)
      singles.push(await timeSingle(stage, ctx, CONNECTIONS))
      limitsAlone.push((await measure(stage, 'sql-load', stage.url, 1, SECONDS, file)).rate)
      alone.push(await timeSingle(stage, ctx, 1))
      batches.push(await timeBatched(stage, ctx))
    }
    const limit = median(limits)
    const limitAlone = median(limitsAlone)
    const rowOf = (name: string, timed: Timed[], beside: number) => {
      const mid = (key: keyof Timed) => median(timed.map((one) => one[key]))
      return [name, mid('rate'), mid('rate') / beside, mid('nodeUs'), mid('pgUs'), mid('other')]
    }
    printTable(
      `Routing: ${SELLERS} sellers, three rules`,
      ['decisions', '/s', 'ratio', 'node us', 'pg us', 'other'],
      [
        [`one statement, ${CONNECTIONS} connections`, limit, 1, '', '', ''],
        rowOf(`single leads, ${CONNECTIONS} callers`, singles, limit),
        rowOf('batches of 200, one worker', batches, limit),
        ['one statement, 1 connection', limitAlone, 1, '', '', ''],
        rowOf('single leads, 1 caller', alone, limitAlone),
      ],
    )
    printTable('Replay', ['', 'arrivals', 'seconds', '/s'], [['one day', ...(await timeReplay(stage, ctx))]])
  } finally {
    await ctx.db.close()
    await stage.close()
  }
}
