/** Starts what a lifecycle needs all leads for. */
import type { Caller, Ctx } from '../../ctx.ts'
import { withWorkspace } from '../../db/client.ts'
import type { LifecyclePolicy } from '../../domain/lifecycle/lifecycle-policy.ts'
import { nameVersion } from '../../domain/policy.ts'
import { ApiError } from '../../errors.ts'
import type { Operation } from '../../operations/operation-queries.ts'
import { startOperation } from '../../operations/operation-store.ts'
import { LIFECYCLE_KEY } from '../../pipeline/lifecycle/find-lifecycle.ts'
import { readCondition } from '../../pipeline/read-condition.ts'
import type { LifecycleSimulation } from '../../pipeline/simulate-lifecycle.ts'
import { lockPolicy } from '../../policies/policy-queries.ts'

/** Starts a simulation of the draft as it is now; throws 409 without a draft, 400 for a faulty filter. */
export async function startSimulation(ctx: Ctx, caller: Caller, filter: unknown): Promise<Operation> {
  return await withWorkspace(ctx.db, caller.workspaceId, async (tx) => {
    await readCondition(tx, filter, '/filter')
    const draft = (await lockPolicy(tx, 'lifecycle', LIFECYCLE_KEY))?.draft
    if (draft == null) throw new ApiError('conflict', 'There is no draft to simulate.')
    const name = nameVersion('lifecycle', { key: LIFECYCLE_KEY, version: draft.version })
    const input: LifecycleSimulation = { name, definition: draft.definition as unknown as LifecyclePolicy, filter }
    const wanted = { kind: 'lifecycle_simulation', input, actor: caller.actor, resource_id: LIFECYCLE_KEY }
    return await startOperation(tx, wanted, ctx.now())
  })
}
