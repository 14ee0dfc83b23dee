// Runs compiled test files of the tap library, each as a process of its own, several at once; shows what failed, and
// the totals at the end. Not the runner that comes with tap: its loaders cost each file, and each program that a file
// starts, three seconds of a processor, and forty where its plugins were not built before (docs/decisions/0012).
import { spawn } from 'node:child_process'
import path from 'node:path'
import { root } from './build.mjs'

/** Seconds of one file: the longest ask every operation of the document, and there are 230. */
const FILE_LIMIT_SECONDS = 400

const running = new Set()

/** Ends the files under way; they clean up behind themselves. */
export function stopTestFiles(signal) {
  for (const test of running) test.kill(signal)
}

/** Runs files (paths from the root); resolves to the exit code. A single file shows all that it says. */
export async function runTestFiles(files, { env, jobs, isStopping = () => false }) {
  const began = performance.now()
  const shown = files.length === 1
  const queue = [...files]
  const totals = { pass: 0, fail: 0 }
  const failed = []
  let done = 0
  const lane = async () => {
    for (let file = queue.shift(); file !== undefined && !isStopping(); file = queue.shift()) {
      const { code, output, seconds } = await runFile(file, env, shown)
      const { pass = 0, fail = 0 } = countIn(output)
      totals.pass += pass
      totals.fail += fail
      done++
      const isGood = code === 0 && pass > 0
      if (!isGood) failed.push(file)
      const verdict = isGood ? 'ok    ' : 'FAILED'
      console.log(`${verdict} ${done}/${files.length} ${nameOf(file)} (${pass} checks, ${seconds.toFixed(1)} s)`)
      if (!isGood && !shown) console.log(withoutSuccesses(output))
    }
  }
  await Promise.all(Array.from({ length: Math.min(jobs, files.length) }, lane))
  const minutes = (performance.now() - began) / 60_000
  for (const file of failed) console.log(`FAILED ${nameOf(file)}`)
  console.log(`# ${done} files in ${minutes.toFixed(1)} min: ${totals.pass} checks passed, ${totals.fail} failed`)
  return failed.length === 0 && done === files.length ? 0 : 1
}

function runFile(file, env, shown) {
  const began = performance.now()
  const test = spawn(process.execPath, ['--enable-source-maps', path.join(root, file)], {
    cwd: root,
    env: { ...env, TAP_TIMEOUT: String(FILE_LIMIT_SECONDS) },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  running.add(test)
  let output = ''
  const keep = (part) => {
    output += part
    if (shown) process.stdout.write(part)
  }
  test.stdout.setEncoding('utf8').on('data', keep)
  test.stderr.setEncoding('utf8').on('data', keep)
  return new Promise((resolve, reject) => {
    test.once('error', reject)
    test.once('close', (code) => {
      running.delete(test)
      resolve({ code: code ?? 1, output, seconds: (performance.now() - began) / 1000 })
    })
  })
}

/** `# { total: 91, pass: 90, fail: 1 }` is the last that tap says. */
function countIn(output) {
  const counts = /^# \{ total: .*\}$/m.exec(output)?.[0] ?? ''
  return Object.fromEntries([...counts.matchAll(/(\w+): (\d+)/g)].map(([, name, count]) => [name, Number(count)]))
}

const withoutSuccesses = (output) =>
  output
    .split('\n')
    .filter((line) => !/^\s*(ok \d+|1\.\.\d+)/.test(line))
    .join('\n')

const nameOf = (file) => file.replace(/^build\//, '').replace(/\.js$/, '.ts')
