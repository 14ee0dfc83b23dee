/** Environment -> one frozen object. The only file that reads process.env; every fault is reported at once. */
import { type Static, Type } from 'typebox'
import { Value } from 'typebox/value'

const text = (description: string, extra: object = {}) => Type.String({ description, minLength: 1, ...extra })
const whole = (description: string, byDefault: number, minimum: number, maximum: number) =>
  Type.Integer({ description, default: byDefault, minimum, maximum })

/** Every setting with its meaning, unit and default; `.env.example` is held equal to this by a test. */
export const ConfigSchema = Type.Object({
  NODE_ENV: text('`development`, `test` or `production`.', {
    default: 'development',
    pattern: '^(development|test|production)$',
  }),
  HOST: text('Address to listen on.', { default: '127.0.0.1' }),
  PORT: whole('Port to listen on; 0 takes a free one.', 3200, 0, 65535),
  PUBLIC_URL: Type.Optional(
    text('Base URL that the outside world uses, without a trailing slash.', { pattern: '^https?://[^\\s/]+$' }),
  ),
  LOG_LEVEL: text('`trace`, `debug`, `info`, `warn`, `error`, `fatal` or `silent`.', {
    default: 'info',
    pattern: '^(trace|debug|info|warn|error|fatal|silent)$',
  }),
  DATA_DIR: text('Folder of the bundled PostgreSQL and of local files.', { default: '.data' }),
  DATABASE_URL: Type.Optional(
    text('PostgreSQL 15 to 18 to use instead of the bundled one.', { pattern: '^postgres(ql)?://' }),
  ),
  JOBS_DATABASE_URL: Type.Optional(
    text('Where the job queue lives, a direct connection; default: DATABASE_URL.', { pattern: '^postgres(ql)?://' }),
  ),
  MIGRATION_DATABASE_URL: Type.Optional(
    text('Direct connection of an owner for migrations; default: DATABASE_URL.', { pattern: '^postgres(ql)?://' }),
  ),
  DATABASE_POOL_SIZE: whole('Connections for requests.', 10, 2, 200),
  WORKER_POOL_SIZE: whole('Connections for background work.', 5, 2, 100),
  TRUST_PROXY_HOPS: whole('Number of reverse proxies in front whose X-Forwarded-For is believed.', 0, 0, 10),
  BODY_LIMIT_BYTES: whole('Largest request body that is not an upload.', 4_194_304, 1024, 67_108_864),
  SUBMISSION_LIMIT_BYTES: whole('Largest public submission without its files.', 262_144, 1024, 4_194_304),
  UPLOAD_LIMIT_BYTES: whole('Largest file of a form field.', 10_485_760, 1024, 104_857_600),
  DEDUPE_WINDOW_SECONDS: whole(
    'Equal content of one form within half to one such window is one submission.',
    600,
    2,
    86_400,
  ),
  SHUTDOWN_SECONDS: whole('Time for a graceful stop before the process ends anyway.', 20, 1, 300),
})

export type Config = Readonly<Static<typeof ConfigSchema>>

/** All faults of the environment in one message, a line each. */
export class ConfigError extends Error {}

/** Reads and checks the settings; throws ConfigError that names every fault. */
export function loadConfig(env: Record<string, string | undefined> = process.env): Config {
  // An empty variable means "not set": that is how compose files and CI systems leave one out.
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== undefined && value !== ''))
  const value = Value.Convert(ConfigSchema, Value.Default(ConfigSchema, Value.Clean(ConfigSchema, given)))
  if (!Value.Check(ConfigSchema, value)) {
    const faults = Value.Errors(ConfigSchema, value).map(
      (fault) => `  ${fault.instancePath.slice(1) || 'environment'}: ${fault.message}`,
    )
    throw new ConfigError(
      `The settings have ${faults.length === 1 ? 'a fault' : 'faults'}:\n${[...new Set(faults)].join('\n')}`,
    )
  }
  return Object.freeze(value)
}
