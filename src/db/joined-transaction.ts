/**
 * A request that is one transaction: whatever its services open by `withWorkspace` becomes a savepoint of it, so that a
 * failed part rolls back alone, and everything else commits together with what the request adds at the end.
 */
import { type Db, isConnectionFault, type LastStep, type Statement, type Tx } from './client.ts'
import { causeOf, inOrder, sender, untilOver } from './transaction-doors.ts'

const SAVEPOINT: Statement = { name: 'savepoint', text: 'SAVEPOINT part' }
const RELEASE: Statement = { name: 'release_savepoint', text: 'RELEASE SAVEPOINT part' }

/** A database as seen from inside an open transaction. */
export interface JoinedTransaction {
  readonly tx: Tx
  /** Runs work as a part of the transaction; parts that are begun together run one after the other. */
  join<T>(workspaceId: string, work: (tx: Tx) => Promise<T>): Promise<T>
}

/** The same database with everything inside `tx`; look-ups without a workspace use its connection too, never a second one. */
export function joinedDatabase(db: Db, tx: Tx): Db {
  // Savepoints nest and cannot overlap: a part waits for the one before. A part must not open another inside itself.
  let last: Promise<unknown> = Promise.resolve()
  const join: JoinedTransaction['join'] = (workspaceId, work) => {
    if (workspaceId !== tx.workspaceId) throw new Error('a request stays in one workspace')
    const part = last.then(() => runAsPart(tx, work))
    last = part.catch(() => undefined)
    return part
  }
  return { pool: db.pool, query: tx.query, close: () => db.close(), joined: { tx, join } }
}

/** Runs work in a savepoint: an error undoes the work, is thrown, and leaves the transaction usable. */
export async function runAsPart<T>(tx: Tx, work: (tx: Tx) => Promise<T>): Promise<T> {
  const last: LastStep[] = []
  const end = { isOver: false }
  const query = untilOver(end, tx.query)
  const { sent, send } = sender(end, query)
  await tx.query(SAVEPOINT)
  try {
    const result = await work({
      workspaceId: tx.workspaceId,
      query,
      send,
      get builder() {
        return tx.builder
      },
      beforeCommit: (step) => last.push(step),
      announce: tx.announce,
    })
    await inOrder([...sent, tx.query(RELEASE)])
    // "Before the commit" is the commit of the whole: locks taken last are held shortest.
    // They are steps of this part, so its door stays open: everything that it began has ended.
    for (const step of last) tx.beforeCommit(step)
    return result
  } catch (error) {
    end.isOver = true
    const cause = await causeOf(error, sent)
    if (!isConnectionFault(cause)) await tx.query('ROLLBACK TO SAVEPOINT part')
    throw cause
  }
}
