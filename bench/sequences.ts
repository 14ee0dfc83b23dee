/**
 * The tick of sequences: due enrollments of one worker that take a step and stand at the next wait, beside the bare claim
 * of 100 such rows in SQL that writes the same: the visit, and where it stands then.
 */
import { cpuOf, cpuOfFamily, cpuOfMachine } from './cpu.ts'
import { seedLeads } from './seed.ts'
import { median, openStage, printTable, ROUNDS, type Stage } from './stage.ts'

/** Enough that the half second until the next sweep weighs little. */
const ENROLLMENTS = Number(process.env['BENCH_ENROLLMENTS'] ?? 20_000)
const DAY = 86_400

const wait = (key: string, next: string | null) => ({
  key,
  kind: 'wait',
  next,
  wait: { kind: 'duration', seconds: DAY },
})
const STEPS = {
  waits: [wait('first', 'second'), wait('second', null)],
  mails: [
    wait('first', 'mail'),
    { key: 'mail', kind: 'email', next: 'second', email: { template_key: 'bench' } },
    wait('second', null),
  ],
}

async function call(stage: Stage, method: string, path: string, body?: object): Promise<void> {
  const response = await fetch(`http://127.0.0.1:${stage.port}/v1${path}`, {
    method,
    headers: { authorization: `Bearer ${stage.key}`, ...(body && { 'content-type': 'application/json' }) },
    ...(body && { body: JSON.stringify(body) }),
  })
  if (response.status >= 300) throw new Error(`${path} answered ${response.status}: ${await response.text()}`)
}

/** Enrollments whose first wait is over. */
async function insertDue(stage: Stage, key: string): Promise<void> {
  await stage.db.query(
    `INSERT INTO enrollments (workspace_id, id, sequence_key, version, lead_id, status, held_out, step_key, waiting_since, due_at,
       visits, failures, edits, entered_by, started_at, updated_at)
     SELECT workspace_id, gen_random_uuid(), $2, 1, id, 'active', false, 'first', now() - interval '2 days', now(),
       0, 0, 1, 'bench', now() - interval '2 days', now()
     FROM leads WHERE workspace_id = $1 ORDER BY id LIMIT ${ENROLLMENTS}`,
    [stage.workspaceId, key],
  )
}

async function clear(stage: Stage): Promise<void> {
  for (const table of ['enrollment_visits', 'enrollments']) {
    await stage.db.query(`DELETE FROM ${table} WHERE workspace_id = $1`, [stage.workspaceId])
  }
}

async function untilTaken(stage: Stage): Promise<void> {
  for (;;) {
    const [row] = await stage.db.query<{ left: number }>(
      `SELECT count(*) AS left FROM enrollments WHERE workspace_id = $1 AND step_key = 'first'`,
      [stage.workspaceId],
    )
    if (row?.left === 0) return
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

interface Taken {
  rate: number
  node: number
  pg: number
  other: number
}

async function timed(stage: Stage, work: () => Promise<void>): Promise<Taken> {
  const pid = stage.service.pid ?? 0
  const before = { node: cpuOf(pid), pg: cpuOfFamily(stage.pg.pid), all: cpuOfMachine() }
  const began = performance.now()
  await work()
  const seconds = (performance.now() - began) / 1000
  const [node, pg] = [cpuOf(pid) - before.node, cpuOfFamily(stage.pg.pid) - before.pg]
  const other = Math.max(0, (cpuOfMachine() - before.all - node - pg) / 1e6 / seconds)
  return { rate: ENROLLMENTS / seconds, node: node / ENROLLMENTS, pg: pg / ENROLLMENTS, other }
}

/** The service stands still while rows are made, and while the limit is measured. */
async function prepare(stage: Stage, key: string): Promise<void> {
  await clear(stage)
  stage.service.kill('SIGSTOP')
  await insertDue(stage, key)
}

async function tick(stage: Stage, key: string): Promise<Taken> {
  await prepare(stage, key)
  return await timed(stage, async () => {
    stage.service.kill('SIGCONT')
    await untilTaken(stage)
  })
}

const CLAIM = `WITH due AS (
    SELECT workspace_id, id FROM enrollments WHERE workspace_id = $1 AND status = 'active' AND due_at <= now()
    ORDER BY due_at LIMIT 100 FOR UPDATE SKIP LOCKED),
  moved AS (
    UPDATE enrollments AS e SET step_key = 'second', waiting_since = now(), due_at = now() + interval '1 day', visits = visits + 1,
      edits = edits + 1, updated_at = now()
    FROM due WHERE e.workspace_id = due.workspace_id AND e.id = due.id RETURNING e.workspace_id, e.id, e.sequence_key)
  INSERT INTO enrollment_visits (workspace_id, enrollment_id, position, sequence_key, step_key, kind, visited_at)
  SELECT workspace_id, id, 0, sequence_key, 'first', 'wait', now() FROM moved RETURNING position`

/** The same rows, claimed by one connection and nothing else. */
async function claim(stage: Stage): Promise<Taken> {
  await prepare(stage, 'waits')
  const taken = await timed(stage, async () => {
    const statement = { name: 'limit', text: CLAIM }
    while ((await stage.db.query(statement, [stage.workspaceId])).length > 0);
  })
  stage.service.kill('SIGCONT')
  return taken
}

const rowOf = (name: string, taken: Taken[], limit: number): (string | number)[] => {
  const middle = (member: keyof Taken) => median(taken.map((one) => one[member]))
  return [name, middle('rate'), limit, middle('rate') / limit, middle('node'), middle('pg'), middle('other')]
}

export async function benchSequences(): Promise<void> {
  const stage = await openStage(['serve'])
  try {
    await seedLeads(stage, 1, ENROLLMENTS)
    await call(stage, 'PUT', '/templates/bench', { texts: [{ locale: 'en', subject: 'Hello', text: 'Hello' }] })
    for (const [key, steps] of Object.entries(STEPS)) {
      await call(stage, 'PUT', `/sequences/${key}`, { steps })
      await call(stage, 'POST', `/sequences/${key}/publish`)
    }
    const taken: Record<'waits' | 'mails' | 'limit', Taken[]> = { waits: [], mails: [], limit: [] }
    for (let round = 0; round <= ROUNDS; round++) {
      const one = { limit: await claim(stage), waits: await tick(stage, 'waits'), mails: await tick(stage, 'mails') }
      // The first round warms up.
      if (round > 0) for (const name of ['limit', 'waits', 'mails'] as const) taken[name].push(one[name])
    }
    const limit = median(taken.limit.map(({ rate }) => rate))
    printTable(
      `Sequences: ${ENROLLMENTS} due enrollments, one worker, beside claiming 100 at a time in SQL`,
      ['step', 'ours/s', 'limit/s', 'ratio', 'node us', 'pg us', 'other'],
      [rowOf('a wait is over', taken.waits, limit), rowOf('and a mail planned', taken.mails, limit)],
    )
  } finally {
    await stage.close()
  }
}
