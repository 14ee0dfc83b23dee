/** Whether the database keeps what it confirms: an acknowledged submission rests on nothing else (P1). */
import pg from 'pg'
import type { Queryable, Statement } from './client.ts'
import { DatabaseUnavailable } from './provide.ts'

export interface Durability {
  fsync: string
  synchronous_commit: string
  full_page_writes: string
}

const readStatement: Statement = {
  name: 'read_durability',
  text: `SELECT current_setting('fsync') AS fsync, current_setting('synchronous_commit') AS synchronous_commit,
    current_setting('full_page_writes') AS full_page_writes`,
}

/** The settings as they are for this login and database, which may differ from those of the server. */
export async function readDurability(db: Queryable): Promise<Durability> {
  const [row] = await db.query<Durability>(readStatement)
  if (row === undefined) throw new Error('the database does not tell its settings')
  return row
}

/** Settings by which a confirmed write can be lost when the machine or the server stops; empty when there are none. */
export function findDurabilityFaults({ fsync, synchronous_commit }: Durability): string[] {
  // Any other value of synchronous_commit waits for this server's own disk at least.
  return [...(fsync === 'off' ? ['fsync'] : []), ...(synchronous_commit === 'off' ? ['synchronous_commit'] : [])]
}

/** Throws DatabaseUnavailable with one sentence when confirmed writes can be lost. */
export async function requireDurable(connectionString: string): Promise<void> {
  const client = new pg.Client({ connectionString, connectionTimeoutMillis: 5_000, query_timeout: 5_000 })
  client.on('error', () => undefined)
  await client.connect()
  try {
    const faults = findDurabilityFaults((await client.query<Durability>(readStatement.text)).rows[0] as Durability)
    if (faults.length === 0) return
    const what = faults.join(' and ')
    throw new DatabaseUnavailable(
      `The database has ${what} off, so it can lose submissions that were confirmed: turn ${what} on, or set ALLOW_UNSAFE_DATABASE=true where losing them does not matter.`,
    )
  } finally {
    await client.end()
  }
}
