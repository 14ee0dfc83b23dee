/**
 * Segments: a condition is published and all leads are looked at by it, beside the set-based SQL that writes the same
 * memberships and stays. Ours also tells the feed of everybody who crosses and marks them as work.
 */
import { memoryOf } from './cpu.ts'
import { call, DUE_LEFT, finish, term, timed, until } from './live.ts'
import { seedLeads } from './seed.ts'
import { openStage, printTable, ROUNDS, type Stage } from './stage.ts'

const LEADS = Number(process.env['BENCH_LEADS'] ?? 200_000)

/** Publishes the segment of people whose last name begins so: one lead in eight for `last1` to `last8`. */
async function publish(stage: Stage, beginning: string): Promise<Record<string, unknown>> {
  const body = { title: `Bench ${beginning}`, condition: term('last_name', 'starts_with', beginning) }
  const before = await fetch(`http://127.0.0.1:${stage.port}/v1/segments/bench`, {
    headers: { authorization: `Bearer ${stage.key}` },
  })
  const etag = before.headers.get('etag')
  await call(stage, 'PUT', '/segments/bench', body, before.status === 200 && etag !== null ? { 'if-match': etag } : {})
  await call(stage, 'POST', '/segments/bench/publish')
  const { json } = await call(stage, 'GET', '/operations?kind=segment_evaluation&limit=1')
  const [operation] = json['data'] as { id: string }[]
  if (operation === undefined) throw new Error('a publication starts an evaluation')
  return await finish(stage, operation.id)
}

/** The same for a segment that the service does not know; whoever leaves keeps a stay. */
const SET_BASED = [
  `WITH gone AS (
    DELETE FROM segment_members m USING leads l
    WHERE m.workspace_id = $1 AND m.segment_key = 'set_based' AND l.workspace_id = $1 AND l.id = m.lead_id
      AND (NOT l.archived AND lower(l.last_name COLLATE "C") ^@ $2) IS NOT TRUE
    RETURNING m.*)
  INSERT INTO segment_stays (workspace_id, segment_key, lead_id, entered_at, left_at)
  SELECT workspace_id, segment_key, lead_id, entered_at, now() FROM gone`,
  `INSERT INTO segment_members (workspace_id, segment_key, lead_id, entered_at, actor)
  SELECT $1, 'set_based', id, now(), 'system' FROM leads
  WHERE workspace_id = $1 AND NOT archived AND lower(last_name COLLATE "C") ^@ $2 ON CONFLICT DO NOTHING`,
]

export async function benchSegments(): Promise<void> {
  const stage = await openStage(['serve'])
  try {
    await seedLeads(stage, 1, LEADS)
    const rows: (string | number)[][] = []
    for (let round = 1; round <= ROUNDS + 1; round++) {
      let result: Record<string, unknown> = {}
      const ours = await timed(stage, async () => {
        result = await publish(stage, `last${round}`)
      })
      const memory = memoryOf(stage.service.pid ?? 0)
      await until(stage, DUE_LEFT)
      const theirs = await timed(stage, async () => {
        for (const text of SET_BASED) await stage.db.query(text, [stage.workspaceId, `last${round}`])
      })
      const crossed = `${String(result['entered'])} enter, ${String(result['left'])} leave`
      rows.push([crossed, ours.seconds, ours.node / 1e6, ours.pg / 1e6, ours.other, memory])
      rows.push(['set-based SQL, same rows', theirs.seconds, 0, theirs.pg / 1e6, theirs.other, 0])
      rows.push(['ratio', theirs.seconds / ours.seconds, 0, 0, 0, 0])
    }
    const again = await timed(stage, async () => void (await publish(stage, `LAST${ROUNDS + 1}`)))
    rows.push(['nobody crosses', again.seconds, again.node / 1e6, again.pg / 1e6, again.other, 0])
    const head = ['', 'seconds', 'node s', 'pg s', 'other', 'MiB']
    printTable(`A segment evaluated for ${LEADS} leads`, head, rows)
  } finally {
    await stage.close()
  }
}
