/** Runs work that touches leads in a transaction, again when another writer came first. */
import { type Db, sqlStateOf, type Tx, withWorkspace } from '../db/client.ts'
import { ApiError } from '../errors.ts'
import { StaleFacts } from './stale-facts.ts'

/** Two writers meeting on one new identity need one more look; more than a few in a row is a storm. */
const TRIES = 6

/** Like withWorkspace, for work that decides on facts which others may change meanwhile; 503 when they never rest. */
export async function withJourney<T>(db: Db, workspaceId: string, work: (tx: Tx) => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await withWorkspace(db, workspaceId, work)
    } catch (error) {
      const isStale = error instanceof StaleFacts || ['40001', '40P01'].includes(sqlStateOf(error) ?? '')
      if (!isStale) throw error
      if (attempt < TRIES) continue
      throw new ApiError('unavailable', 'Too many writers change the same records at once; try again.', {
        headers: { 'retry-after': '1' },
      })
    }
  }
}
