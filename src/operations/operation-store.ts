/** Starting and canceling operations. */
import type { Tx } from '../db/client.ts'
import { newId } from '../domain/new-id.ts'
import { ApiError, notFound } from '../errors.ts'
import { askToCancel, endOperation, insertOperation, lockOperation, type Operation } from './operation-queries.ts'

/** Starts an operation in the transaction of its cause; a worker takes it up after the commit. */
export async function startOperation(
  tx: Tx,
  wanted: {
    kind: string
    input: Record<string, unknown>
    /** `key_…` of the caller, or `system`. */
    actor: string
    /** Id or key of what it is about, as on the wire. */
    resource_id?: string | null
    /** How much there is to do, where that is known. */
    total?: number | null
  },
  now: Date,
): Promise<Operation> {
  const { kind, input, actor, resource_id = null, total = null } = wanted
  const operation = { id: newId(), kind, input, actor, resource_id, total, created_at: now.toISOString() }
  tx.announce('operations')
  return await insertOperation(tx, operation)
}

/** Cancels an operation: at once while it waits, at its next report while it runs. Throws 404, 409 when it has ended. */
export async function cancelOperation(tx: Tx, id: string, now: Date): Promise<Operation> {
  const operation = await lockOperation(tx, id)
  if (operation === undefined) throw notFound('operation')
  const { status } = operation
  if (status === 'canceled') return operation
  if (status === 'succeeded' || status === 'failed') throw new ApiError('conflict', `The operation has ${status}.`)
  const at = now.toISOString()
  const ended =
    status === 'queued' ? await endOperation(tx, operation, { status: 'canceled', result: {}, error: null, at }) : null
  return ended ?? (await askToCancel(tx, id)) ?? operation
}
