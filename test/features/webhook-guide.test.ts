// The receivers of docs/guide-webhooks.md are run as they stand there: they take what is genuine, once, and nothing else.
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { createInterface } from 'node:readline'
import t, { type Test } from 'tap'
import { packageRoot } from '../../src/package-root.ts'
import { waitUntil } from '../helpers/oracle.ts'
import { testService } from '../helpers/service.ts'
import { findFreePort } from '../helpers/service-process.ts'
import { deliveriesOf, editLead, makeEndpoint, makeLead } from '../helpers/webhooks.ts'

const guide = readFileSync(path.join(packageRoot(), 'docs', 'guide-webhooks.md'), 'utf8')

/** Block of the guide -> the program that runs it. */
const RECEIVERS: Record<string, string> = { 'receiver.mjs': process.execPath, 'receiver.py': 'python3' }

/** Starts a receiver of the guide; returns the lines that it prints. */
async function startGuide(t: Test, name: string, program: string, port: number, secret: string): Promise<string[]> {
  const [, source] = new RegExp(`^\`\`\`\\w+ ${name}\n([\\s\\S]*?)^\`\`\`$`, 'm').exec(guide) ?? []
  if (source === undefined) throw new Error(`the guide has no ${name}`)
  const folder = mkdtempSync(path.join(os.tmpdir(), 'leadwell-guide-'))
  writeFileSync(path.join(folder, name), source)
  const env = { ...process.env, NODE_OPTIONS: '', PORT: String(port), WEBHOOK_SECRET: secret }
  const child: ChildProcess = spawn(program, [path.join(folder, name)], { env, stdio: ['ignore', 'pipe', 'inherit'] })
  const lines: string[] = []
  if (child.stdout !== null) createInterface(child.stdout).on('line', (line) => lines.push(line))
  t.teardown(() => {
    child.kill()
    rmSync(folder, { recursive: true, force: true })
  })
  if (!(await waitUntil(async () => lines.includes('listening'), { limitMs: 20_000 })))
    throw new Error(`${name} is silent`)
  return lines
}

for (const [name, program] of Object.entries(RECEIVERS)) {
  t.test(`${name} takes what is genuine, and each change once`, async (t) => {
    if (spawnSync(program, ['--version']).status !== 0)
      return t.comment(`${program} is not installed: not verified here`)
    const service = await testService(t, { WEBHOOK_ALLOW_PRIVATE: true })
    const port = await findFreePort()
    const url = `http://127.0.0.1:${port}/`
    const endpoint = await makeEndpoint(service, url, { types: ['lead.*'] })
    const forger = await makeEndpoint(service, url, { types: ['lead.created'] })
    const lines = await startGuide(t, name, program, port, endpoint.secret)
    const lead = await makeLead(service)
    await service.drain()
    await editLead(service, lead.id, { city: 'London' })
    await service.drain()
    const [first, second] = await deliveriesOf(service, endpoint.id)
    t.match([first?.state, second?.state], ['delivered', 'delivered'])
    const [forged] = await deliveriesOf(service, forger.id)
    t.match(forged?.attempts, [{ status: 401 }], 'signed with another secret')
    const asked = await service.call('POST', `/v1/webhook-endpoints/${endpoint.id}/redeliver`, {
      delivery_ids: [first?.id],
    })
    t.equal(asked.statusCode, 202)
    await service.drain()
    t.ok(await waitUntil(async () => lines.length === 4, { limitMs: 10_000 }))
    t.same(lines.slice(1), [
      `new lead.created ${lead.id}`,
      `new lead.updated ${lead.id}`,
      `repeated lead.created ${lead.id}`,
    ])
  })
}
