// A bundled PostgreSQL of the test's own, with durability on, that may be stopped and killed.
import * as fs from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import pg from 'pg'
import type { Test } from 'tap'
import { type EmbeddedServer, startEmbedded, stopEmbedded } from '../../src/db/embedded.ts'

export interface DurableDatabase {
  /** Its folder; the cluster is `pg18` inside. */
  readonly dir: string
  /** Of a database on the server; stays the same over restarts. */
  url(database: string): string
  /** Starts it after a stop or a kill; resolves when it accepts connections. */
  start(): Promise<void>
  /** Stops it as a crash would: nothing is written any more, and every session ends. */
  stopImmediately(): Promise<void>
  /** kill -9 of the server's first process; the others notice and end by themselves. */
  kill(): void
  administer(statement: string, database?: string): Promise<void>
}

/** Prepares and starts a server in a folder of its own; both are removed when `t` ends. */
export async function durableDatabase(t: Test): Promise<DurableDatabase> {
  const dir = await fs.mkdtemp(path.join(os.tmpdir(), 'leadwell-faults-'))
  // mkdtemp closes the folder to others; as root, PostgreSQL runs under another account and must get in.
  await fs.chmod(dir, 0o755)
  t.teardown(async () => {
    await stopEmbedded(dir, 'immediate')
    await fs.rm(dir, { recursive: true, force: true })
  })
  let server: EmbeddedServer = await startEmbedded({ dir })
  return {
    dir,
    url: (database) => server.url(database),
    start: async () => {
      server = await startEmbedded({ dir })
    },
    stopImmediately: async () => {
      await stopEmbedded(dir, 'immediate')
    },
    kill: () => {
      process.kill(server.pid, 'SIGKILL')
    },
    administer: async (statement, database = 'postgres') => {
      const client = new pg.Client(server.url(database))
      await client.connect()
      try {
        await client.query(statement)
      } finally {
        await client.end()
      }
    },
  }
}
