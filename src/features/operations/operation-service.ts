/** What the API may do with operations. */
import type { Caller, Ctx } from '../../ctx.ts'
import { withWorkspace } from '../../db/client.ts'
import type { Operation } from '../../operations/operation-queries.ts'
import { cancelOperation as cancel } from '../../operations/operation-store.ts'

/** Cancels an operation; what it has done stays done. */
export async function cancelOperation(ctx: Ctx, caller: Caller, id: string): Promise<Operation> {
  return await withWorkspace(ctx.db, caller.workspaceId, (tx) => cancel(tx, id, ctx.now()))
}
