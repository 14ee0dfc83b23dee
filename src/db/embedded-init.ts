// The first start of the bundled PostgreSQL: initdb and the password.
import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import * as fs from 'node:fs/promises'
import path from 'node:path'
import {
  type Account,
  type Cluster,
  DatabaseUnavailable,
  errorCode,
  explainFailure,
  ignoreExisting,
  isAlive,
  moveIntoPlace,
} from './embedded-folder.ts'
import { runProgram } from './embedded-programs.ts'

export const SUPERUSER = 'leadwell'

/** Code point order with Unicode letters. macOS and Windows have no C.UTF-8; theirs is the nearest (not tried). */
const LOCALE_FLAGS: Partial<Record<NodeJS.Platform, string[]>> = {
  linux: ['--locale=C.UTF-8'],
  darwin: ['--locale=C', '--lc-ctype=UTF-8'],
}

/** True when the first start has been completed. */
export function isInitialized({ data }: Cluster): boolean {
  return existsSync(path.join(data, 'PG_VERSION'))
}

/** initdb beside the final place, then rename: a killed or a concurrent first start leaves nothing half made. */
export async function initializeCluster(cluster: Cluster): Promise<void> {
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

/** The superuser's password. Throws DatabaseUnavailable when its file is gone. */
export async function readPassword(cluster: Cluster): Promise<string> {
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
