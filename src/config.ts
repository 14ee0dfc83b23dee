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
  ALLOW_UNSAFE_DATABASE: Type.Boolean({
    description: 'Start although the database may forget what it has confirmed (fsync or synchronous_commit off).',
    default: false,
  }),
  DATABASE_POOL_SIZE: whole('Connections for requests.', 10, 2, 200),
  WORKER_POOL_SIZE: whole('Connections for background work.', 8, 2, 100),
  TRUST_PROXY_HOPS: whole('Number of reverse proxies in front whose X-Forwarded-For is believed.', 0, 0, 10),
  BODY_LIMIT_BYTES: whole('Largest request body that is not an upload.', 4_194_304, 1024, 67_108_864),
  SUBMISSION_LIMIT_BYTES: whole('Largest public submission without its files.', 262_144, 1024, 4_194_304),
  UPLOAD_LIMIT_BYTES: whole('Largest file of a form field.', 10_485_760, 1024, 104_857_600),
  UPLOAD_TOTAL_LIMIT_BYTES: whole('Most bytes of all files of one submission.', 20_971_520, 1024, 209_715_200),
  DEDUPE_WINDOW_SECONDS: whole(
    'Equal content of one form within half to one such window is one submission.',
    600,
    2,
    86_400,
  ),
  OUTBOUND_PORTS: text('Ports that the service may call at other systems.', {
    default: '80,443',
    pattern: '^\\d{1,5}(,\\d{1,5})*$',
  }),
  OUTBOUND_TRUSTED_HOSTS: Type.Optional(
    text('`host:port` (comma between) that may be called although it is not public or has another port.', {
      pattern: '^[^\\s,]+:\\d{1,5}(,[^\\s,]+:\\d{1,5})*$',
    }),
  ),
  WEBHOOK_ALLOW_PRIVATE: Type.Boolean({
    description:
      'Let webhook endpoints be http, on any port and on private addresses: for development and tests, never where tenants are strangers.',
    default: false,
  }),
  WEBHOOK_TIMEOUT_MS: whole('Time for a webhook receiver to answer.', 15_000, 100, 15_000),
  WEBHOOK_RETENTION_DAYS: whole('Days that finished webhook deliveries can be looked up.', 30, 1, 3650),
  TURNSTILE_VERIFY_URL: text('Where answers of Turnstile are verified.', {
    default: 'https://challenges.cloudflare.com/turnstile/v0/siteverify',
  }),
  HCAPTCHA_VERIFY_URL: text('Where answers of hCaptcha are verified.', {
    default: 'https://api.hcaptcha.com/siteverify',
  }),
  RECAPTCHA_VERIFY_URL: text('Where answers of reCAPTCHA are verified.', {
    default: 'https://www.google.com/recaptcha/api/siteverify',
  }),
  SMTP_URL: Type.Optional(
    text(
      'Mail server: `smtps://user:password@host` or `smtp://…:587` (STARTTLS; `?security=none` for a relay on this machine). Without it mail goes to files in DATA_DIR/mail.',
      { pattern: '^smtps?://[^\\s/]+/?(\\?\\S*)?$' },
    ),
  ),
  MAIL_FROM: Type.Optional(
    text('Address that mail comes from in workspaces without a sender of their own.', {
      pattern: '^[^\\s@<>,]+@[^\\s@<>,]+$',
    }),
  ),
  SMTP_CONNECTIONS: whole('Connections to one mail server at once.', 10, 1, 200),
  SMTP_COMMAND_SECONDS: whole('Time for the greeting and for each envelope.', 60, 1, 600),
  SMTP_REPLY_SECONDS: whole(
    'Time to wait for the reply after a mail; less than 600 makes more mails doubtful (RFC 5321, 4.5.3.2.6).',
    600,
    1,
    3_600,
  ),
  MAIL_DOMAIN_CONNECTIONS: whole('Mails at once to one recipient domain.', 10, 1, 200),
  MAIL_DOMAIN_PER_MINUTE: whole('Mails to one recipient domain in a minute; 0: no limit.', 0, 0, 1_000_000),
  MAX_CONNECTIONS: whole('Open connections of clients; one more is closed at once.', 10_000, 10, 1_000_000),
  REQUEST_TIMEOUT_MS: whole(
    'Time for a request to arrive, its header within two thirds of it; a slower client is closed.',
    15_000,
    300,
    600_000,
  ),
  ANSWER_LIMIT_MS: whole(
    'Time to answer a request that has arrived; after it the caller gets 503.',
    2_700,
    100,
    600_000,
  ),
  SHED_DELAY_MS: whole(
    'Refuse requests with 503 when work waits this long; exports and searches from a quarter, others from half of it, captures last. 0: never.',
    240,
    0,
    60_000,
  ),
  EVENT_RETENTION_DAYS: whole(
    'Days that raw events are kept, in whole months; their counters stay. Older events are refused.',
    400,
    31,
    3_660,
  ),
  RATE_LIMIT_DEFAULT: whole('Requests of one key in 60 seconds, in each process; 0: no limit.', 6_000, 0, 100_000_000),
  RATE_LIMIT_SEARCH: whole('Searches of one key in 60 seconds; 0: no limit.', 600, 0, 100_000_000),
  RATE_LIMIT_EXPORT: whole('Exports of one key in 60 seconds; 0: no limit.', 30, 0, 100_000_000),
  RATE_LIMIT_ANONYMOUS: whole(
    'Requests without a valid key from one network in 60 seconds, captures apart; 0: no limit.',
    600,
    0,
    100_000_000,
  ),
  RATE_LIMIT_CAPTURE_NETWORK: whole(
    'Submissions of visitors from one network (IPv4 /24, IPv6 /48) in 60 seconds; 0: no limit.',
    60,
    0,
    100_000_000,
  ),
  RATE_LIMIT_EVENTS_NETWORK: whole(
    'Requests with events of visitors from one network in 60 seconds; 0: no limit.',
    1_200,
    0,
    100_000_000,
  ),
  RATE_LIMIT_CAPTURE_FORM: whole('Submissions of one form in 10 seconds; 0: no limit.', 500, 0, 100_000_000),
  METRICS_KEY: Type.Optional(
    text('Bearer token that /metrics then asks for, at least 16 visible characters.', {
      pattern: '^[\\x21-\\x7e]{16,200}$',
    }),
  ),
  OTEL_EXPORTER_OTLP_ENDPOINT: Type.Optional(
    text('Base URL of an OpenTelemetry collector (OTLP over HTTP); traces are sent there when set.', {
      pattern: '^https?://',
    }),
  ),
  LEASE_SECONDS: whole('Work that a dead worker had claimed is free for another one after this time.', 30, 1, 3600),
  SHUTDOWN_SECONDS: whole('Time for a graceful stop before the process ends anyway.', 20, 1, 300),
})

