/** The command line as a child process: what it prints where, and how it ends. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

/** The command line of the build that this test belongs to. */
const CLI = fileURLToPath(new URL('../../bundle/cli.js', import.meta.url))

export interface Ended {
  code: number | null
  out: string
  err: string
}

/** The commands on a database; settings given with a call come before these. */
export function commandLine(databaseUrl: string) {
  const start = (args: string[], env: Record<string, string> = {}): ChildProcess => {
    const usual = {
      PATH: process.env['PATH'] ?? '',
      NODE_ENV: 'test',
      LOG_LEVEL: 'silent',
      DATABASE_URL: databaseUrl,
    }
    return spawn(process.execPath, [CLI, ...args], { env: { ...usual, ...env }, stdio: ['ignore', 'pipe', 'pipe'] })
  }
  const run = async (args: string[], env: Record<string, string> = {}): Promise<Ended> => {
    const child = start(args, env)
    let [out, err] = ['', '']
    child.stdout?.on('data', (chunk) => (out += chunk))
    child.stderr?.on('data', (chunk) => (err += chunk))
    const [code] = await once(child, 'close')
    return { code, out, err }
  }
  return { start, run }
}
