/** Asking for changes to be sent again. What has a delivery keeps it, id and all; what has none gets one. */
import type { Caller, Ctx } from '../../ctx.ts'
import { withWorkspace } from '../../db/client.ts'
import { parseSpan } from '../../domain/condition/moment.ts'
import { decodeTypeId, encodeTypeId } from '../../domain/type-id.ts'
import { notFound, type ProblemItem, validationFailed } from '../../errors.ts'
import type { Operation } from '../../operations/operation-queries.ts'
import { startOperation } from '../../operations/operation-store.ts'
import { lockEndpoint } from './endpoint-queries.ts'
import { disabledEndpoint } from './endpoint-rules.ts'
import { listKnownDeliveries, type Stretch } from './redeliver-queries.ts'

/** Kind of the operation. */
export const REDELIVERY = 'webhook_redelivery'

/** What is sent again: these deliveries, or a stretch of the feed, or of it only what failed. */
export interface RedeliveryInput extends Stretch {
  endpoint_id: string
  /** Uuids; null asks for the stretch. */
  delivery_ids: string[] | null
  only_failed: boolean
}

/** As it comes in: ids with their prefix, absent parts undefined. */
export interface RedeliveryRequest {
  delivery_ids?: string[]
  only_failed?: boolean
  from_sequence?: number
  to_sequence?: number
  created_after?: string
  created_before?: string
}

/** Starts a redelivery. 400 when it says nothing or contradicts itself, 404 without endpoint, 409 when that is disabled. */
export async function redeliverWebhooks(
  ctx: Ctx,
  caller: Caller,
  endpointId: string,
  request: RedeliveryRequest,
): Promise<Operation> {
  const ids = request.delivery_ids?.map((id) => decodeTypeId('webhook_delivery', id) as string) // the schema has looked
  const known = ids === undefined ? [] : await listKnownDeliveries(ctx.db, caller.workspaceId, endpointId, ids)
  return await withWorkspace(ctx.db, caller.workspaceId, async (tx) => {
    const endpoint = await lockEndpoint(tx, endpointId)
    if (endpoint === undefined) throw notFound('webhook_endpoint')
    const span = { created_after: momentOf(request.created_after), created_before: momentOf(request.created_before) }
    const faults = [...findSpanFaults(request, span), ...findFaults(request, ids ?? [], new Set(known))]
    if (faults.length > 0) throw validationFailed(faults)
    if (endpoint.state !== 'enabled') throw disabledEndpoint()
    const input: RedeliveryInput = {
      endpoint_id: endpointId,
      delivery_ids: ids ?? null,
      only_failed: request.only_failed ?? false,
      from_sequence: request.from_sequence ?? null,
      to_sequence: request.to_sequence ?? null,
      ...span,
    }
    const resource_id = encodeTypeId('webhook_endpoint', endpointId)
    const wanted = {
      kind: REDELIVERY,
      input: { ...input },
      actor: caller.actor,
      resource_id,
      total: ids?.length ?? null,
    }
    return await startOperation(tx, wanted, ctx.now())
  })
}

/** A moment in stored form; null when it is absent or none that a calendar has. */
function momentOf(text: string | undefined): string | null {
  const span = text === undefined ? undefined : parseSpan(text, 'timestamp')
  return span === undefined ? null : new Date(span.start).toISOString()
}

function findSpanFaults(
  request: RedeliveryRequest,
  { created_after, created_before }: Pick<Stretch, 'created_after' | 'created_before'>,
): ProblemItem[] {
  const fault = (pointer: string, detail: string) => ({ code: 'invalid_value', detail, pointer, parameter: null })
  if (request.created_after !== undefined && created_after === null)
    return [fault('/created_after', 'Not a real moment.')]
  if (request.created_before !== undefined && created_before === null)
    return [fault('/created_before', 'Not a real moment.')]
  const isTurned = created_after !== null && created_before !== null && created_after >= created_before
  return isTurned ? [fault('/created_before', 'Must be after created_after.')] : []
}

function findFaults(request: RedeliveryRequest, ids: string[], known: ReadonlySet<string>): ProblemItem[] {
  const { delivery_ids, from_sequence, to_sequence, created_after, created_before, only_failed } = request
  const fault = (code: string, detail: string, pointer: string) => ({ code, detail, pointer, parameter: null })
  const isStretch = [from_sequence, to_sequence, created_after, created_before].some((part) => part !== undefined)
  if (delivery_ids !== undefined && (isStretch || only_failed === true)) {
    return [fault('not_allowed_here', 'Ids say it all: leave out the range and only_failed.', '/delivery_ids')]
  }
  if (delivery_ids === undefined && !isStretch && only_failed !== true) {
    return [fault('required', 'Say what to send again: ids, a range, or only_failed.', '')]
  }
  if ((from_sequence ?? 0) > (to_sequence ?? Number.POSITIVE_INFINITY)) {
    return [fault('invalid_value', 'Must not be less than from_sequence.', '/to_sequence')]
  }
  return ids.flatMap((id, i) =>
    known.has(id) ? [] : [fault('not_found', 'No delivery to this endpoint has this id.', `/delivery_ids/${i}`)],
  )
}
