// The real service as a child process on a database that the test names: started, killed, and started again.
import { type ChildProcess, spawn } from 'node:child_process'
import { randomInt } from 'node:crypto'
import { once } from 'node:events'
import net from 'node:net'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import type { Test } from 'tap'

export interface ServiceOptions {
  /** None: the service brings its own database, in DATA_DIR. */
  databaseUrl?: string
  /** Arguments of the command line; `serve` when none are given. */
  command?: string[]
  /** Settings besides the database and the port. */
  env?: Record<string, string>
}

export interface Exit {
  code: number | null
  signal: NodeJS.Signals | null
}

export interface ServiceProcess {
  /** The same at every start, so that clients come back to where they were. */
  readonly url: string
  /** The secret key that the first start on an empty database printed. */
  readonly key: string
  /** Starts it, waits until it is ready (60 s at most). Throws with its output when it ends before that. */
  start(): Promise<void>
  /** Starts it without waiting. */
  spawn(): void
  signal(signal: NodeJS.Signals): void
  /** Sends a signal and waits for the end. */
  end(signal: NodeJS.Signals): Promise<Exit>
  /** How it ended; undefined while it runs. */
  exit(): Exit | undefined
  /** Everything that the current or last run printed. */
  output(): string
}

/** The command line of the build that this test belongs to. */
const CLI = fileURLToPath(new URL('../../bundle/cli.js', import.meta.url))
/** Ends the child with its parent: a test that is itself killed leaves nothing behind. */
const LEASH = 'data:text/javascript,process.on("disconnect",()=>process.exit(1))'
const READY = /Leadwell (is ready at|works on)/
const START_LIMIT_MS = 60_000
/** All load comes from one address, and a refusal for its pace would hide the fault under test. */
const QUIET = {
  NODE_ENV: 'test',
  LOG_LEVEL: 'warn',
  RATE_LIMIT_DEFAULT: '0',
  RATE_LIMIT_ANONYMOUS: '0',
  RATE_LIMIT_CAPTURE_NETWORK: '0',
  RATE_LIMIT_CAPTURE_FORM: '0',
}

/** A service that is not started yet; it is killed when `t` ends. */
export async function serviceProcess(t: Test, options: ServiceOptions): Promise<ServiceProcess> {
  const port = await findFreePort()
  let child: ChildProcess | undefined
  let exit: Exit | undefined
  let output = ''
  let key = ''

  const launch = () => {
    output = ''
    exit = undefined
    const args = ['--import', LEASH, CLI, ...(options.command ?? ['serve'])]
    // Only named settings: neither the test runner's hooks nor a DATABASE_URL of the test run reach the service.
    const env = { ...QUIET, HOST: '127.0.0.1', PORT: String(port) }
    const run = spawn(process.execPath, args, {
      env: { ...env, DATABASE_URL: options.databaseUrl ?? '', ...options.env },
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    })
    child = run
    run.once('exit', (code, signal) => {
      if (child === run) exit = { code, signal }
    })
    for (const stream of [run.stdout, run.stderr]) {
      if (stream === null) throw new Error('the output of the service is piped')
      createInterface(stream).on('line', (line) => {
        output += `${line}\n`
        key = /Secret key +(sk_\S+)/.exec(line)?.[1] ?? key
        if (READY.test(line)) run.emit('ready')
      })
    }
    return run
  }
  const end = async (signal: NodeJS.Signals): Promise<Exit> => {
    if (child !== undefined && exit === undefined) {
      const ended = once(child, 'exit')
      child.kill(signal)
      await ended
    }
    return exit ?? { code: null, signal: null }
  }
  t.teardown(() => end('SIGKILL'))

  return {
    url: `http://127.0.0.1:${port}`,
    get key() {
      return key
    },
    start: async () => {
      const run = launch()
      const isReady = await Promise.race([
        once(run, 'ready', { signal: AbortSignal.timeout(START_LIMIT_MS) }).then(() => true),
        once(run, 'exit').then(() => false),
      ])
      if (!isReady) throw new Error(`the service ended before it was ready:\n${output}`)
    },
    spawn: launch,
    signal: (signal) => child?.kill(signal),
    end,
    exit: () => exit,
    output: () => output,
  }
}

/** Below 32768, where no outgoing connection takes the port while the service is down. */
export async function findFreePort(): Promise<number> {
  for (let attempt = 0; attempt < 50; attempt++) {
    const port = randomInt(20_000, 32_768)
    const isFree = await new Promise<boolean>((resolve) => {
      const probe = net.createServer()
      probe.once('error', () => resolve(false))
      probe.listen(port, '127.0.0.1', () => probe.close(() => resolve(true)))
    })
    if (isFree) return port
  }
  throw new Error('no free port between 20000 and 32767 on 127.0.0.1')
}
