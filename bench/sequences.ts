/**
 * The tick of sequences, in this process: due enrollments that take a step and stand at the next wait, beside the bare
 * claim of 100 such rows in SQL that writes the same: the visit, where it stands then, and the mail that is planned.
 */
import type { Ctx } from '../src/ctx.ts'
import { runEnrollments } from '../src/pipeline/sequences/run-enrollments.ts'
import { seedLeads } from './seed.ts'
import { median, openStage, printTable, ROUNDS, type Stage } from './stage.ts'
import { openWorker, send, type Timed, time } from './worker.ts'

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
type Sequence = keyof typeof STEPS

/** Enrollments whose first wait is over, and nothing of the round before. */
async function prepare({ db, workspaceId }: Stage, key: Sequence): Promise<void> {
  for (const table of ['enrollment_visits', 'messages', 'enrollments']) {
    await db.query(`DELETE FROM ${table} WHERE workspace_id = $1`, [workspaceId])
  }
  await db.query(
    `INSERT INTO enrollments (workspace_id, id, sequence_key, version, lead_id, status, held_out, step_key, waiting_since, due_at,
       visits, failures, edits, entered_by, started_at, updated_at)
     SELECT workspace_id, gen_random_uuid(), $2, 1, id, 'active', false, 'first', now() - interval '2 days', now(),
       0, 0, 1, 'bench', now() - interval '2 days', now()
     FROM leads WHERE workspace_id = $1 ORDER BY id LIMIT ${ENROLLMENTS}`,
    [workspaceId, key],
  )
  await db.query('VACUUM ANALYZE enrollments, enrollment_visits, messages')
}

async function tick(stage: Stage, ctx: Ctx, key: Sequence): Promise<Timed> {
  await prepare(stage, key)
  return await time(stage, ENROLLMENTS, async () => {
    const looked = await runEnrollments(ctx, stage.workspaceId)
    if (looked !== ENROLLMENTS) throw new Error(`${looked} enrollments were looked at`)
  })
}

const MOVED = `due AS (
    SELECT workspace_id, id FROM enrollments WHERE workspace_id = $1 AND status = 'active' AND due_at <= now()
    ORDER BY due_at LIMIT 100 FOR UPDATE SKIP LOCKED),
  moved AS (
    UPDATE enrollments AS e SET step_key = 'second', waiting_since = now(), due_at = now() + interval '1 day', visits = visits + 1,
      edits = edits + 1, updated_at = now()
    FROM due WHERE e.workspace_id = due.workspace_id AND e.id = due.id
    RETURNING e.workspace_id, e.id, e.sequence_key, e.lead_id)`
const PLANNED = `planned AS (
    INSERT INTO messages (workspace_id, id, dedupe_key, kind, purpose, lead_id, to_email, to_name, address_key, template_key, data,
      sequence_key, enrollment_id, step_key, state, due_at, attempt, failures, hand_overs, tally, actor, created_at, updated_at)
    SELECT m.workspace_id, gen_random_uuid(), 'enrollment:' || m.id, 'marketing', 'marketing', l.id, l.email, l.full_name, l.email,
      'bench', '{}', m.sequence_key, m.id, 'mail', 'planned', now(), 0, 0, 0, '{"opens": 0, "clicks": 0}', 'bench', now(), now()
    FROM moved m JOIN leads l ON l.workspace_id = m.workspace_id AND l.id = m.lead_id RETURNING workspace_id, enrollment_id, id)`
const VISIT = `INSERT INTO enrollment_visits (workspace_id, enrollment_id, position, sequence_key, step_key, kind, visited_at, message_id)
  SELECT workspace_id, id, 0, sequence_key, 'first', 'wait', now(), NULL FROM moved`
const CLAIM: Record<Sequence, string> = {
  waits: `WITH ${MOVED} ${VISIT} RETURNING position`,
  mails: `WITH ${MOVED}, ${PLANNED} ${VISIT}
    UNION ALL SELECT workspace_id, enrollment_id, 1, 'mails', 'mail', 'email', now(), id FROM planned RETURNING position`,
}

/** The same rows, claimed by one connection and nothing else. */
async function claim(stage: Stage, key: Sequence): Promise<Timed> {
  await prepare(stage, key)
  return await time(stage, ENROLLMENTS, async () => {
    const statement = { name: `limit_${key}`, text: CLAIM[key] }
    while ((await stage.db.query(statement, [stage.workspaceId])).length > 0);
  })
}

export async function benchSequences(): Promise<void> {
  const stage = await openStage(['serve', '--no-work'])
  const ctx = await openWorker(stage)
  try {
    await seedLeads(stage, 1, ENROLLMENTS)
    await send(stage, 'PUT', '/templates/bench', { texts: [{ locale: 'en', subject: 'Hello', text: 'Hello' }] })
    for (const [key, steps] of Object.entries(STEPS)) {
      await send(stage, 'PUT', `/sequences/${key}`, { steps })
      await send(stage, 'POST', `/sequences/${key}/publish`)
    }
    const taken: Record<Sequence, { limit: Timed; ours: Timed }[]> = { waits: [], mails: [] }
    for (let round = 0; round <= ROUNDS; round++) {
      for (const key of ['waits', 'mails'] as const) {
        const one = { limit: await claim(stage, key), ours: await tick(stage, ctx, key) }
        // The first round warms up.
        if (round > 0) taken[key].push(one)
      }
    }
    const bare = median(taken.waits.map(({ limit }) => limit.rate))
    const rowOf = (name: string, key: Sequence): (string | number)[] => {
      const ours = (member: keyof Timed) => median(taken[key].map((one) => one.ours[member]))
      const limit = (member: keyof Timed) => median(taken[key].map((one) => one.limit[member]))
      const rates = [ours('rate'), limit('rate'), ours('rate') / limit('rate'), ours('rate') / bare]
      return [name, ...rates, ours('nodeUs'), ours('pgUs'), limit('pgUs'), ours('other')]
    }
    printTable(
      `Sequences: ${ENROLLMENTS} due enrollments, one worker, beside claiming 100 at a time in SQL`,
      ['step', 'ours/s', 'limit/s', 'ratio', 'of claim', 'node us', 'pg us', 'limit us', 'other'],
      [rowOf('a wait is over', 'waits'), rowOf('and a mail planned', 'mails')],
    )
  } finally {
    await ctx.db.close()
    await stage.close()
  }
}
