// npm run test:browser: the public face in a real Chromium, from another origin. Starts a service with a bundled
// database of its own, the example website on another port, then runs test/browser/*.test.ts against them.
// Words after the command run only the files with one of them in their names.
// CHROMIUM names the program (default /usr/bin/chromium); SCREENSHOTS a folder to keep the pictures in.
import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import os from 'node:os'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { build, requireNode, root } from './build.mjs'
import { runTestFiles } from './run-test-files.mjs'

const CHROMIUM = process.env.CHROMIUM || '/usr/bin/chromium'
/** The first start makes a database cluster: 2 s here, more on a slow disk. */
const START_LIMIT_MS = 120_000

requireNode()
await build()
if (!existsSync(CHROMIUM)) {
  console.error(`There is no browser at ${CHROMIUM}; CHROMIUM names another one.`)
  process.exit(1)
}
const { serveWebsite } = await import('../examples/website/serve.mjs')
const work = mkdtempSync(path.join(os.tmpdir(), 'leadwell-browser-'))
const port = await findFreePort()
const base = `http://127.0.0.1:${port}`
const service = spawn(process.execPath, [path.join(root, 'build/bundle/cli.js'), 'serve'], {
  cwd: work,
  env: { ...process.env, PORT: String(port), HOST: '127.0.0.1', DATA_DIR: path.join(work, 'data'), LOG_LEVEL: 'warn' },
  stdio: ['ignore', 'pipe', 'inherit'],
})
const ended = new Promise((resolve) => service.once('exit', resolve))
let site
try {
  const key = await readSecretKey()
  // Another name for the same machine is another origin, and another site too.
  site = await serveWebsite({ port: 0, leadwell: base })
  const env = {
    ...process.env,
    CHROMIUM,
    SERVICE_URL: base,
    SERVICE_KEY: key,
    SITE_URL: `http://localhost:${site.address().port}`,
    SCREENSHOTS: process.env.SCREENSHOTS || path.join(work, 'screenshots'),
  }
  process.exitCode = await runTests(env)
} finally {
  site?.close()
  service.kill('SIGTERM')
  await Promise.race([ended, sleep(20_000, undefined, { ref: false })])
  rmSync(work, { recursive: true, force: true })
}

/** The key that the welcome of a first start shows. */
async function readSecretKey() {
  const deadline = sleep(START_LIMIT_MS, 'timeout', { ref: false })
  let text = ''
  service.stdout.setEncoding('utf8').on('data', (part) => {
    text += part
  })
  while (!/Stop with/.test(text)) {
    const state = await Promise.race([deadline, ended.then(() => 'ended'), sleep(50, 'waiting')])
    if (state !== 'waiting') throw new Error(`the service did not start:\n${text}`)
  }
  const key = /\bsk_[A-Za-z0-9_]+/.exec(text)?.[0]
  if (key === undefined) throw new Error(`the welcome shows no secret key:\n${text}`)
  return key
}

/** One file after the other: they share the service, and a browser needs a core for itself. */
async function runTests(env) {
  const wanted = process.argv.slice(2)
  const isWanted = (name) =>
    name.endsWith('.test.js') && (wanted.length === 0 || wanted.some((part) => name.includes(part)))
  const files = readdirSync(path.join(root, 'build/test/browser')).filter(isWanted)
  return await runTestFiles(
    files.map((name) => path.join('build/test/browser', name)),
    { env, jobs: 1 },
  )
}

function findFreePort() {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port: free } = server.address()
      server.close(() => resolve(free))
    })
  })
}
