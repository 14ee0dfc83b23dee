/** Guides are run as they stand in docs/: the commands in one shell, and what they print is what the guide says they print. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import type { Test } from 'tap'
import { packageRoot } from '../../src/package-root.ts'
import { testDatabase } from './database.ts'
import { serviceProcess } from './service-process.ts'

/** Follows docs/<name>.md on a service of its own; blocks without a language are what its `sh run` blocks print. */
export async function followGuide(t: Test, name: string, settings: Record<string, string> = {}): Promise<void> {
  const text = readFileSync(path.join(packageRoot(), 'docs', `${name}.md`), 'utf8')
  const blocksOf = (mark: string) =>
    [...text.matchAll(/^```([a-z ]*)\n([\s\S]*?)^```$/gm)]
      .filter(([, language]) => language === mark)
      .map(([, , block = '']) => block)
      .join('\n')
  const { url: databaseUrl } = await testDatabase(t)
  const service = await serviceProcess(t, { databaseUrl, env: settings })
  await service.start()
  const folder = mkdtempSync(path.join(os.tmpdir(), 'leadwell-guide-'))
  t.teardown(() => rmSync(folder, { recursive: true, force: true }))
  const env = { ...process.env, NODE_OPTIONS: '', LEADWELL_URL: service.url, LEADWELL_KEY: service.key, ...settings }
  const child = spawn('bash', ['-c', `set -euo pipefail\n${blocksOf('sh run')}`], { cwd: folder, env })
  let [printed, complaints] = ['', '']
  child.stdout.on('data', (bytes) => {
    printed += bytes
  })
  child.stderr.on('data', (bytes) => {
    complaints += bytes
  })
  const [code] = await once(child, 'close')
  t.equal(code, 0, complaints)
  t.equal(printed, blocksOf('').replaceAll('\n\n', '\n'))
}