export type Config = Readonly<Static<typeof ConfigSchema>>

/** The conversion would cut 80.5 to 80: a number that is not written as a whole one is none. */
function withoutHalves(given: Record<string, string | undefined>): Record<string, unknown> {
  const isWhole = (name: string) =>
    (ConfigSchema.properties as Record<string, { type?: string }>)[name]?.type === 'integer'
  return Object.fromEntries(
    Object.entries(given).map(([name, text = '']) => [
      name,
      isWhole(name) && !/^-?\d+$/.test(text) ? Number.NaN : text,
    ]),
  )
}

/** How the world reaches the service, without a trailing slash; what listens everywhere is reached from here. */
export function publicBase({ HOST, PORT, PUBLIC_URL }: Pick<Config, 'HOST' | 'PORT' | 'PUBLIC_URL'>): string {
  const host = ['0.0.0.0', '::'].includes(HOST) ? '127.0.0.1' : HOST
  return PUBLIC_URL ?? `http://${host.includes(':') ? `[${host}]` : host}:${PORT}`
}

/** All faults of the environment in one message, a line each. */
export class ConfigError extends Error {}

/** Reads and checks the settings; throws ConfigError that names every fault. */
export function loadConfig(env: Record<string, string | undefined> = process.env): Config {
  // An empty variable means "not set": that is how compose files and CI systems leave one out.
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== undefined && value !== ''))
  const value = Value.Convert(
    ConfigSchema,
    Value.Default(ConfigSchema, Value.Clean(ConfigSchema, withoutHalves(given))),
  )
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
