/** Sending an example, so that a receiver can be tried before anything happens. */
import { CHANGE_TYPES, type ChangeType } from '../../changes/change.ts'
import { isMeant } from '../../changes/type-pattern.ts'
import { afterCommit, type Caller, type Ctx } from '../../ctx.ts'
import { withWorkspace } from '../../db/client.ts'
import { newId } from '../../domain/new-id.ts'
import { encodeTypeId, ID_PREFIX, type IdKind } from '../../domain/type-id.ts'
import { type ApiError, notFound, validationFailed } from '../../errors.ts'
import { type DeliveryRow, insertTestDelivery } from './delivery-queries.ts'
import { type EndpointRow, lockEndpoint } from './endpoint-queries.ts'
import { disabledEndpoint } from './endpoint-rules.ts'

/** Queues an example of a type, due at once. It is marked `data.test` and stands nowhere in the feed. */
export async function testWebhookEndpoint(
  ctx: Ctx,
  caller: Caller,
  endpointId: string,
  wanted: string | undefined,
): Promise<DeliveryRow> {
  if (wanted !== undefined && !isType(wanted)) throw unknownType(wanted)
  const row = await withWorkspace(ctx.db, caller.workspaceId, async (tx) => {
    const endpoint = await lockEndpoint(tx, endpointId)
    if (endpoint === undefined) throw notFound('webhook_endpoint')
    if (endpoint.state !== 'enabled') throw disabledEndpoint()
    const type = wanted ?? firstType(endpoint)
    const [changeId, objectId] = [newId(), newId()]
    const object = CHANGE_TYPES[type]
    const id = object in ID_PREFIX ? encodeTypeId(object as IdKind, objectId) : objectId
    const body = {
      id: encodeTypeId('change', changeId),
      type,
      timestamp: ctx.now().toISOString(),
      // The place that the next change would have at the earliest: a receiver that keeps the highest loses nothing.
      sequence: Math.max(1, endpoint.sequence ?? 1),
      object,
      object_id: id,
      actor: caller.actor,
      origin: null,
      data: { [object]: { id }, changed_fields: [], previous: {}, test: true },
    }
    return await insertTestDelivery(tx, {
      id: newId(),
      endpoint_id: endpointId,
      change_id: changeId,
      type,
      object_id: objectId,
      body,
    })
  })
  afterCommit(ctx, () => ctx.hints.give('webhooks', caller.workspaceId))
  return row
}

const isType = (text: string): text is ChangeType => Object.hasOwn(CHANGE_TYPES, text)

function unknownType(type: string): ApiError {
  return validationFailed([
    { code: 'unknown_type', detail: `No change is of type ${type}.`, pointer: '/type', parameter: null },
  ])
}

function firstType({ types }: EndpointRow): ChangeType {
  const known = Object.keys(CHANGE_TYPES) as ChangeType[]
  return known.find((type) => types.some((pattern) => isMeant(pattern, type))) ?? 'lead.created'
}
