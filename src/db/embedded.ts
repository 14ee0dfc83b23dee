// The zero-setup default: a real PostgreSQL 18, kept in the data folder, run from the programs of a platform package.
// We supervise it ourselves: it must survive kill -9 of node or of PostgreSQL, several processes at once, and root.
//
// In the data folder: pg18/ the cluster (server.log inside), pg18.password, pg18.users/ one file per using process.
import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import * as fs from 'node:fs/promises'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import {
  type Cluster,
  DatabaseUnavailable,
  explainFailure,
  isAlive,
  isPermissionDenied,
  logPath,
  openCluster,
} from './embedded-folder.ts'
import { initializeCluster, isInitialized, readPassword, SUPERUSER } from './embedded-init.ts'
import {
  answers,
  findServer,
  findSocket,
  launchServer,
  type RunningServer,
  removeStalePidFiles,
  type StopMode,
  stopServer,
} from './embedded-process.ts'

export { DatabaseUnavailable }

export interface EmbeddedOptions {
  /** The data folder; made when absent. */
  dir: string
  /** For tests only: no password, and a crash of the machine may lose everything. */
  throwaway?: boolean
  log?: (message: string) => void
}

export interface EmbeddedServer {
  /** Connection string of a database on this server; `postgres` when none is named. */
  url: (database?: string) => string
  /** True when the server was already running. */
  adopted: boolean
  /** Where the data is: `dir`, or its stand-in when root may use that folder and PostgreSQL may not. */
  dir: string
  pid: number
  port: number
  /** Ends this process's use. The last user stops the server: `fast` cleanly, `immediate` as a crash would. */
  stop: (mode?: StopMode) => Promise<void>
}

/** Failed starts before giving up; with the doubling pause below about 9 s, enough for orphaned backends to end. */
const START_ATTEMPTS = 6
const FIRST_PAUSE_MS = 300
/** After a crash PostgreSQL replays up to max_wal_size (2 GB) before it is ready; minutes on a slow disk. */
const START_LIMIT_MS = 600_000
const POLL_MS = 25

/**
 * Starts the bundled PostgreSQL in `dir`, or joins the one that already runs there.
 * Throws DatabaseUnavailable with one sentence when that is impossible.
 */
export async function startEmbedded(options: EmbeddedOptions): Promise<EmbeddedServer> {
  const { throwaway = false, log = () => {} } = options
  const cluster = await openCluster(options.dir, throwaway)
  if (!isInitialized(cluster)) {
    log('preparing the bundled PostgreSQL (once, a few seconds)')
    await initializeCluster(cluster)
  }
  const login = throwaway ? SUPERUSER : `${SUPERUSER}:${await readPassword(cluster)}`
  const { server, adopted } = await startOrAdopt(cluster, log)
  const user = await registerUser(cluster, server)
  const socket = await findSocket(cluster, server)
  // The socket stands beside the address, where it wins; programs that know addresses only find the server too.
  const way = socket === undefined ? '' : `?host=${encodeURIComponent(socket)}`
  let stopped: Promise<void> | undefined
  return {
    url: (database = 'postgres') => `postgres://${login}@127.0.0.1:${server.port}/${database}${way}`,
    adopted,
    dir: cluster.dir,
    pid: server.pid,
    port: server.port,
    stop: (mode = 'fast') => {
      stopped ??= leaveServer(cluster, server, user, mode)
      return stopped
    },
  }
}

/** Stops the server in `dir` whoever uses it. False when none was running. */
export async function stopEmbedded(dir: string, mode: StopMode = 'fast'): Promise<boolean> {
  if (!existsSync(dir)) return false
  const cluster = await openCluster(dir, false)
  if (!isInitialized(cluster)) return false
  if (!(await findServer(cluster))) return false
  await stopServer(cluster, mode)
  return true
}

async function startOrAdopt(
  cluster: Cluster,
  log: (message: string) => void,
): Promise<{ server: RunningServer; adopted: boolean }> {
  const giveUpAt = Date.now() + START_LIMIT_MS
  let pause = FIRST_PAUSE_MS
  for (let attempt = 1; Date.now() < giveUpAt; ) {
    const running = await findServer(cluster)
    if (running?.status === 'ready' && (await answers(running.port))) return { server: running, adopted: true }
    if (running) {
      await sleep(POLL_MS)
      continue
    }
    const { server, output } = await launchServer(cluster)
    if (server) return { server, adopted: false }
    if (attempt === START_ATTEMPTS || isPermissionDenied(output)) throw await explainFailure(cluster, output)
    // A concurrent start may have won, a killed server's backends may linger: look again after a pause.
    log('the bundled PostgreSQL cannot start yet, trying again')
    await removeStalePidFiles(cluster)
    await sleep(pause)
    pause *= 2
    attempt += 1
  }
  throw new DatabaseUnavailable(`The bundled PostgreSQL is not ready after 10 minutes; its log is ${logPath(cluster)}.`)
}

// --- The last user closes the door ---

/** The name of a user's file holds the run of the server it uses, so files left by kill -9 are told apart later. */
async function registerUser({ dir }: Cluster, server: RunningServer): Promise<string> {
  const file = path.join(dir, 'pg18.users', `${process.pid}.${server.run}.${randomBytes(4).toString('hex')}`)
  await fs.mkdir(path.dirname(file), { recursive: true })
  await fs.writeFile(file, '')
  return file
}

async function leaveServer(cluster: Cluster, server: RunningServer, user: string, mode: StopMode): Promise<void> {
  await fs.rm(user, { force: true })
  const running = await findServer(cluster)
  if (running?.run !== server.run || (await hasUsers(path.dirname(user), server))) return
  await stopServer(cluster, mode)
}

async function hasUsers(folder: string, server: RunningServer): Promise<boolean> {
  for (const entry of await fs.readdir(folder)) {
    const [pid, run] = entry.split('.')
    if (run === server.run && isAlive(Number(pid))) return true
    if (!isAlive(Number(pid))) await fs.rm(path.join(folder, entry), { force: true })
  }
  return false
}
