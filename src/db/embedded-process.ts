// One run of the bundled PostgreSQL as a process: launched, recognized, stopped.
import { randomInt } from 'node:crypto'
import * as fs from 'node:fs/promises'
import net from 'node:net'
import path from 'node:path'
import { type Cluster, DatabaseUnavailable, isAlive, logPath } from './embedded-folder.ts'
import { runProgram } from './embedded-programs.ts'

export type StopMode = 'fast' | 'immediate'

export interface RunningServer {
  pid: number
  port: number
  /** As PostgreSQL writes it: starting, ready, stopping. */
  status: string
  /** Tells this run of the server from an earlier one that had the same process id. */
  run: string
}

/** A server under full load forks in well under a second. */
const ANSWER_LIMIT_MS = 2_000
/** PostgreSQL protocol, SSLRequest: its length, then 1234 and 5679. */
const SSL_REQUEST = Buffer.from([0, 0, 0, 8, 0x04, 0xd2, 0x16, 0x2f])
/** Linux allows 108 bytes with the closing zero, the BSDs 104. */
const SOCKET_PATH_LIMIT = 103
/** A file of this size is set aside at the next start, so the log stays below about twice that. */
const LOG_LIMIT_BYTES = 16 * 1024 * 1024

const COMMON_SETTINGS = [
  'listen_addresses=127.0.0.1',
  // In the cluster's own folder, which nobody else may enter; relative, for a socket path must stay below 108 bytes.
  'unix_socket_directories=.',
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

/** Starts the server and waits until it is ready, 60 s at most; without a server the output says why. */
export async function launchServer(cluster: Cluster): Promise<{ server?: RunningServer | undefined; output: string }> {
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

/** Tells a living server from one that was killed an instant ago and still looks alive. */
export function answers(port: number): Promise<boolean> {
  return answersAt({ port, host: '127.0.0.1' })
}

/**
 * The folder of the server's socket, if it answers there: a round trip costs a third less than by TCP and varies less.
 * Undefined where the path is too long for a socket or the system has none.
 */
export async function findSocket({ data }: Cluster, { port }: RunningServer): Promise<string | undefined> {
  const socket = path.join(data, `.s.PGSQL.${port}`)
  return Buffer.byteLength(socket) < SOCKET_PATH_LIMIT && (await answersAt({ path: socket })) ? data : undefined
}

/** Asks for TLS, which needs no login. */
function answersAt(place: net.NetConnectOpts): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = net.connect(place, () => socket.write(SSL_REQUEST))
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
export async function findServer({ data }: Cluster): Promise<RunningServer | undefined> {
  const lines = (await fs.readFile(path.join(data, 'postmaster.pid'), 'utf8').catch(() => '')).split('\n')
  const pid = Number(lines[0])
  if (!(pid > 0) || !isAlive(pid)) return undefined
  const command = await readCommand(pid)
  if (command && !command.includes(data)) return undefined
  return { pid, port: Number(lines[3]), status: lines[7]?.trim() ?? 'starting', run: `${pid}-${lines[2]}` }
}

/**
 * PostgreSQL takes any live process of its own account for the server named in postmaster.pid or in the lock of its
 * socket, and waits for ever when that is a zombie or, after a container restart, another program. Orphaned backends still
 * block the next start through their shared memory, so removing the files cannot bring two servers onto one folder.
 */
export async function removeStalePidFiles({ data }: Cluster): Promise<void> {
  const locks = (await fs.readdir(data)).filter((name) => /^\.s\.PGSQL\.\d+\.lock$/.test(name))
  for (const name of ['postmaster.pid', ...locks]) {
    const file = path.join(data, name)
    const pid = Number.parseInt(await fs.readFile(file, 'utf8').catch(() => ''), 10)
    const command = pid > 0 && isAlive(pid) ? await readCommand(pid) : undefined
    if (command && !path.basename(command[0] ?? '').startsWith('postgres')) await fs.rm(file, { force: true })
  }
}

/** Program and arguments of a process, one empty text for a zombie, undefined where there is no /proc. */
async function readCommand(pid: number): Promise<string[] | undefined> {
  const line = await fs.readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => undefined)
  return line?.split('\0')
}

/** Stops the server, after 30 s without success as a crash would. */
export async function stopServer(cluster: Cluster, mode: StopMode): Promise<void> {
  // An immediate stop loses nothing that was committed; it costs a recovery at the next start.
  for (const attempt of [mode, 'immediate']) {
    await runProgram(cluster, 'pg_ctl', ['-D', cluster.data, '-m', attempt, '-w', '-t', '30', 'stop'])
    if (!(await findServer(cluster))) return
  }
  throw new Error(`The bundled PostgreSQL did not stop; its log is ${logPath(cluster)}.`)
}
