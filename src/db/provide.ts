// Where the database comes from: DATABASE_URL, else (tests only) a container, else the bundled PostgreSQL.
import pg from 'pg'
import { DatabaseUnavailable, startEmbedded } from './embedded.ts'

export { DatabaseUnavailable }

export interface ProvideOptions {
  /** DATABASE_URL; a given server is used as it is and never replaced by another one. */
  url?: string | undefined
  /** Folder of the bundled PostgreSQL. */
  dir: string
  /** `serve` keeps data in a database `leadwell`; `test` gives a server without durability, to make databases on. */
  purpose: 'serve' | 'test'
  /** TEST_DATABASE: `docker` insists on a container, `embedded` does not look for one. Only for purpose `test`. */
  testDatabase?: 'docker' | 'embedded' | undefined
  log?: (message: string) => void
}

export interface ProvidedDatabase {
  kind: 'given' | 'docker' | 'bundled'
  /** Connection string; names another database of the same server if asked to. */
  url: (database?: string) => string
  /** For people: what is used and where. */
  note: string
  /** Ends our use of it; a given server is left alone. */
  stop: () => Promise<void>
}

/** The oldest PostgreSQL whose SQL we use (security_invoker views, unique nulls not distinct). */
const OLDEST_VERSION = 15
const CONNECT_LIMIT_MS = 5_000
const SERVICE_DATABASE = 'leadwell'
const CONTAINER_IMAGE = 'postgres:18-alpine'

/** Finds or starts the database. Throws DatabaseUnavailable with one sentence that never holds the password. */
export async function provideDatabase(options: ProvideOptions): Promise<ProvidedDatabase> {
  if (options.url) return await useGiven(options.url)
  if (options.purpose === 'serve') return await serveBundled(options)
  if (options.testDatabase !== 'embedded') {
    const container = await tryContainer(options)
    if (container) return container
  }
  return await testOnBundled(options)
}

// --- A given server ---

async function useGiven(url: string): Promise<ProvidedDatabase> {
  const address = parseUrl(url)
  const version = await readVersion(url, address)
  if (Number.parseInt(version, 10) < OLDEST_VERSION) {
    throw new DatabaseUnavailable(
      `DATABASE_URL: ${placeOf(address)} runs PostgreSQL ${version}; Leadwell needs ${OLDEST_VERSION} or later.`,
    )
  }
  return {
    kind: 'given',
    url: (database) => withDatabase(url, database),
    note: `PostgreSQL ${version} at ${placeOf(address)} (DATABASE_URL)`,
    stop: async () => {},
  }
}

function parseUrl(url: string): URL {
  const address = URL.parse(url)
  if (address && /^postgres(ql)?:$/.test(address.protocol)) return address
  throw new DatabaseUnavailable(
    'DATABASE_URL is not an address like postgres://user:password@host:5432/database (special characters in the password must be percent-encoded).',
  )
}

async function readVersion(url: string, address: URL): Promise<string> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: CONNECT_LIMIT_MS })
  // A connection that breaks later must not end the process; the pending call reports it.
  client.on('error', () => {})
  try {
    await client.connect()
    const { rows } = await client.query<{ server_version: string }>('show server_version')
    return rows[0]?.server_version.split(' ')[0] ?? 'of unknown version'
  } catch (error) {
    throw new DatabaseUnavailable(`DATABASE_URL: ${explainRefusal(error, address)}.`)
  } finally {
    await client.end().catch(() => {})
  }
}

/** Our own words, because messages of the driver may hold parts of the connection string. */
function explainRefusal(error: unknown, address: URL): string {
  const place = placeOf(address)
  const { code, message } = error as { code?: string; message: string }
  const user = address.username
  if (code === '28P01' || code === '28000' || /password must be a string/.test(message)) {
    return `${place} does not let the user "${user}" in (wrong name or password, or not allowed by pg_hba.conf)`
  }
  if (code === '3D000') return `${place} has no database "${address.pathname.slice(1) || user}"; create it first`
  if (code === '53300') return `${place} has no connection left (max_connections)`
  if (code === '57P03') return `${place} is starting up or shutting down; try again in a moment`
  if (/SSL/.test(message)) return `${place} does not offer the TLS connection that sslmode asks for`
  const reason = code ?? (/timeout/.test(message) ? 'silent for 5 s' : 'it ended the connection')
  return `no PostgreSQL answers at ${place} (${reason})`
}

function placeOf(address: URL): string {
  return address.searchParams.get('host') ?? `${address.hostname || 'localhost'}:${address.port || 5432}`
}

function withDatabase(url: string, database: string | undefined): string {
  const address = new URL(url)
  if (database !== undefined) address.pathname = `/${database}`
  return address.href
}

// --- A container, for tests ---

async function tryContainer({ testDatabase, log }: ProvideOptions): Promise<ProvidedDatabase | undefined> {
  try {
    // A development dependency, loaded here only: the service itself never needs it.
    const { PostgreSqlContainer } = await import('@testcontainers/postgresql')
    const container = await new PostgreSqlContainer(CONTAINER_IMAGE)
      .withCommand(['postgres', '-c', 'fsync=off', '-c', 'full_page_writes=off'])
      .start()
    return {
      kind: 'docker',
      url: (database = 'postgres') => withDatabase(container.getConnectionUri(), database),
      note: `container ${CONTAINER_IMAGE}`,
      stop: async () => {
        await container.stop()
      },
    }
  } catch (error) {
    const reason = error instanceof Error ? error.message.split('\n')[0] : 'unknown reason'
    // Asked for by name: never replaced in silence.
    if (testDatabase === 'docker') {
      throw new DatabaseUnavailable(`TEST_DATABASE=docker, but no container starts (${reason}).`, { cause: error })
    }
    log?.(`no container runtime (${reason}); using the bundled PostgreSQL`)
    return undefined
  }
}

// --- The bundled server ---

async function serveBundled({ dir, log }: ProvideOptions): Promise<ProvidedDatabase> {
  const server = await startEmbedded({ dir, ...(log && { log }) })
  try {
    await createDatabase(server.url('postgres'), SERVICE_DATABASE)
  } catch (error) {
    await server.stop()
    const code = (error as { code?: string }).code
    const advice = code === '28P01' ? 'its password differs from pg18.password' : `error ${code ?? 'unknown'}`
    throw new DatabaseUnavailable(`The bundled PostgreSQL in ${dir} does not let us in (${advice}).`)
  }
  return {
    kind: 'bundled',
    url: (database = SERVICE_DATABASE) => server.url(database),
    note: `bundled PostgreSQL in ${server.dir}${server.adopted ? ', already running' : ''}`,
    stop: () => server.stop(),
  }
}

async function createDatabase(url: string, name: string): Promise<void> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    const { rowCount } = await client.query('select from pg_database where datname = $1', [name])
    if (rowCount === 0) await client.query(`create database ${name}`)
  } catch (error) {
    // Another process created it between our look and our statement; which code depends on how close it was.
    if (!['42P04', '23505'].includes((error as { code?: string }).code ?? '')) throw error
  } finally {
    await client.end()
  }
}

async function testOnBundled({ dir, log }: ProvideOptions): Promise<ProvidedDatabase> {
  const server = await startEmbedded({ dir, throwaway: true, ...(log && { log }) })
  return {
    kind: 'bundled',
    url: server.url,
    note: 'bundled PostgreSQL',
    stop: () => server.stop('immediate'),
  }
}
