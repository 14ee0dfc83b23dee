// The command line as a person or a script sees it: what it prints where, and how it ends.
import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { createInterface } from 'node:readline'
import pg from 'pg'
import t from 'tap'
import { COMMANDS, loadCommands } from '../../src/commands/index.ts'
import { UsageError } from '../../src/commands/usage.ts'
import { loadConfig } from '../../src/config.ts'
import { commandLine } from '../helpers/command-line.ts'
import { testDatabase } from '../helpers/database.ts'

const { url } = await testDatabase(t)
const { start, run } = commandLine(url)

t.test('help and version', async (t) => {
  const [help, version, ofKeys] = await Promise.all([run(['help']), run(['--version']), run(['keys', '--help'])])
  t.equal(help.code, 0)
  for (const { usage, summary } of await loadCommands())
    t.ok(help.out.includes(usage) && help.out.includes(summary), usage)
  t.match(help.out, 'Exit codes')
  t.match(version, { code: 0, out: /^\d+\.\d+\.\d+\n$/, err: '' })
  t.match(ofKeys, { code: 0, out: /--allow-ip/ })
})

t.test('what is not understood ends with 64, and a hint how it goes', async (t) => {
  const lines = [['sevre'], ['constructor'], ['serve', '--port', '80']]
  const [unknown, inherited, option] = await Promise.all(lines.map((args) => run(args)))
  t.match(unknown, { code: 64, out: '', err: /no command "sevre"; did you mean serve\?/ })
  t.match(inherited, { code: 64, out: '', err: /no command "constructor"/ })
  t.match(option, { code: 64, out: '', err: /^Unknown option '--port'\.\nUsage: leadwell serve/ })
})

t.test('every mistake is named before anything is touched', async (t) => {
  const wrong: [string[], RegExp][] = [
    [['routes', 'all'], /"all" is one word too many/],
    [['keys'], /What about keys\?/],
    [['keys', 'delete'], /keys cannot delete/],
    [['keys', 'constructor'], /keys cannot constructor/],
    [['keys', 'revoke'], /KEY_ID is missing/],
    [['keys', 'revoke', 'lead_01k8r5x4q3e7vb2c9m6h0n1d5s'], /is no id of a key/],
    [['keys', 'rotate', 'key_01k8r5x4q3e7vb2c9m6h0n1d5s', '--overlap', 'soon'], /--overlap must be a whole number/],
    [['keys', 'create', '--scope'], /--scope/],
    [['keys', 'create', '--origin', 'Hub Spot'], /--origin/],
    [['keys', 'create', '--kind', 'restricted', '--allow-ip', '127.1'], /--scope: [\s\S]*--allow-ip: /],
    [['keys', 'create', '--expires', 'tomorrow'], /--expires: /],
    [['sample-data', '--leads', '0'], /--leads must be a whole number from 1/],
    [['migrate', '--force'], /Unknown option '--force'/],
    [['doctor', 'me'], /one word too many/],
    [['db', 'start'], /db cannot start/],
  ]
  for (const [[name = '', ...args], says] of wrong) {
    const command = await COMMANDS[name]?.()
    const load = () => loadConfig({ DATABASE_URL: 'postgres://nobody@127.0.0.1:1/none' })
    await t.rejects(command?.run(args, load) ?? Promise.resolve(), { constructor: UsageError, message: says })
  }
})

t.test('a wrong setting ends with 78, a database that is not there with 69', async (t) => {
  t.match(await run(['serve'], { PORT: 'x', LOG_LEVEL: 'y' }), { code: 78, err: /PORT[\s\S]*LOG_LEVEL/ })
  const gone = await run(['keys', 'list'], { DATABASE_URL: 'postgres://user:hunter2@127.0.0.1:1/db' })
  t.match(gone, { code: 69, out: '', err: /no PostgreSQL answers/ })
  t.notMatch(gone.err, 'hunter2')
})

