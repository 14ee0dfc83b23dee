// A database that is frozen, locked or full: 503 within three seconds, never 500, and service again right after.
import { execFileSync } from 'node:child_process'
import * as fs from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import pg from 'pg'
import t, { type Test } from 'tap'
import { loadConfig } from '../../src/config.ts'
import { startEmbedded } from '../../src/db/embedded.ts'
import { createLog } from '../../src/log.ts'
import { start } from '../../src/server.ts'

const dir = await fs.mkdtemp(path.join(os.tmpdir(), 'leadwell-frozen-'))
// As root, PostgreSQL runs under another account and must get in.
await fs.chmod(dir, 0o755)
const database = await startEmbedded({ dir, throwaway: true })
const admin = new pg.Client(database.url('postgres'))
await admin.connect()
await admin.query('create database leadwell_test')
const config = loadConfig({
  NODE_ENV: 'test',
  LOG_LEVEL: 'silent',
  PORT: '0',
  DATABASE_URL: database.url('leadwell_test'),
  DATABASE_POOL_SIZE: '5',
  RATE_LIMIT_CAPTURE_FORM: '0',
})
const service = await start(config, createLog('silent'), { serve: true, work: false })
t.teardown(async () => {
  await service.lifecycle.stop()
  await admin.end()
  await database.stop('immediate')
  await fs.rm(dir, { recursive: true, force: true })
})

const key = service.firstKeys?.secret ?? ''

interface Outcome {
  status: number
  code: string | undefined
  retryAfter: string | null
  ms: number
}

let sent = 0

/** One request of many kinds, in turn: a read, a write that may be repeated, a capture. */
async function call(): Promise<Outcome> {
  const n = sent++
  const email = `lead-${n}@example.org`
  const [method, url, body, more] = [
    ['GET', '/v1/leads', undefined, {}],
    ['POST', '/v1/leads', { email }, { 'idempotency-key': `key-${n}` }],
    ['POST', '/v1/public/forms/demo/submissions', { email, full_name: 'Ada' }, {}],
  ][n % 3] as [string, string, object | undefined, Record<string, string>]
  const begun = performance.now()
  const answer = await fetch(new URL(url, service.address ?? ''), {
    method,
    headers: { authorization: `Bearer ${key}`, ...(body && { 'content-type': 'application/json' }), ...more },
    ...(body && { body: JSON.stringify(body) }),
  })
  const problem = (await answer.json()) as { code?: string }
  const ms = performance.now() - begun
  return { status: answer.status, code: problem.code, retryAfter: answer.headers.get('retry-after'), ms }
}

/** This process is both sides: what it is late by itself is no hang. */
const lateness = monitorEventLoopDelay({ resolution: 10 })
lateness.enable()

/** Requests that come in over `ms`, some at each moment. */
async function callFor(ms: number): Promise<Outcome[]> {
  const calls: Promise<Outcome>[] = []
  lateness.reset()
  const end = performance.now() + ms
  while (performance.now() < end) {
    for (let i = 0; i < 6; i++) calls.push(call())
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  return await Promise.all(calls)
}

function checkRefusals(t: Test, outcomes: Outcome[]): void {
  const refused = outcomes.filter(({ status }) => status >= 400)
  const slowest = Math.max(...outcomes.map(({ ms }) => ms))
  t.comment(`${outcomes.length} requests, ${refused.length} refused, the slowest after ${Math.round(slowest)} ms`)
  t.strictSame(new Set(refused.map(({ status, code }) => `${status} ${code}`)), new Set(['503 unavailable']))
  t.ok(
    refused.every(({ retryAfter }) => Number(retryAfter) >= 1),
    'each says when to come back',
  )
  t.ok(slowest < 3_000 + lateness.max / 1e6, 'none hangs for three seconds')
}

/** Milliseconds until a read, a write and a capture all succeed again. */
async function recovery(): Promise<number> {
  const begun = performance.now()
  for (;;) {
    const outcomes = await Promise.all([call(), call(), call()])
    if (outcomes.every(({ status }) => status < 300)) return performance.now() - begun
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

function signalDatabase(signal: NodeJS.Signals): void {
  const children = execFileSync('ps', ['-A', '-o', 'pid=,ppid='], { encoding: 'utf8' })
    .split('\n')
    .map((line) => line.trim().split(/\s+/).map(Number))
    .filter(([, parent]) => parent === database.pid)
  for (const pid of [database.pid, ...children.map(([pid = 0]) => pid)]) process.kill(pid, signal)
}

t.test('a frozen database is a 503 within three seconds, and no more when it thaws', async (t) => {
  t.strictSame(
    (await Promise.all([call(), call(), call()])).map(({ status }) => status),
    [200, 201, 202],
  )
  signalDatabase('SIGSTOP')
  let outcomes: Outcome[]
  try {
    outcomes = await callFor(6_000)
    t.equal((await fetch(new URL('/healthz', service.address ?? ''))).status, 200, 'alive')
    t.equal((await fetch(new URL('/readyz', service.address ?? ''))).status, 503, 'not ready')
  } finally {
    signalDatabase('SIGCONT')
  }
  checkRefusals(t, outcomes)
  t.ok(
    outcomes.every(({ status }) => status === 503),
    'nothing can be done meanwhile',
  )
  const ms = await recovery()
  t.ok(ms < 5_000, `again after ${Math.round(ms)} ms`)
  const { pool } = service.ctx.db
  t.ok(pool.totalCount <= config.DATABASE_POOL_SIZE && pool.waitingCount === 0, 'no connection is lost')
})

t.test('a table that is locked for long is a 503', async (t) => {
  const other = new pg.Client(database.url('leadwell_test'))
  await other.connect()
  await other.query(
    'begin; lock table leads in access exclusive mode; lock table form_submissions in access exclusive mode',
  )
  const outcomes = await callFor(3_000)
  await other.query('rollback')
  await other.end()
  checkRefusals(t, outcomes)
  t.ok((await recovery()) < 5_000)
})

t.test('a server without a free connection is a 503', async (t) => {
  // The service has to open connections anew, and finds none.
  await admin.query("select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'leadwell serve'")
  const idle: pg.Client[] = []
  for (;;) {
    const client = new pg.Client(database.url('postgres'))
    client.on('error', () => undefined)
    if (
      await client.connect().then(
        () => false,
        () => true,
      )
    )
      break
    idle.push(client)
  }
  t.ok(idle.length > 50)
  const outcomes = await callFor(1_000)
  checkRefusals(t, outcomes)
  t.ok(outcomes.some(({ status }) => status === 503))
  await Promise.all(idle.map((client) => client.end()))
  t.ok((await recovery()) < 5_000)
})

t.test('whatever was acknowledged is there', async (t) => {
  const after = await fetch(new URL('/v1/leads?limit=1', service.address ?? ''), {
    headers: { authorization: `Bearer ${key}` },
  })
  t.equal(after.status, 200)
})
