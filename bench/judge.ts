/**
 * The judge: new leads with every stage on, what one judged lead costs, and a full rescore beside the set-based SQL that
 * writes the same rows.
 */
import { memoryOf } from './cpu.ts'
import { call, DUE_LEFT, finish, SUBMISSIONS_LEFT, term, timed, until } from './live.ts'
import { insertDue, SUBMISSIONS } from './pipeline.ts'
import { seedLeads } from './seed.ts'
import { openStage, printTable, ROUNDS, type Stage } from './stage.ts'

/** Leads of the rescore: as many as two minutes allow. */
const LEADS = Number(process.env['BENCH_SCORE_LEADS'] ?? 200_000)

/** From the submission to the verdicts. */
async function benchJourney(stage: Stage): Promise<(string | number)[]> {
  const { seconds, node, pg, other } = await timed(stage, async () => {
    await insertDue(stage, 1)
    await until(stage, SUBMISSIONS_LEFT)
    await until(stage, DUE_LEFT)
  })
  return [
    'capture to judged',
    SUBMISSIONS / seconds,
    node / SUBMISSIONS,
    pg / SUBMISSIONS,
    other,
    memoryOf(stage.service.pid ?? 0),
  ]
}

/** The judge alone: leads that nothing is new about. */
async function benchJudged(stage: Stage): Promise<(string | number)[]> {
  const { seconds, node, pg, other } = await timed(stage, async () => {
    await stage.db.query(
      `INSERT INTO lead_work (workspace_id, lead_id, due_at, reasons, generation, attempt)
       SELECT workspace_id, id, now(), '{changed}', 1, 0 FROM leads WHERE workspace_id = $1 ORDER BY id LIMIT ${SUBMISSIONS}
       ON CONFLICT (workspace_id, lead_id) DO UPDATE SET due_at = excluded.due_at`,
      [stage.workspaceId],
    )
    await until(stage, DUE_LEFT)
  })
  return [
    'one lead judged',
    SUBMISSIONS / seconds,
    node / SUBMISSIONS,
    pg / SUBMISSIONS,
    other,
    memoryOf(stage.service.pid ?? 0),
  ]
}

/** Five rules over five fields; the last one decides about one lead in six. */
const model = (points: number) => ({
  name: `Bench ${points}`,
  fit: {
    min: 0,
    max: 100,
    rules: [
      { key: 'country', condition: term('country', 'eq', 'DE'), points: 10 },
      { key: 'title', condition: term('job_title', 'contains', 'head'), points: 10 },
      { key: 'interest', condition: term('custom_fields.interest', 'eq', 'demo'), points: 5 },
      { key: 'source', condition: term('source_key', 'eq', 'website'), points: 5 },
      {
        key: 'phone',
        condition: {
          any: ['0', '6'].map((end) => ({ all: [{ field: 'phone', op: 'starts_with', value: `+49301${end}` }] })),
        },
        points: 1,
      },
      { key: 'sixth', condition: term('last_name', 'starts_with', 'last1'), points },
    ],
  },
  engagement: {
    min: 0,
    max: 100,
    rules: [{ key: 'visits', event: 'page_viewed', points: 2, window_days: 90, half_life_days: 14 }],
  },
})

async function publishAndWait(stage: Stage, points: number): Promise<Record<string, unknown>> {
  const { etag } = await call(stage, 'GET', '/score-models/default')
  await call(stage, 'PUT', '/score-models/default', model(points), { 'if-match': etag })
  const { json } = await call(stage, 'POST', '/score-models/default/publish')
  return await finish(stage, String(json['id']))
}

/** The same rules and the same rows, as one statement. */
const SET_BASED = `WITH scored AS (
    SELECT id, (CASE WHEN lower(country COLLATE "C") = 'de' THEN 10 ELSE 0 END
      + CASE WHEN strpos(lower(job_title COLLATE "C"), 'head') > 0 THEN 10 ELSE 0 END
      + CASE WHEN custom_fields ->> 'interest' = 'demo' THEN 5 ELSE 0 END
      + CASE WHEN lower(source_key COLLATE "C") = 'website' THEN 5 ELSE 0 END
      + CASE WHEN lower(phone COLLATE "C") ^@ '+493010' OR lower(phone COLLATE "C") ^@ '+493016' THEN 1 ELSE 0 END
      + CASE WHEN lower(last_name COLLATE "C") ^@ 'last1' THEN $2::int ELSE 0 END) AS fit
    FROM leads WHERE workspace_id = $1),
  written AS (
    UPDATE lead_scores s SET fit = c.fit, total = c.fit + s.engagement, scored_at = now(), model_version = s.model_version + 1
    FROM scored c WHERE s.workspace_id = $1 AND s.lead_id = c.id AND s.model_key = 'default' AND s.fit <> c.fit
    RETURNING s.*)
  INSERT INTO lead_score_history (workspace_id, lead_id, model_key, id, fit, engagement, total, grade, band, overridden, model_version, scored_at, delta, reasons, parts)
  SELECT workspace_id, lead_id, model_key, gen_random_uuid(), fit, engagement, total, grade, band, overridden, model_version, scored_at, 1, '{policy}',
    jsonb_build_object('fit.country', 10, 'fit.title', 10, 'fit.interest', 5, 'fit.source', 5, 'fit.sixth', $2::int) FROM written`

async function benchRescore(stage: Stage): Promise<void> {
  await seedLeads(stage, 3_000_001, LEADS)
  const first = await timed(stage, async () => void (await publishAndWait(stage, 1)))
  const rows: (string | number)[][] = [
    [
      'first scores, all rows',
      first.seconds,
      (LEADS + SUBMISSIONS) / first.seconds,
      first.node / 1e6,
      first.pg / 1e6,
      first.other,
      memoryOf(stage.service.pid ?? 0),
    ],
  ]
  await until(stage, DUE_LEFT)
  for (let round = 1; round <= ROUNDS; round++) {
    let changed = 0
    const ours = await timed(stage, async () => {
      changed = Number((await publishAndWait(stage, 1 + 2 * round))['changed'])
    })
    await until(stage, DUE_LEFT)
    const theirs = await timed(
      stage,
      async () => void (await stage.db.query(SET_BASED, [stage.workspaceId, 2 + 2 * round])),
    )
    const memory = memoryOf(stage.service.pid ?? 0)
    rows.push([
      `rescore, ${changed} rows`,
      ours.seconds,
      LEADS / ours.seconds,
      ours.node / 1e6,
      ours.pg / 1e6,
      ours.other,
      memory,
    ])
    rows.push(['set-based SQL, same rows', theirs.seconds, LEADS / theirs.seconds, 0, theirs.pg / 1e6, theirs.other, 0])
    rows.push(['ratio', theirs.seconds / ours.seconds, 0, 0, 0, 0, 0])
  }
  const head = ['', 'seconds', 'leads/s', 'node s', 'pg s', 'other', 'MiB']
  printTable(`Rescore of ${LEADS + SUBMISSIONS} leads; one lead in six changes`, head, rows)
}

export async function benchJudge(): Promise<void> {
  const stage = await openStage(['serve'])
  try {
    const rows = [await benchJourney(stage), await benchJudged(stage), await benchJudged(stage)]
    const head = ['', 'leads/s', 'node us', 'pg us', 'other', 'MiB']
    printTable(`The judge, ${SUBMISSIONS} leads, every stage on`, head, rows)
    await benchRescore(stage)
  } finally {
    await stage.close()
  }
}
