/** Runs work that touches leads in a transaction, again when another writer came first. */
import { type Db, sqlStateOf, type Tx, withWorkspace } from '../db/client.ts'
import { StaleFacts } from './journey.ts'

/** Two writers meeting on one new identity need one more look; more than a few in a row is a fault. */
const TRIES = 5

/** Like withWorkspace, for work that decides on facts which others may change meanwhile. */
export async function withJourney<T>(db: Db, workspaceId: string, work: (tx: Tx) => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await withWorkspace(db, workspaceId, work)
    } catch (error) {
      const isStale = error instanceof StaleFacts || ['40001', '40P01'].includes(sqlStateOf(error) ?? '')
      if (!isStale || attempt >= TRIES) throw error
    }
  }
}
