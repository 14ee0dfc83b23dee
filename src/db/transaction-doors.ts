/** The doors that a transaction hands to its work: they close behind it, and tell why it failed. */
import type { Tx } from './client.ts'
import { sqlStateOf } from './database-fault.ts'

const OVER = 'the transaction is over'

/**
 * A door, closed once the transaction or a failed part is over. When one of several works that were begun together
 * fails, the others go on for a moment: what they still send would land behind the rollback, in nobody's transaction.
 */
export function untilOver(end: { isOver: boolean }, query: Tx['query']): Tx['query'] {
  return async (statement, values) => {
    if (end.isOver) throw new Error(OVER)
    return await query(statement, values)
  }
}

/** The door for statements whose answers nobody needs, and what has gone through it. */
export function sender(end: { isOver: boolean }, query: Tx['query']): { sent: Promise<unknown>[]; send: Tx['send'] } {
  const sent: Promise<unknown>[] = []
  const send: Tx['send'] = (statement, values) => {
    if (end.isOver) throw new Error(OVER)
    const answer = query(statement, values)
    // Looked at before the commit; until then nobody may call it unhandled.
    answer.catch(() => undefined)
    sent.push(answer)
  }
  return { sent, send }
}

/** SQLSTATE of whatever is asked for in a transaction that has failed. */
const IN_FAILED_TRANSACTION = '25P02'

/** Why a transaction failed: where a statement only came too late, the fault of the one that was sent before. */
export async function causeOf(error: unknown, sent: readonly Promise<unknown>[]): Promise<unknown> {
  if (sqlStateOf(error) !== IN_FAILED_TRANSACTION) return error
  const outcomes = await Promise.allSettled(sent)
  return outcomes.find((outcome) => outcome.status === 'rejected')?.reason ?? error
}

/** Waits for answers to what was sent; the first failure is the one to report, the others only follow from it. */
export async function inOrder(answers: unknown[]): Promise<void> {
  for (const outcome of await Promise.allSettled(answers)) if (outcome.status === 'rejected') throw outcome.reason
}
