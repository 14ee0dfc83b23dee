/** The pipeline: how many new leads one worker makes each second, and how long a capture takes to become a lead. */
import { cpuOf, cpuOfFamily, cpuOfMachine, memoryOf } from './cpu.ts'
import { SUBMISSIONS_LEFT, until } from './live.ts'
import { seedLeads } from './seed.ts'
import { openStage, printTable, type Stage } from './stage.ts'

export const SUBMISSIONS = Number(process.env['BENCH_SUBMISSIONS'] ?? 10_000)
const LARGE = Number(process.env['BENCH_LEADS'] ?? 200_000)

/** Adds submissions that are due; `from` makes their people distinct between calls. */
export async function insertDue(stage: Stage, from: number): Promise<void> {
  await stage.db.query(
    `INSERT INTO form_submissions (workspace_id, id, form_key, form_version, dedupe_a, dedupe_b, content_hash, payload, context, state, received_at, due_at, attempt)
     SELECT $1::uuid, gen_random_uuid(), 'demo', 1, gen_random_uuid(), gen_random_uuid(), gen_random_uuid(),
       jsonb_build_object('full_name', 'Ada Lovelace ' || n, 'email', 'new.' || n || '@customer' || n % 900 || '.test', 'phone', '+4930' || 5000000 + n, 'company_name', 'Customer ' || n % 900,
         'interest', 'demo',
         'message', 'We are ' || md5(n::text) || ' and would like to see how you do ' || md5((n + 1)::text) || '; please call.'),
       jsonb_build_object('ip_prefix', format('%s.%s.%s.0/24', 11 + n % 79, n / 79 % 256, n / 20224 % 256), 'attribution', '{"utm_source":"newsletter"}'::jsonb),
       'received', now(), now(), 0
     FROM generate_series($2::int, $3::int) n`,
    [stage.workspaceId, from, from + SUBMISSIONS - 1],
  )
}

/** Whatever ends otherwise is cheaper, and would flatter the figure. */
async function requireNewLeads(stage: Stage): Promise<void> {
  const [row] = await stage.db.query<{ others: number }>(
    `SELECT count(*) AS others FROM form_submissions WHERE workspace_id = $1 AND outcome IS DISTINCT FROM 'created'`,
    [stage.workspaceId],
  )
  if (row?.others !== 0) throw new Error(`${row?.others} submissions became no new lead`)
}

async function timeOne(stage: Stage, from: number): Promise<(string | number)[]> {
  await insertDue(stage, from)
  const pid = stage.service.pid ?? 0
  const before = { node: cpuOf(pid), pg: cpuOfFamily(stage.pg.pid), all: cpuOfMachine() }
  const began = performance.now()
  await until(stage, SUBMISSIONS_LEFT)
  const seconds = (performance.now() - began) / 1000
  const node = cpuOf(pid) - before.node
  const pg = cpuOfFamily(stage.pg.pid) - before.pg
  const other = (cpuOfMachine() - before.all - node - pg) / 1e6 / seconds
  await requireNewLeads(stage)
  return [SUBMISSIONS / seconds, node / SUBMISSIONS, pg / SUBMISSIONS, Math.max(0, other), memoryOf(pid)]
}

export async function benchPipeline(): Promise<void> {
  const stage = await openStage(['work'])
  try {
    const rows: (string | number)[][] = []
    await timeOne(stage, 1)
    rows.push(['10k leads', ...(await timeOne(stage, 1_000_001))])
    await seedLeads(stage, 2_000_001, LARGE)
    rows.push([`${LARGE / 1000}k leads`, ...(await timeOne(stage, 9_000_001))])
    printTable(
      'Pipeline: submissions that become new leads, one worker',
      ['in the table', 'leads/s', 'node us', 'pg us', 'other', 'MiB'],
      rows,
    )
  } finally {
    await stage.close()
  }
}
