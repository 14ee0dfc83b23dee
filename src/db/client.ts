/**
 * The doors to PostgreSQL. `withWorkspace` and `runInWorkspace` are the only ways to tenant tables: they open a
 * transaction as the fenced role of one workspace. `query` serves the few global look-ups, `sweep` reads due work of
 * all workspaces.
 */
import { drizzle, type NodePgDatabase } from 'drizzle-orm/node-postgres'
import pg from 'pg'
import { inSpan } from '../tracing.ts'
import { isConnectionFault, isOutdatedPlan } from './database-fault.ts'
import { FlightClient, type Statement } from './flight.ts'
import type { JoinedTransaction } from './joined-transaction.ts'
import { causeOf, inOrder, sender, untilOver } from './transaction-doors.ts'

export { isConnectionFault, isOutdatedPlan, sqlStateOf } from './database-fault.ts'
export type { Statement } from './flight.ts'

/** Anything that runs statements: a transaction of a workspace, or the pool for global look-ups. */
export interface Queryable {
  query<Row>(statement: Statement | string, values?: unknown[]): Promise<Row[]>
}

/** One transaction of one workspace. */
export interface Tx extends Queryable {
  readonly workspaceId: string
  /** The query builder, for cold paths only: it costs 150 us of CPU for each statement (performance.md 2). */
  readonly builder: NodePgDatabase
  /**
   * Sends a statement whose answer nobody needs: what is sent in one tick, to the commit itself, is one flight. It runs in its
   * place among the others; its fault takes everything back, and is thrown before anybody hears of a commit.
   */
  send(statement: Statement, values: unknown[]): void
  /** Runs as the last statements before the commit, in the order of registration. */
  beforeCommit(step: LastStep): void
  /** Tells the workers of this process, after the commit, that there is work of a kind; a rollback tells nobody. */
  announce(kind: string): void
}

/** Statements that end a transaction. */
export interface LastStep {
  run: () => Promise<void>
  /**
   * True when it sends one statement at once and the database itself refuses whatever may not be committed: as the very
   * last step it then travels together with the commit, and the locks that it takes are held a round trip shorter.
   */
  isOneStatement?: boolean
}

export interface Db extends Queryable {
  readonly pool: pg.Pool
  /** Set while a request runs as one transaction: everything then happens inside it. */
  readonly joined?: JoinedTransaction
  /** Who is told of announced work; set once by the door that has both. */
  onAnnounce?: (kind: string, workspaceId: string) => void
  close(): Promise<void>
}

