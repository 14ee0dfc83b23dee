/** Operations behind the ids of examples: long work is started by other rooms, here it is just there. */
import { withWorkspace } from '../../src/db/client.ts'
import { encodeTypeId } from '../../src/domain/type-id.ts'
import { startOperation } from '../../src/operations/operation-store.ts'
import { runOperations } from '../../src/operations/run-operations.ts'
import { type Provoke, real } from './openapi-stage.ts'
import type { Make } from './openapi-world.ts'

export const OPERATION_MAKERS: Record<string, Make> = {
  op: async (_call, _count, { service: { ctx }, workspaceId }) => {
    const wanted = { kind: 'example', input: {}, actor: 'system' }
    const { id } = await withWorkspace(ctx.db, workspaceId, (tx) => startOperation(tx, wanted, ctx.now()))
    return encodeTypeId('operation', id)
  },
}

const ended: Provoke = async (stage) => {
  const request = await real(stage)
  const { service, workspaceId } = stage.world
  await runOperations(service.ctx, [{ kind: 'example', run: async () => ({}) }], workspaceId)
  await stage.send(request)
}

export const OPERATION_STAGES: Record<string, Provoke> = { 'cancelOperation 409': ended }
