/**
 * Clocks of promises: what a tick costs that finds nothing due, and one that begins clocks or finds promises broken, while
 * ten thousand or a million others are open and wait.
 */

import { sweepDueClocks } from '../src/pipeline/sla/clock-queries.ts'
import { runDueClocks } from '../src/pipeline/sla/run-due-clocks.ts'
import { seedLeads } from './seed.ts'
import { openStage, printTable, type Stage } from './stage.ts'
import { openWorker, send, type Timed, time } from './worker.ts'

const OPEN = [10_000, Number(process.env['BENCH_CLOCKS'] ?? 1_000_000)]
/** Clocks that are due at once, as when a working day begins. */
const DUE = Number(process.env['BENCH_DUE'] ?? 5_000)
const TICKS = 200

async function setUp(stage: Stage): Promise<void> {
  const { id } = await send(stage, 'POST', '/users', { name: 'Seller' })
  await send(stage, 'PUT', '/settings/sla/all', { targets: { accept_seconds: 900, first_touch_seconds: 3_600 } })
  await send(stage, 'POST', '/settings/sla/all/publish')
  await seedLeads(stage, 0, DUE)
  await stage.db.query(
    `INSERT INTO assignments (workspace_id, id, lead_id, target, user_id, cause, actor, arrived_at, assigned_at, version, updated_at)
      SELECT workspace_id, gen_random_uuid(), id, 'user', (SELECT id FROM users WHERE workspace_id = $1), 'rule', 'bench', now(), now(), 1, now()
      FROM leads WHERE workspace_id = $1`,
    [stage.workspaceId],
  )
  if (id === undefined) throw new Error('no seller')
}

/** Others that are open and due within the next month; nobody looks at their leads, so they have none. */
async function fill(stage: Stage, count: number): Promise<void> {
  await stage.db.query(
    `INSERT INTO sla_clocks (workspace_id, assignment_id, lead_id, policy_key, policy_version, started_at, elapsed_ms, counted_from,
        passed, met, at_risk, breached, notes, due_at)
      SELECT $1, gen_random_uuid(), gen_random_uuid(), 'all', 1, now(), 0, now(), 0, '{}', '{}', '{}', '[]',
        now() + interval '1 hour' + random() * interval '30 days'
      FROM generate_series(1, $2::int - (SELECT count(*) FROM sla_clocks WHERE workspace_id = $1)::int)`,
    [stage.workspaceId, count],
  )
  await stage.db.query('VACUUM ANALYZE sla_clocks')
}

/** The clocks of the assignments, due now and as new as when they are started. */
async function begin(stage: Stage): Promise<void> {
  await stage.db.query(
    'DELETE FROM sla_clocks c USING assignments a WHERE a.workspace_id = $1 AND c.workspace_id = $1 AND c.assignment_id = a.id',
    [stage.workspaceId],
  )
  await stage.db.query(
    `INSERT INTO sla_clocks (workspace_id, assignment_id, lead_id, user_id, started_at, elapsed_ms, counted_from,
        passed, met, at_risk, breached, notes, due_at)
      SELECT workspace_id, id, lead_id, user_id, now(), 0, now(), 0, '{}', '{}', '{}', '[]', now()
      FROM assignments WHERE workspace_id = $1`,
    [stage.workspaceId],
  )
}

/** Their sellers have done nothing for twenty minutes: a promise of each is at risk, and then broken. */
async function letLie(stage: Stage): Promise<void> {
  await stage.db.query(
    `UPDATE sla_clocks c SET counted_from = now() - interval '20 minutes', due_at = now()
      FROM assignments a WHERE a.workspace_id = $1 AND c.workspace_id = $1 AND c.assignment_id = a.id`,
    [stage.workspaceId],
  )
}

const rowOf = (open: number, what: string, { rate, nodeUs, pgUs, other }: Timed) => [
  open.toLocaleString('en-US'),
  what,
  rate,
  nodeUs,
  pgUs,
  other,
]

/** Runs the benchmark. */
export async function benchSla(): Promise<void> {
  const stage = await openStage(['serve', '--no-work'])
  const ctx = await openWorker(stage)
  const work = () => runDueClocks(ctx, stage.workspaceId)
  const rows: (string | number)[][] = []
  try {
    await setUp(stage)
    for (const open of OPEN) {
      await fill(stage, open)
      const tick = async () => {
        for (let i = 0; i < TICKS; i++) {
          await ctx.db.query(sweepDueClocks, [100])
          await work()
        }
      }
      rows.push(rowOf(open, 'nothing due, a tick', await time(stage, TICKS, tick)))
      await begin(stage)
      rows.push(rowOf(open, 'begins, a clock', await time(stage, DUE, work)))
      await letLie(stage)
      rows.push(rowOf(open, 'breaks a promise, a clock', await time(stage, DUE, work)))
    }
    printTable(`Clocks of promises: ${DUE} due at once`, ['open', 'what', '/s', 'node us', 'pg us', 'other'], rows)
  } finally {
    await ctx.db.close()
    await stage.close()
  }
}
