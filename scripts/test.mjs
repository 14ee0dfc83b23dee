// npm test: compiles, provides one database server for the whole run, migrates one template database that every test
// file clones, then runs the test files: all, or those that arguments name (`test/domain/x.test.ts`, `test/domain`).
// DATABASE_URL gives the server; TEST_DATABASE=docker insists on a container, TEST_DATABASE=embedded looks for none.
import { randomBytes } from 'node:crypto'
import { existsSync, readdirSync, rmSync, statSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import pg from 'pg'
import { build, isAlive, requireNode, root } from './build.mjs'
import { runTestFiles, stopTestFiles } from './run-test-files.mjs'

/** Test files at once. */
const JOBS = 2
// Root may have its checkout where PostgreSQL's account cannot go; everybody can go to the temporary folder.
const USUAL = process.getuid?.() === 0 ? path.join(os.tmpdir(), 'leadwell-tests') : '.data'
const DATA = path.resolve(root, process.env.DATA_DIR || USUAL)
const started = performance.now()

/** The signal that asked us to end; set at most once. */
let interruptedBy

requireNode()
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => interrupt(signal))
process.chdir(root)
await build()
const { DatabaseUnavailable, provideDatabase } = await import('../build/src/db/provide.js')
const { stopEmbedded } = await import('../build/src/db/embedded.js')
const { migrate } = await import('../build/src/db/migrate.js')
process.exitCode = await runAll().catch(report)

async function runAll() {
  await removeAbandonedRuns()
  const dir = path.join(DATA, `test-${process.pid}`)
  let database
  try {
    database = await provideDatabase({
      url: process.env.DATABASE_URL,
      dir,
      purpose: 'test',
      testDatabase: readTestDatabase(),
      log: say,
    })
    say(`database: ${database.note}`)
    return await runWithTemplate(database)
  } finally {
    await database?.stop()
    rmSync(dir, { recursive: true, force: true })
    say('done')
  }
}

async function runWithTemplate(database) {
  const template = `leadwell_test_${randomBytes(4).toString('hex')}`
  await administer(database, `create database ${template}`)
  try {
    await migrate(database.url(template))
    say('template database migrated')
    const env = { ...process.env, TEST_PG_URL: database.url(), TEST_TEMPLATE: template }
    const isStopping = () => interruptedBy !== undefined
    const code = await runTestFiles(findFiles(), { env, jobs: JOBS, isStopping })
    return interruptedBy ? 130 : code
  } finally {
    // Our own server is thrown away as a whole. The clones are named after the template; a killed test leaves its own.
    if (database.kind === 'given') {
      const rows = await administer(database, `select datname from pg_database where datname like '${template}%'`)
      for (const { datname } of rows) await administer(database, `drop database ${datname} with (force)`)
    }
  }
}

async function administer(database, statement) {
  const client = new pg.Client(database.url())
  await client.connect()
  try {
    return (await client.query(statement)).rows
  } finally {
    await client.end()
  }
}

/** The files that the arguments name (a file, a folder, or a word of their paths), or all but those that need a browser. */
function findFiles() {
  const all = readdirSync('build/test', { recursive: true })
    .filter((name) => name.endsWith('.test.js') && !name.startsWith('browser'))
    .map((name) => path.join('build', 'test', name))
    .sort()
  const words = process.argv.slice(2).map((argument) => argument.replace(/^\.\//, '').replace(/\.ts$/, '.js'))
  const files = words.length === 0 ? all : all.filter((file) => words.some((word) => file.includes(word)))
  if (files.length === 0) say(`no test has ${words.join(' or ')} in its path`)
  return files
}

/** Lets the files end first; the clean-up follows by itself. A second signal does not wait for them. */
function interrupt(signal) {
  stopTestFiles(interruptedBy ? 'SIGKILL' : signal)
  interruptedBy = signal
}

/** A run that was killed leaves its server and its folder; those of another account are for that account to remove. */
async function removeAbandonedRuns() {
  for (const name of existsSync(DATA) ? readdirSync(DATA) : []) {
    const pid = Number(/^test-(\d+)$/.exec(name)?.[1])
    const dir = path.join(DATA, name)
    if (!pid || isAlive(pid) || statSync(dir).uid !== (process.getuid?.() ?? 0)) continue
    await stopEmbedded(dir, 'immediate')
    rmSync(dir, { recursive: true, force: true })
  }
}

function readTestDatabase() {
  const value = process.env.TEST_DATABASE || undefined
  if (value === undefined || value === 'docker' || value === 'embedded') return value
  throw new DatabaseUnavailable(`TEST_DATABASE is "docker" or "embedded", not "${value}".`)
}

function report(error) {
  // One sentence is enough for what a person can mend.
  console.error(error instanceof DatabaseUnavailable ? error.message : error)
  return 1
}

function say(message) {
  console.log(`# ${((performance.now() - started) / 1000).toFixed(1)} s: ${message}`)
}
