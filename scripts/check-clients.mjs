// Clients that three generators make from openapi/openapi.json: they compile under --strict, and each tells one scripted
// story to the running service. Then the guides in docs/ are followed, command by command. All of it happens in
// .data/clients, with packages of its own (test/clients), so that the service's own tree stays small.
import { spawn, spawnSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import net from 'node:net'
import path from 'node:path'
import { build, requireNode, root } from './build.mjs'

const SOURCE = path.join(root, 'test', 'clients')
const WORK = path.join(root, '.data', 'clients')
const CLIENTS = ['openapi-fetch', 'hey-api', 'orval']
/** The bundled database is made and started within it, on a slow machine too. */
const START_LIMIT_MS = 120_000

const started = performance.now()
requireNode()
await build()
installPackages()
const service = await startService()
try {
  await generateClients(service.env)
  run('tsc --strict', ['node_modules/typescript/bin/tsc', '-p', '.'], WORK)
  for (const client of CLIENTS) run(`scenario ${client}`, [`compiled/${client}.js`], WORK, service.env)
  for (const guide of readdirSync(path.join(root, 'docs')).filter((name) => /^guide-.*\.md$/.test(name))) {
    followGuide(guide, service.env)
  }
  say('all clients and guides work')
} finally {
  await service.stop()
}

/** Only when the lockfile has changed since the last time. */
function installPackages() {
  mkdirSync(WORK, { recursive: true })
  const lock = readFileSync(path.join(SOURCE, 'package-lock.json'), 'utf8')
  const stamp = path.join(WORK, 'node_modules', '.lock')
  rmSync(path.join(WORK, 'generated'), { recursive: true, force: true })
  rmSync(path.join(WORK, 'compiled'), { recursive: true, force: true })
  cpSync(SOURCE, WORK, { recursive: true })
  cpSync(path.join(root, 'openapi', 'openapi.json'), path.join(WORK, 'openapi.json'))
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === lock) return
  const { status } = spawnSync('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], {
    cwd: WORK,
    stdio: 'inherit',
  })
  if (status !== 0) throw new Error('npm ci failed')
  writeFileSync(stamp, lock)
  say('packages installed')
}

async function generateClients(env) {
  const bin = (name) => path.join(WORK, 'node_modules', '.bin', name)
  await Promise.all([
    runBeside([bin('openapi-typescript'), 'openapi.json', '--output', 'generated/openapi-typescript/schema.ts'], env),
    runBeside([bin('openapi-ts'), '--file', 'openapi-ts.config.mjs'], env),
    runBeside([bin('orval'), '--config', 'orval.config.ts'], env),
  ])
  say('clients generated')
}

function runBeside([command, ...args], env) {
  const child = spawn(command, args, { cwd: WORK, env, stdio: ['ignore', 'ignore', 'inherit'] })
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('exit', (code) => (code === 0 ? resolve() : reject(new Error(`${path.basename(command)} failed`))))
  })
}

/** A service with an empty database, unless DATABASE_URL names one; the key is made for this run. */
async function startService() {
  const port = await freePort()
  const data = mkdtempSync(path.join(root, '.data', 'clients-service-'))
  const url = `http://127.0.0.1:${port}`
  const settings = {
    ...process.env,
    NODE_ENV: 'test',
    LOG_LEVEL: 'warn',
    PORT: String(port),
    DATA_DIR: data,
    // The guides play a provider and buyers on these ports.
    OUTBOUND_TRUSTED_HOSTS: '127.0.0.1:3298,127.0.0.1:3299',
  }
  const cli = path.join(root, 'build', 'src', 'cli.js')
  const child = spawn(process.execPath, [cli, 'serve'], { env: settings, stdio: ['ignore', 'pipe', 'inherit'] })
  const stop = async () => {
    const ended = child.exitCode === null ? new Promise((resolve) => child.once('exit', resolve)) : null
    child.kill('SIGTERM')
    await ended
    rmSync(data, { recursive: true, force: true })
  }
  try {
    await untilReady(child)
    const made = spawnSync(process.execPath, [cli, 'keys', 'create'], { env: settings, encoding: 'utf8' })
    const key = /sk_\S+/.exec(made.stdout)?.[0]
    if (key === undefined) throw new Error(`no key: ${made.stderr}`)
    say(`service ready at ${url}`)
    return { stop, env: { ...process.env, LEADWELL_URL: url, LEADWELL_KEY: key } }
  } catch (error) {
    await stop()
    throw error
  }
}

function untilReady(child) {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error('the service did not start')), START_LIMIT_MS)
    let output = ''
    child.stdout.on('data', (chunk) => {
      output += chunk
      if (!output.includes('is ready at')) return
      clearTimeout(timer)
      resolve()
    })
    child.once('exit', () => reject(new Error(`the service ended: ${output}`)))
  })
}

async function freePort() {
  const server = net.createServer().listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  const { port } = server.address()
  await new Promise((resolve) => server.close(resolve))
  return port
}

/** Runs the blocks of a guide that are marked `run`, in order, in one shell and an empty folder. */
function followGuide(guide, env) {
  const text = readFileSync(path.join(root, 'docs', guide), 'utf8')
  const blocks = [...text.matchAll(/^```sh run\n([\s\S]*?)^```$/gm)].map(([, block]) => block)
  if (blocks.length === 0) return say(`${guide}: nothing to run`)
  const folder = mkdtempSync(path.join(WORK, `${path.parse(guide).name}-`))
  const script = `set -euo pipefail\n${blocks.join('\n')}`
  const { status, stdout, stderr } = spawnSync('bash', ['-c', script], { cwd: folder, env, encoding: 'utf8' })
  rmSync(folder, { recursive: true, force: true })
  if (status !== 0) throw new Error(`docs/${guide} does not work as written:\n${stdout}\n${stderr}`)
  say(`${guide}: ${blocks.length} blocks work as written`)
}

function run(name, args, cwd, env = process.env) {
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { cwd, env, encoding: 'utf8' })
  if (status !== 0) throw new Error(`${name} failed:\n${stdout}\n${stderr}`)
  say(`${name}: ${stdout.trim() || 'ok'}`)
}

function say(message) {
  console.log(`# ${((performance.now() - started) / 1000).toFixed(1)} s: ${message}`)
}
