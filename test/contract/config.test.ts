import { readFileSync } from 'node:fs'
import path from 'node:path'
import t from 'tap'
import { envExample } from '../../src/commands/settings.ts'
import { ConfigError, ConfigSchema, loadConfig, publicBase } from '../../src/config.ts'
import { packageRoot } from '../../src/package-root.ts'

t.test('.env.example names every setting with its meaning and default', async (t) => {
  const file = readFileSync(path.join(packageRoot(), '.env.example'), 'utf8')
  t.equal(file, envExample(), '`npm run leadwell -- settings --write` brings it up to date')
  for (const [name, schema] of Object.entries(ConfigSchema.properties)) {
    t.match((schema as { description?: string }).description, /\S.{10,}/, `${name} says what it is`)
    t.match(file, new RegExp(`^#${name}=`, 'm'))
  }
})

t.test('the defaults of .env.example are those of an empty environment', async (t) => {
  const lines = envExample().matchAll(/^#([A-Z0-9_]+)=(.*)$/gm)
  const given = Object.fromEntries([...lines].map(([, name, value]) => [name, value]))
  t.equal(Object.keys(given).length, Object.keys(ConfigSchema.properties).length)
  t.strictSame(loadConfig(given), loadConfig({}))
})

t.test('every fault of the environment is reported at once, and none of its values', async (t) => {
  const wrong = { PORT: 'eighty', LOG_LEVEL: 'loud', DATABASE_URL: 'mysql://root:hunter2@db', DATABASE_POOL_SIZE: '1' }
  const message = messageOf(() => loadConfig(wrong))
  for (const name of Object.keys(wrong)) t.match(message, name)
  t.notMatch(message, 'hunter2')
})

t.test('a number is taken as it is written or not at all', async (t) => {
  for (const PORT of ['80.5', '8e1', ' 80', '0x50'])
    t.match(
      messageOf(() => loadConfig({ PORT })),
      /PORT: must be integer/,
      PORT,
    )
  t.match(
    messageOf(() => loadConfig({ PORT: '-1' })),
    /PORT: must be >= 0/,
  )
  t.equal(loadConfig({ PORT: '80' }).PORT, 80)
})

t.test('an empty variable is not set, and others of the machine are ignored', async (t) => {
  const config = loadConfig({ PORT: '', PUBLIC_URL: '', ALLOW_UNSAFE_DATABASE: 'true', HOME: '/root' })
  t.match(config, { PORT: 3200, ALLOW_UNSAFE_DATABASE: true })
  t.notOk('PUBLIC_URL' in config)
  t.notOk('HOME' in config)
})

t.test('the address of the service is one that a client can use', async (t) => {
  const bases: [HOST: string, base: string][] = [
    ['127.0.0.1', 'http://127.0.0.1:3200'],
    ['0.0.0.0', 'http://127.0.0.1:3200'],
    ['::', 'http://127.0.0.1:3200'],
    ['::1', 'http://[::1]:3200'],
    ['leads.test', 'http://leads.test:3200'],
  ]
  for (const [HOST, base] of bases) t.equal(publicBase({ HOST, PORT: 3200 }), base)
  t.equal(publicBase({ HOST: '::', PORT: 3200, PUBLIC_URL: 'https://leads.test' }), 'https://leads.test')
})

function messageOf(load: () => unknown): string {
  try {
    load()
    return 'there was no fault'
  } catch (error) {
    if (error instanceof ConfigError) return error.message
    throw error
  }
}