t.test('routes and settings are printed without a database', async (t) => {
  const env = { DATABASE_URL: 'postgres://nobody@127.0.0.1:1/none' }
  const routes = await run(['routes'], env)
  t.match(routes.out, /^POST +\/v1\/leads +src\/features\/leads\/routes\/create-lead\.ts$/m)
  t.match(await run(['settings'], env), { code: 0, out: /^#PORT=3200$/m })
})

t.test('keys are made, listed, rotated and revoked', async (t) => {
  const made = await run(['keys', 'create', '--name', 'CRM', '--kind', 'restricted', '--scope', 'leads:read'])
  t.match(
    made,
    { code: 0, out: /^rk_live_[0-9A-Za-z]{54}\n$/, err: /first secret key: sk_live_/ },
    'only the secret on stdout',
  )
  const id = /key_[0-9a-z]{26}/.exec(made.err)?.[0] ?? ''
  const list = await run(['keys', 'list'])
  t.match(list.out, new RegExp(`^${id} +active +restricted +rk_live_\\S+ +\\S+ +CRM +leads:read$`, 'm'))
  t.notMatch(list.out, made.out.trim())

  const rotated = await run(['keys', 'rotate', id, '--overlap', '60'])
  t.match(rotated, { code: 0, out: /^rk_live_/, err: /works for 60 seconds more/ })
  t.not(rotated.out, made.out)
  t.match(await run(['keys', 'revoke', id]), { code: 0, out: /is revoked/ })
  t.match((await run(['keys', 'list'])).out, new RegExp(`^${id} +revoked`, 'm'))
  t.match(await run(['keys', 'rotate', id]), { code: 1, err: /This key is revoked/ })
  t.match(await run(['keys', 'revoke', 'key_01k8r5x4q3e7vb2c9m6h0n1d5s']), { code: 1, err: /no such key/ })
  const first = /^(key_\S+) +active +secret/m.exec(list.out)?.[1] ?? ''
  t.match(await run(['keys', 'revoke', first]), { code: 1, err: /last secret key/ })
})

t.test('doctor says what is wrong and what to do', async (t) => {
  await setDurability('on')
  const well = await run(['doctor'])
  t.match(well.out, /^ {2}ok {4}fences +\d+ tables/m)
  t.match(well.out, /^ {2}ok {4}clock/m)
  t.match(well.out, /^ {2}ok {4}pooler/m)
  await query('ALTER TABLE leads NO FORCE ROW LEVEL SECURITY; GRANT DELETE ON audit_log TO leadwell_app')
  await setDurability('off')
  const ill = await run(['doctor'])
  t.equal(ill.code, 1)
  t.match(ill.out, /^ {2}fail {2}fences +leads: row-level security is not forced for the owner\n +-> /m)
  t.match(ill.out, /^ {2}fail {2}fences +audit_log: leadwell_app may change what must only be added to/m)
  t.match(ill.out, /^ {2}fail {2}durability +.*synchronous_commit/m)
  t.match(await run(['doctor'], { DATABASE_URL: 'postgres://nobody@127.0.0.1:1/none' }), {
    code: 1,
    out: /^ {2}fail {2}database +/m,
  })
})

t.test('a service does not start on a database that forgets, unless it is told to', async (t) => {
  await setDurability('off')
  const refused = await run(['serve'], { NODE_ENV: 'production', PORT: '0' })
  t.match(refused, { code: 69, out: '', err: /synchronous_commit off, so it can lose submissions/ })
  t.equal(refused.err.trim().split('\n').length, 1, 'one sentence')

  const child = start(['serve', '--no-work'], { NODE_ENV: 'production', PORT: '0', ALLOW_UNSAFE_DATABASE: 'true' })
  t.teardown(() => child.kill('SIGKILL'))
  if (child.stdout === null) throw new Error('the output is piped')
  for await (const line of createInterface(child.stdout)) if (line.includes('Leadwell is ready')) break
  child.kill('SIGTERM')
  const [code] = await once(child, 'exit')
  t.equal(code, 0, 'started, and stopped gracefully')
})

t.test('a sample is the same people again for the same seed, and nobody who can be reached', async (t) => {
  const args = ['sample-data', '--leads', '60', '--days', '10', '--seed', 'test']
  const first = await run(args)
  t.match(first, { code: 0, out: /^\d+ submissions of 60 people over 10 days/ })
  t.ok(first.err.split('\n').length <= 6, 'a few lines of progress, no flood, when nobody looks')
  const count = async () => (await query('SELECT count(*)::int AS n, count(DISTINCT email)::int AS e FROM leads'))[0]
  const before = await count()
  t.ok(Number(before?.['n']) >= 60 && Number(before?.['n']) <= 66, `${before?.['n']} leads`)
  const reachable = `SELECT email FROM leads WHERE email_domain !~ '(^|[.])(test|example[.](org|net|com))$'`
  t.strictSame(await query(reachable), [])
  const [times] = await query(
    `SELECT min(created_at) < now() - interval '5 days' AS early, max(created_at) <= now() AS past FROM leads`,
  )
  t.strictSame(times, { early: true, past: true }, 'spread over the days')
  t.strictSame(
    await query(`SELECT 1 FROM form_submissions WHERE state IN ('received', 'failed')`),
    [],
    'all are judged',
  )
  t.match((await run(args)).out, /^0 submissions/)
  t.strictSame(await count(), before)
})

async function query(text: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client(url)
  await client.connect()
  try {
    return (await client.query(text)).rows
  } finally {
    await client.end()
  }
}

/** For this database alone, whatever its server is set to. */
async function setDurability(value: 'on' | 'off'): Promise<void> {
  await query(`ALTER DATABASE "${new URL(url).pathname.slice(1)}" SET synchronous_commit = ${value}`)
}

t.test('a port that is taken and a host that is not there are told in one sentence', async (t) => {
  const other = createServer().listen(0, '127.0.0.1')
  await once(other, 'listening')
  t.teardown(() => other.close())
  const { port } = other.address() as AddressInfo
  const taken = await run(['serve', '--no-work'], { PORT: String(port) })
  t.match(taken, { code: 78, err: new RegExp(`^Port ${port} on 127.0.0.1 is taken by another program[^\\n]*\\n$`) })
  t.match(await run(['serve', '--no-work'], { HOST: '192.0.2.1', PORT: '0' }), {
    code: 78,
    err: /^HOST: 192.0.2.1 is no/,
  })
})
