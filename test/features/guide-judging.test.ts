// docs/guide-judging.md is run as it stands there, against a real service, and prints what it says it prints.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import t from 'tap'
import { packageRoot } from '../../src/package-root.ts'
import { testDatabase } from '../helpers/database.ts'
import { serviceProcess } from '../helpers/service-process.ts'

const guide = readFileSync(path.join(packageRoot(), 'docs', 'guide-judging.md'), 'utf8')
const blocksOf = (mark: string) =>
  [...guide.matchAll(/^```([a-z ]*)\n([\s\S]*?)^```$/gm)]
    .filter(([, language]) => language === mark)
    .map(([, , block = '']) => block)

t.test('three people: one A1 lead for sales, one who stays a lead, and one who is turned away', async (t) => {
  const { url: databaseUrl } = await testDatabase(t)
  const service = await serviceProcess(t, { databaseUrl })
  await service.start()
  const folder = mkdtempSync(path.join(os.tmpdir(), 'leadwell-guide-'))
  t.teardown(() => rmSync(folder, { recursive: true, force: true }))
  const env = { ...process.env, NODE_OPTIONS: '', LEADWELL_URL: service.url, LEADWELL_KEY: service.key }
  const child = spawn('bash', ['-c', `set -euo pipefail\n${blocksOf('sh run').join('\n')}`], { cwd: folder, env })
  let [printed, complaints] = ['', '']
  child.stdout.on('data', (bytes) => {
    printed += bytes
  })
  child.stderr.on('data', (bytes) => {
    complaints += bytes
  })
  const [code] = await once(child, 'close')
  t.equal(code, 0, complaints)
  t.equal(printed, blocksOf('').join(''))
})
