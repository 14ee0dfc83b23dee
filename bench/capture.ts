/** Capture: the whole public endpoint against a bare one-row insert of the same row, at several loads, in turn. */

import { spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import path from 'node:path'
import {
  findPgbench,
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

const BODY = `{"full_name":"Ada Lovelace {n}","email":"ada.{n}@example.org","phone":"+49 30 901820","company_name":"Analytical Engines","interest":"demo","message":"We have forty people and would like to see how your product handles distribution across three offices. Please call in the morning. {n}","utm_source":"newsletter","utm_medium":"email","utm_campaign":"spring","gclid":"Cj0KCQiA{n}","_page_url":"https://shop.test/contact?utm_source=newsletter"}`
const REQUEST = `POST /v1/public/forms/demo/submissions HTTP/1.1\nContent-Type: application/json\nOrigin: https://shop.test\nUser-Agent: bench\n\n${BODY}`

const COLUMNS =
  'workspace_id, id, form_key, form_version, dedupe_a, dedupe_b, content_hash, payload, context, state, received_at, due_at, attempt'
const CONTEXT =
  '{"origin":"https://shop.test","page_url":"https://shop.test/contact","ip_prefix":"127.0.0.0/24","user_agent":"bench","attribution":{"gclid":"Cj0KCQiA1","utm_source":"newsletter","utm_medium":"email","utm_campaign":"spring"}}'

/** The same row as the service writes, in the state that no worker takes. */
function limitOf(stage: Stage): { file: string; program: string | null } {
  const head = `INSERT INTO form_submissions (${COLUMNS}) VALUES`
  const tail = (uuid: (n: number) => string) =>
    `${head} ('${stage.workspaceId}', ${uuid(1)}, 'demo', 1, ${uuid(2)}, ${uuid(3)}, ${uuid(4)}, '${BODY}', '${CONTEXT}', 'processed', now(), now(), 0)`
  const script = path.join(stage.folder, 'limit.sql')
  writeFileSync(script, `${tail(() => 'gen_random_uuid()')};\n`)
  const file = writeLoad(
    stage,
    'limit.json',
    JSON.stringify({ text: tail((n) => `$${n}::uuid`), values: Array(4).fill('{uuid}') }),
  )
  return { file, program: findPgbench() === null ? null : script }
}

async function limitRate(
  stage: Stage,
  limit: ReturnType<typeof limitOf>,
  connections: number,
): Promise<{ rate: number; p50: number }> {
  if (limit.program === null) return await measure(stage, 'sql-load', stage.url, connections, SECONDS, limit.file)
  const run = spawnSync(
    'pgbench',
    [
      '-n',
      '-M',
      'prepared',
      '-c',
      String(connections),
      '-j',
      '1',
      '-T',
      String(SECONDS),
      '-f',
      limit.program,
      stage.url,
    ],
    { encoding: 'utf8' },
  )
  const rate = Number(/tps = ([\d.]+)/.exec(run.stdout)?.[1] ?? 0)
  const p50 = Number(/latency average = ([\d.]+)/.exec(run.stdout)?.[1] ?? 0)
  if (rate === 0) throw new Error(run.stderr)
  return { rate, p50 }
}

export async function benchCapture(): Promise<void> {
  const stage = await openStage(['serve', '--no-work'])
  try {
    const file = writeLoad(stage, 'capture.txt', REQUEST)
    const limit = limitOf(stage)
    await measure(stage, 'http-load', String(stage.port), 16, 2, file)
    const rows: (string | number)[][] = []
    for (const connections of [1, 8, 32, 64]) {
      const ours: Measured[] = []
      const theirs: { rate: number; p50: number }[] = []
      for (let round = 0; round < ROUNDS; round++) {
        ours.push(await measure(stage, 'http-load', String(stage.port), connections, SECONDS, file))
        theirs.push(await limitRate(stage, limit, connections))
      }
      const refused = ours.flatMap((each) => Object.keys(each.statuses ?? {})).filter((status) => status !== '202')
      if (refused.length > 0) throw new Error(`answers other than 202: ${refused.join(', ')}`)
      const of = (pick: (each: Measured) => number) => median(ours.map(pick))
      const ratio = median(ours.map((each, i) => each.rate / (theirs[i]?.rate ?? 1)))
      const limitP50 = median(theirs.map((each) => each.p50))
      rows.push([
        String(connections),
        of((m) => m.rate),
        median(theirs.map((each) => each.rate)),
        ratio,
        of((m) => m.p50),
        of((m) => m.p99),
        limitP50,
        of((m) => m.nodeUs),
        of((m) => m.pgUs),
        of((m) => m.other),
        of((m) => m.memory),
      ])
    }
    const kind = limit.program === null ? 'prepared loop' : 'pgbench'
    printTable(
      `Capture against a bare insert of the same row (${kind})`,
      ['conn', 'ours/s', 'limit/s', 'ratio', 'p50 ms', 'p99 ms', 'limit ms', 'node us', 'pg us', 'other', 'MiB'],
      rows,
    )
  } finally {
    await stage.close()
  }
}
