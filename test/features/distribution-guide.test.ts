// docs/guide-distribution.md is run as it stands there, and says what happens.
import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import t from 'tap'
import { packageRoot } from '../../src/package-root.ts'
import { testDatabase } from '../helpers/database.ts'
import { serviceProcess } from '../helpers/service-process.ts'

const guide = readFileSync(path.join(packageRoot(), 'docs', 'guide-distribution.md'), 'utf8')

/** Runs a script in an empty folder; the service must be able to answer meanwhile. */
async function run(script: string, env: NodeJS.ProcessEnv): Promise<{ code: number | null; output: string }> {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'leadwell-guide-'))
  try {
    const child = spawn('bash', ['-c', script], { cwd: folder, env })
    let output = ''
    child.stdout.on('data', (bytes) => {
      output += bytes
    })
    child.stderr.on('data', (bytes) => {
      output += bytes
    })
    const code = await new Promise<number | null>((resolve) => child.once('exit', resolve))
    return { code, output }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

t.test('the walk-through works as written', async (t) => {
  const { url: databaseUrl } = await testDatabase(t)
  const service = await serviceProcess(t, { databaseUrl })
  await service.start()
  const blocks = [...guide.matchAll(/^```sh run\n([\s\S]*?)^```$/gm)].map(([, block]) => block)
  t.ok(blocks.length >= 6)
  const env = { ...process.env, NODE_OPTIONS: '', LEADWELL_URL: service.url, LEADWELL_KEY: service.key }
  const { code, output } = await run(`set -euo pipefail\n${blocks.join('\n')}`, env)
  t.equal(code, 0, output)
  t.match(output, /uk-shoes -> Ana/)
  t.match(output, /Ana is away, Bea takes it/)
  t.match(output, /broken by Bea, now with Cem/)
  t.match(output, /Bea: excluded/)
})
