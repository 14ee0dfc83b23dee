/** What surrounds the service: the Node.js that runs it, and the disk that it writes to. */
import { existsSync } from 'node:fs'
import { statfs } from 'node:fs/promises'
import path from 'node:path'
import type { Config } from '../../config.ts'
import { type Finding, fail, ok, warn } from './finding.ts'

/** The release line that we aim at; older ones down to 20.20 work too. */
const TARGET_MAJOR = 24

/** The Node.js that runs this. */
export async function checkNode(): Promise<Finding[]> {
  const { node } = process.versions
  return Number.parseInt(node, 10) >= TARGET_MAJOR
    ? [ok('node', `Node.js ${node}`)]
    : [warn('node', `Node.js ${node} works`, `Node.js ${TARGET_MAJOR} is supported for longer.`)]
}

/** Settings that are right each by itself and odd for an installation that others use. */
export async function checkSettings(config: Config): Promise<Finding[]> {
  if (config.NODE_ENV !== 'production') return [ok('settings', `valid (NODE_ENV is ${config.NODE_ENV})`)]
  if (config.ALLOW_UNSAFE_DATABASE) {
    return [warn('settings', 'ALLOW_UNSAFE_DATABASE is on in production', 'Take it away once the database is durable.')]
  }
  if (config.PUBLIC_URL === undefined) {
    return [warn('settings', 'PUBLIC_URL is not set', 'Set it to the address that visitors and integrators use.')]
  }
  return [ok('settings', 'valid')]
}

/** Below the first the bundled database may stop at any time; below the second there is a week or so left. */
const LEAST_BYTES = 512 * 2 ** 20
const COMFORTABLE_BYTES = 4 * 2 ** 30

/** Room for the bundled database and local files. */
export async function checkDisk({ DATA_DIR }: Config): Promise<Finding[]> {
  const { bavail, bsize } = await statfs(nearestFolder(path.resolve(DATA_DIR)))
  const free = bavail * bsize
  const says = `${(free / 2 ** 30).toFixed(1)} GB free in ${DATA_DIR}`
  if (free < LEAST_BYTES) return [fail('disk', says, 'Free some space now: PostgreSQL stops when it cannot write.')]
  if (free < COMFORTABLE_BYTES) return [warn('disk', says, 'Free some space, or move DATA_DIR to a larger disk.')]
  return [ok('disk', says)]
}

const nearestFolder = (dir: string): string => (existsSync(dir) ? dir : nearestFolder(path.dirname(dir)))