export interface PoolOptions {
  connectionString: string
  max: number
  applicationName: string
  /** Longest wait for one statement, in milliseconds; the client side fires too when the server is frozen (S6). */
  statementTimeoutMs: number
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/

const types = new pg.TypeOverrides()
types.setTypeParser(pg.types.builtins.INT8, Number)
types.setTypeParser(pg.types.builtins.TIMESTAMPTZ, toWireTimestamp)
types.setTypeParser(pg.types.builtins.DATE, (value) => value)

/** PostgreSQL's text of a timestamptz(3) -> RFC 3339 in UTC with milliseconds; no Date where the zone is UTC. */
export function toWireTimestamp(text: string): string {
  if (text.endsWith('+00') && text.length <= 26) {
    const millis = text.length > 22 ? text.slice(20, -3).padEnd(3, '0') : '000'
    return `${text.slice(0, 10)}T${text.slice(11, 19)}.${millis}Z`
  }
  return new Date(text.replace(' ', 'T').replace(/([+-]\d\d)$/, '$1:00')).toISOString()
}

/** Opens a pool with every time-out set: an exhausted pool or a frozen server is an error in seconds, never a hang. */
export function openDatabase(options: PoolOptions): Db {
  const config: pg.PoolConfig & { pipeline: boolean } = {
    Client: FlightClient,
    connectionString: options.connectionString,
    max: options.max,
    application_name: options.applicationName,
    types,
    // Statements of one transaction travel without waiting for each other. Newer than the published types.
    pipeline: true,
    connectionTimeoutMillis: Math.min(2_000, options.statementTimeoutMs),
    query_timeout: options.statementTimeoutMs + 250,
    statement_timeout: options.statementTimeoutMs,
    lock_timeout: options.statementTimeoutMs,
    idle_in_transaction_session_timeout: 15_000,
    idleTimeoutMillis: 30_000,
    keepAlive: true,
  }
  const pool = new pg.Pool(config)
  // The pool replaces a connection that dies while idle; without a listener its error would end the process.
  pool.on('error', () => undefined)
  // The same for one that dies in use, between two statements; the next statement tells.
  pool.on('connect', (client) => client.on('error', () => undefined))
  return {
    pool,
    query: (statement, values) => withClient(pool, (client) => run(client, statement, values)),
    close: () => pool.end(),
  }
}

const DATABASE_SPAN = { 'db.system.name': 'postgresql' }

/** A connection of the pool; every one is a client of flights. */
type Connection = pg.PoolClient & FlightClient

async function run<Row>(on: Connection, statement: Statement | string, values: unknown[] = []): Promise<Row[]> {
  if (typeof statement === 'string') {
    return (await inSpan('statement', DATABASE_SPAN, () => on.query({ text: statement, values }))).rows as Row[]
  }
  return (await inSpan(statement.name, DATABASE_SPAN, () => on.fly<Row>(statement, values))).rows
}

/**
 * Runs `work` in one transaction of one workspace and commits; any error rolls everything back and is thrown.
 * The opening is not waited for: should it fail, the next statement fails with it.
 */
export async function withWorkspace<T>(db: Db, workspaceId: string, work: (tx: Tx) => Promise<T>): Promise<T> {
  if (db.joined !== undefined) return await db.joined.join(workspaceId, work)
  return await withClient(db.pool, async (client) => {
    const opened = open(client, openingOf(workspaceId))
    opened.catch(() => undefined)
    const last: LastStep[] = []
    const announced = new Set<string>()
    const end = { isOver: false }
    const query = untilOver(end, (statement, values) => run(client, statement, values))
    const { sent, send } = sender(end, query)
    try {
      const result = await work({
        workspaceId,
        query,
        get builder() {
          return drizzle(client)
        },
        send,
        beforeCommit: (step) => last.push(step),
        announce: (kind) => announced.add(kind),
      })
      const final = last.at(-1)?.isOneStatement ? last.pop() : undefined
      for (const step of last) await step.run()
      const ended = final?.run()
      end.isOver = true
      // In one flight with the last statement: where that fails, COMMIT is not run.
      await inOrder([opened, ...sent, ended, commit(client)])
      for (const kind of announced) db.onAnnounce?.(kind, workspaceId)
      return result
    } catch (error) {
      end.isOver = true
      const cause = await causeOf(error, [opened, ...sent])
      if (!isConnectionFault(cause)) await client.query('ROLLBACK')
      throw cause
    }
  })
}

/** Runs statements in one transaction of one workspace in one round trip; returns the rows of each. */
export async function runInWorkspace(
  db: Db,
  workspaceId: string,
  statements: { statement: Statement; values: unknown[] }[],
): Promise<Record<string, unknown>[][]> {
  const { joined } = db
  if (joined !== undefined) {
    return await joined.join(workspaceId, (tx) =>
      Promise.all(statements.map(({ statement, values }) => tx.query<Record<string, unknown>>(statement, values))),
    )
  }
  const once = async () => await inOneFlight(db, openingOf(workspaceId), statements)
  // Nothing was committed, and nothing was decided on the way: it may run again.
  return await once().catch((error: unknown) => (isOutdatedPlan(error) ? once() : Promise.reject(error)))
}

/** One statement that reads tenant rows, in one round trip. */
export async function readInWorkspace<Row>(
  db: Db,
  workspaceId: string,
  statement: Statement,
  values: unknown[],
): Promise<Row[]> {
  // A read needs no savepoint of its own, and may stand inside a part.
  if (db.joined !== undefined) return await db.joined.tx.query(statement, values)
  const [rows] = await runInWorkspace(db, workspaceId, [{ statement, values }])
  return rows as Row[]
}

/** Reads due work of all workspaces; the role may read nothing else and write nothing. */
export async function sweep<Row>(db: Db, statement: Statement, values: unknown[]): Promise<Row[]> {
  const [rows] = await inOneFlight(db, [BEGIN_READING, AS_SWEEPER], [{ statement, values }])
  return rows as Row[]
}

/** A whole transaction that decides nothing on the way: COMMIT is in the same flight, and is not run after a failed statement. */
async function inOneFlight(
  { pool }: Db,
  opening: Statement[],
  statements: { statement: Statement; values: unknown[] }[],
): Promise<Record<string, unknown>[][]> {
  return await withClient(pool, async (client) => {
    const opened = open(client, opening)
    const answers = statements.map(({ statement, values }) => run<Record<string, unknown>>(client, statement, values))
    try {
      await inOrder([opened, ...answers, commit(client)])
    } catch (error) {
      if (!isConnectionFault(error)) await client.query('ROLLBACK')
      throw error
    }
    return await Promise.all(answers)
  })
}

const BEGIN: Statement = { name: 'begin', text: 'BEGIN' }
const BEGIN_READING: Statement = { name: 'begin_reading', text: 'BEGIN READ ONLY' }
const AS_APP: Statement = { name: 'as_app', text: 'SET LOCAL ROLE leadwell_app' }
const AS_SWEEPER: Statement = { name: 'as_sweeper', text: 'SET LOCAL ROLE leadwell_sweep' }
const COMMIT: Statement = { name: 'commit', text: 'COMMIT' }

function openingOf(workspaceId: string): Statement[] {
  // SET takes no parameters, so the literal is checked here; set_config would not reach Citus workers (scale.md 2).
  if (!UUID.test(workspaceId)) throw new Error('a workspace id must be a uuid')
  return [BEGIN, AS_APP, { name: '', text: `SET LOCAL app.workspace_id = '${workspaceId}'` }]
}

async function open(client: Connection, opening: Statement[]): Promise<void> {
  await Promise.all(opening.map((statement) => client.fly(statement)))
}

async function commit(client: Connection): Promise<void> {
  const { tag } = await client.fly(COMMIT)
  // A transaction that had failed in an earlier flight answers ROLLBACK to COMMIT, without an error.
  if (tag !== 'COMMIT') throw new Error('the transaction was rolled back')
}

/** Until when connections were made that hold plans of tables as they were before a migration. */
const outdated = new WeakMap<pg.Pool, number>()

/** A connection of the pool; those with plans of former tables are replaced, or each would fail once for each statement. */
async function connect(pool: pg.Pool): Promise<Connection> {
  for (;;) {
    const client = (await pool.connect()) as Connection
    if (client.madeAt > (outdated.get(pool) ?? 0)) return client
    client.release(true)
  }
}

async function withClient<T>(pool: pg.Pool, work: (client: Connection) => Promise<T>): Promise<T> {
  const client = await connect(pool)
  let broken = false
  try {
    return await work(client)
  } catch (error) {
    broken = isConnectionFault(error) || isOutdatedPlan(error)
    if (isOutdatedPlan(error)) outdated.set(pool, performance.now())
    throw error
  } finally {
    client.release(broken)
  }
}
