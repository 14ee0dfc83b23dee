// The commands that a start prints are pasted as they stand: a shell must make of them what they say.
import { execFileSync } from 'node:child_process'
import t from 'tap'
import { welcome } from '../../src/commands/welcome.ts'
import { loadConfig } from '../../src/config.ts'
import type { Running } from '../../src/server.ts'

/** The arguments that a shell gives to curl for the command under a heading. */
function argumentsOf(text: string, heading: string): string[] {
  const command = text.slice(text.indexOf(heading) + heading.length, text.indexOf('\n\n', text.indexOf(heading)))
  const script = `curl() { for argument in "$@"; do printf '%s\\n' "$argument"; done; }\n${command}`
  const env = { ...process.env, LEADWELL_KEY: 'sk_of_mine' }
  return execFileSync('sh', ['-c', script], { env, encoding: 'utf8' }).trimEnd().split('\n')
}

const printed = (firstKeys: Running['firstKeys']) =>
  welcome({
    address: 'http://127.0.0.1:3200',
    database: { note: 'bundled PostgreSQL' },
    firstKeys,
    ctx: { config: loadConfig({ NODE_ENV: 'test' }) },
  } as Running)

t.test('the first start gives the key itself, a later one takes it from the environment', async (t) => {
  const first = printed({ secret: 'sk_live_1', publishable: 'pk_live_1' })
  t.ok(argumentsOf(first, 'Read it back:').includes('Authorization: Bearer sk_live_1'))
  t.ok(argumentsOf(printed(null), 'Read it back:').includes('Authorization: Bearer sk_of_mine'))
  const [body = ''] = argumentsOf(first, 'Capture a lead:').slice(-1)
  t.match(JSON.parse(body), { email: 'ada@example.org' })
})
