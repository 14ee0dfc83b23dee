/** What every benchmark stands on: a durable database and the service, each a process of its own, and fair timing. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Db, openDatabase } from '../src/db/client.ts'
import { type EmbeddedServer, startEmbedded } from '../src/db/embedded.ts'
import { cpuOf, cpuOfFamily, cpuOfMachine, memoryOf } from './cpu.ts'

export interface Stage {
  folder: string
  url: string
  port: number
  key: string
  db: Db
  workspaceId: string
  pg: EmbeddedServer
  service: ChildProcess
  close(): Promise<void>
}

export interface Load {
  count: number
  rate: number
  p50: number
  p99: number
  statuses?: Record<string, number>
}

export interface Measured extends Load {
  nodeUs: number
  pgUs: number
  other: number
  memory: number
}

const here = path.dirname(fileURLToPath(import.meta.url))
const root = path.join(here, '..', '..')

/** Starts database and service with full durability; `command` is `serve` or `serve --no-work`. */
export async function openStage(args: string[], env: Record<string, string> = {}): Promise<Stage> {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'leadwell-bench-'))
  // PostgreSQL runs as an account of its own when we are root.
  chmodSync(folder, 0o755)
  const port = 20_000 + Math.floor(Math.random() * 8_000)
  const service = spawn(process.execPath, [path.join(root, 'build/bundle/cli.js'), ...args], {
    env: {
      ...process.env,
      NODE_ENV: 'production',
      PORT: String(port),
      DATA_DIR: folder,
      LOG_LEVEL: 'warn',
      ...NO_LIMITS,
      ...env,
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const text = await untilReady(service)
  const key = /sk_live_\w+/.exec(text)?.[0] ?? ''
  const pg = await startEmbedded({ dir: folder })
  const url = pg.url('leadwell')
  const db = openDatabase({ connectionString: url, max: 2, applicationName: 'bench', statementTimeoutMs: 600_000 })
  const [row] = await db.query<{ id: string }>('SELECT default_workspace_id AS id FROM installation')
  const close = async () => {
    await db.close()
    service.kill('SIGTERM')
    await new Promise((resolve) => (service.exitCode === null ? service.once('exit', resolve) : resolve(undefined)))
    await pg.stop('immediate').catch(() => undefined)
    rmSync(folder, { recursive: true, force: true })
  }
  return { folder, url, port, key, db, workspaceId: row?.id ?? '', pg, service, close }
}

/** The load comes from one address on purpose; budgets would measure themselves. */
const NO_LIMITS = Object.fromEntries(
  ['DEFAULT', 'SEARCH', 'EXPORT', 'ANONYMOUS', 'CAPTURE_NETWORK', 'CAPTURE_FORM'].map((name) => [
    `RATE_LIMIT_${name}`,
    '100000000', // counted as always, never reached
  ]),
)

function untilReady(service: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = ''
    service.stdout?.on('data', (bytes) => {
      text += String(bytes)
      if (text.includes('Stop with Ctrl-C')) resolve(text)
    })
    service.once('exit', (code) => reject(new Error(`the service ended with ${code}`)))
  })
}

/** Runs a load program and counts the CPU that the service and PostgreSQL used meanwhile. */
export async function measure(
  stage: Stage,
  program: 'http-load' | 'sql-load',
  target: string,
  connections: number,
  seconds: number,
  file: string,
): Promise<Measured> {
  const pid = stage.service.pid ?? 0
  const before = { node: cpuOf(pid), pg: cpuOfFamily(stage.pg.pid), all: cpuOfMachine(), self: process.cpuUsage() }
  const began = performance.now()
  const load = spawn(
    process.execPath,
    [path.join(here, `${program}.js`), target, String(connections), String(seconds), file],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  )
  let text = ''
  let loadCpu = 0
  load.stdout.on('data', (bytes) => {
    text += String(bytes)
    loadCpu = cpuOf(load.pid ?? 0)
  })
  await new Promise((resolve) => load.once('exit', resolve))
  const elapsed = (performance.now() - began) / 1e3
  const result = JSON.parse(text) as Load
  const node = cpuOf(pid) - before.node
  const pg = cpuOfFamily(stage.pg.pid) - before.pg
  const other = (cpuOfMachine() - before.all - node - pg - loadCpu) / 1e6 / elapsed
  return {
    ...result,
    nodeUs: node / result.count,
    pgUs: pg / result.count,
    other: Math.max(0, other),
    memory: memoryOf(pid),
  }
}

/** Writes a request or statement file for a load program. */
export function writeLoad(stage: Stage, name: string, content: string): string {
  const file = path.join(stage.folder, name)
  writeFileSync(file, content)
  return file
}

/** pgbench on the path, if any. */
export function findPgbench(): string | null {
  return spawnSync('pgbench', ['--version']).status === 0 ? 'pgbench' : null
}

export const SECONDS = Number(process.env['BENCH_SECONDS'] ?? 3)
export const ROUNDS = Number(process.env['BENCH_ROUNDS'] ?? 3)

/** The middle value. */
export function median(values: number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[sorted.length >> 1] ?? 0
}

/** Prints rows under a heading, columns aligned. */
export function printTable(title: string, head: string[], rows: (string | number)[][]): void {
  const texts = [head, ...rows.map((row) => row.map((cell) => (typeof cell === 'number' ? format(cell) : cell)))]
  const widths = head.map((_, i) => Math.max(...texts.map((row) => (row[i] ?? '').length)))
  console.log(`\n## ${title}\n`)
  for (const [i, row] of texts.entries()) {
    console.log(
      `| ${row.map((cell, j) => (j === 0 ? cell.padEnd(widths[j] ?? 0) : cell.padStart(widths[j] ?? 0))).join(' | ')} |`,
    )
    if (i === 0)
      console.log(
        `|${widths.map((width, j) => (j === 0 ? '-'.repeat(width + 2) : `${'-'.repeat(width + 1)}:`)).join('|')}|`,
      )
  }
}

const format = (value: number) => (value >= 100 ? Math.round(value).toLocaleString('en-US') : value.toFixed(2))
