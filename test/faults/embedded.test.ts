// The bundled PostgreSQL under kill -9, under several processes at once, and under a stranger's login.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import * as fs from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { createInterface } from 'node:readline'
import pg from 'pg'
import t, { type Test } from 'tap'
import { startEmbedded, stopEmbedded } from '../../src/db/embedded.ts'

const dir = await fs.mkdtemp(path.join(os.tmpdir(), 'leadwell-embedded-'))
// mkdtemp closes the folder to others; as root, PostgreSQL runs under another account and must get in.
await fs.chmod(dir, 0o755)
t.teardown(async () => {
  await stopEmbedded(dir, 'immediate')
  await fs.rm(dir, { recursive: true, force: true })
})

interface Owner {
  process: ChildProcess
  url: string
  pid: number
  adopted: boolean
}

/** Another node process that starts the server in `dir`, and stops it when its input ends. */
async function startOwner(t: Test): Promise<Owner> {
  const module = new URL('../../src/db/embedded.js', import.meta.url).href
  const program = `
    import { startEmbedded } from ${JSON.stringify(module)}
    const server = await startEmbedded({ dir: ${JSON.stringify(dir)} })
    console.log(JSON.stringify({ url: server.url(), pid: server.pid, adopted: server.adopted }))
    process.stdin.on('end', () => server.stop()).resume()`
  const child = spawn(process.execPath, ['--input-type=module', '--eval', program], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  t.teardown(() => child.kill('SIGKILL'))
  const [line] = await once(createInterface(child.stdout), 'line')
  return { process: child, ...JSON.parse(line) }
}

/** The graceful end of another process. */
async function endOwner(owner: Owner): Promise<void> {
  owner.process.stdin?.end()
  await once(owner.process, 'exit')
}

async function killOwner(owner: Owner): Promise<void> {
  owner.process.kill('SIGKILL')
  await once(owner.process, 'exit')
}

async function query(url: string, statement: string): Promise<unknown[]> {
  const client = new pg.Client(url)
  await client.connect()
  try {
    return (await client.query({ text: statement, rowMode: 'array' })).rows.flat()
  } finally {
    await client.end()
  }
}

t.test('three first starts at the same moment give one server', async (t) => {
  const owners = await Promise.all([startOwner(t), startOwner(t), startOwner(t)])
  t.equal(new Set(owners.map(({ url, pid }) => `${pid} ${url}`)).size, 1, 'same process, port and password')
  t.equal(owners.filter(({ adopted }) => !adopted).length, 1, 'one of them started it')
  const drafts = (await fs.readdir(dir)).filter((name) => /^pg18\.(init|copy|password\.)/.test(name))
  t.strictSame(drafts, [], 'nothing half made is left behind')

  const [first, second, third] = owners as [Owner, Owner, Owner]
  await query(first.url, 'create table ledger (entry int)')
  await query(first.url, 'insert into ledger values (1)')
  await endOwner(first)
  t.strictSame(await query(second.url, 'select entry from ledger'), [1], 'the server stays while others use it')
  await Promise.all([endOwner(second), endOwner(third)])
  await t.rejects(query(first.url, 'select 1'), { code: 'ENOENT' }, 'the last ones out stop it')
})

t.test('a server whose node process was killed is adopted, and stopped by the adopter', async (t) => {
  const owner = await startOwner(t)
  await killOwner(owner)
  const server = await startEmbedded({ dir })
  t.match(server, { adopted: true, pid: owner.pid })
  t.strictSame(await query(server.url(), 'select entry from ledger'), [1])
  await server.stop()
  await t.rejects(query(server.url(), 'select 1'), { code: 'ENOENT' })
})

t.test('after kill -9 of PostgreSQL the next start finds every committed row, on the same port', async (t) => {
  const first = await startEmbedded({ dir })
  await query(first.url(), 'insert into ledger values (2)')
  process.kill(first.pid, 'SIGKILL')
  const second = await startEmbedded({ dir })
  t.not(second.pid, first.pid)
  t.equal(second.url(), first.url())
  t.strictSame(await query(second.url(), 'select entry from ledger order by 1'), [1, 2])
  await first.stop()
  t.strictSame(await query(second.url(), 'select 1'), [1], 'a user of the dead server does not stop the new one')
  await second.stop()
})

t.test('pid files that name another living program do not prevent the start', async (t) => {
  const pidFile = path.join(dir, 'pg18', 'postmaster.pid')
  const { uid, gid } = await fs.stat(path.dirname(pidFile))
  // PostgreSQL is misled only by a process of its own account, as in a container that was killed and started again.
  const other = spawn('sleep', ['120'], { uid, gid, stdio: 'ignore' })
  t.teardown(() => other.kill())
  await once(other, 'spawn')
  const before = await startEmbedded({ dir })
  await before.stop()
  const lock = path.join(dir, 'pg18', `.s.PGSQL.${before.port}.lock`)
  await fs.writeFile(lock, `${other.pid}\n${dir}/pg18\n1\n${before.port}\n.\n`)
  await fs.chown(lock, uid, gid)
  await fs.writeFile(pidFile, `${other.pid}\n${dir}/pg18\n1\n20000\n\n127.0.0.1\n\nready\n`)
  await fs.chown(pidFile, uid, gid)
  const server = await startEmbedded({ dir })
  t.notOk(server.adopted)
  t.strictSame(await query(server.url(), 'select count(*)::int from ledger'), [2])
  await server.stop()
})

t.test('connections go through the socket in the folder, or by TCP where its path is too long', async (t) => {
  const way = 'select inet_server_port() from pg_stat_activity where pid = pg_backend_pid()'
  const server = await startEmbedded({ dir })
  t.strictSame(await query(server.url(), way), [null])
  const byTcp = new URL(server.url())
  byTcp.search = ''
  t.strictSame(
    await query(byTcp.href, way),
    [server.port],
    'the address in the URL works for programs that know no sockets',
  )
  await server.stop()

  const deep = path.join(dir, 'deep'.repeat(30))
  const far = await startEmbedded({ dir: deep, throwaway: true })
  t.teardown(() => far.stop('immediate'))
  t.strictSame(await query(far.url(), way), [far.port])
})

t.test('only the password lets in, and durability is on', async (t) => {
  const server = await startEmbedded({ dir })
  const url = new URL(server.url())
  t.ok(url.password.length >= 32)
  t.equal((await fs.stat(path.join(dir, 'pg18.password'))).mode & 0o777, 0o600)
  url.password = 'wrong'
  await t.rejects(query(url.href, 'select 1'), { code: '28P01' })
  url.password = ''
  await t.rejects(query(url.href, 'select 1'))
  const settings =
    "current_setting('fsync'), current_setting('synchronous_commit'), current_setting('listen_addresses')"
  t.strictSame(await query(server.url(), `select ${settings}`), ['on', 'on', '127.0.0.1'])
  await server.stop()
})

t.test('stops at the same moment, of one handle and of two, all succeed', async (t) => {
  const first = await startEmbedded({ dir })
  const second = await startEmbedded({ dir })
  await Promise.all([first.stop(), first.stop(), second.stop(), stopEmbedded(dir)])
  t.notOk(await stopEmbedded(dir), 'nothing runs any more')
})

t.test('a missing password file is said in one sentence', async (t) => {
  const file = path.join(dir, 'pg18.password')
  await fs.rename(file, `${file}.away`)
  await t.rejects(startEmbedded({ dir }), { name: 'DatabaseUnavailable', message: /pg18\.password/ })
  await fs.rename(`${file}.away`, file)
})
