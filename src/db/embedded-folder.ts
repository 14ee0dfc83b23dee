// The data folder of the bundled PostgreSQL: where its parts lie, whom they belong to, and what to say when that fails.
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import * as fs from 'node:fs/promises'
import path from 'node:path'

/** The database cannot be used; the message is one sentence for the person who starts the service, without secrets. */
export class DatabaseUnavailable extends Error {
  override name = 'DatabaseUnavailable'
}

export interface Account {
  uid: number
  gid: number
  name: string
}

export interface Cluster {
  dir: string
  data: string
  throwaway: boolean
  /** Whom the PostgreSQL programs run as; undefined means as ourselves. */
  account: Account | undefined
}

/** Makes the data folder if needed and finds out as whom PostgreSQL runs. Throws DatabaseUnavailable. */
export async function openCluster(dir: string, throwaway: boolean): Promise<Cluster> {
  const made = await makeFolder(path.resolve(dir))
  const account = await chooseAccount(path.join(made, 'pg18'))
  const closed = account === undefined ? undefined : await findClosedFolder(made, account)
  const place = closed === undefined ? made : await makeFolder(openPlaceFor(made))
  return { dir: place, data: path.join(place, 'pg18'), throwaway, account }
}

/**
 * Where the data goes when root keeps it in a folder that PostgreSQL's account may not enter, such as a checkout in
 * root's own home: a fixed place of its own for each such folder.
 */
function openPlaceFor(dir: string): string {
  return path.join('/var/lib/leadwell', createHash('sha256').update(dir).digest('hex').slice(0, 12))
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
export async function findClosedFolder(target: string, account: Account): Promise<string | undefined> {
  const parent = path.dirname(target)
  const closedAbove = parent === target ? undefined : await findClosedFolder(parent, account)
  if (closedAbove) return closedAbove
  const { uid, gid, mode } = await fs.stat(target)
  const enterBit = uid === account.uid ? 0o100 : gid === account.gid ? 0o010 : 0o001
  return mode & enterBit ? undefined : target
}

/** One sentence for what a program printed before it failed. */
export async function explainFailure(cluster: Cluster, output: string): Promise<DatabaseUnavailable> {
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

/** True for the programs' and the system's own words. */
export function isPermissionDenied(output: string): boolean {
  return /permission denied/i.test(output)
}

/** The server's log: in the cluster, because PostgreSQL's account can write there. */
export function logPath({ data }: Cluster): string {
  return path.join(data, 'server.log')
}

/** The code of a system error, such as ENOENT. */
export function errorCode(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error ? String(error.code) : undefined
}

/** True for any process with this id, a zombie and one of another account too. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return errorCode(error) === 'EPERM'
  }
}

/** Puts a finished folder in place; when another process was faster, theirs stays. */
export async function moveIntoPlace(from: string, to: string): Promise<void> {
  await fs.rename(from, to).catch(async (error: unknown) => {
    if (!existsSync(to)) throw error
    await fs.rm(from, { recursive: true, force: true })
  })
}

/** For catch: another process made the same thing first. */
export function ignoreExisting(error: unknown): void {
  if (errorCode(error) !== 'EEXIST') throw error
}
