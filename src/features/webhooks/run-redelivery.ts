/** Runs redeliveries: page by page, each with its progress, so that a crash or a cancel leaves off where it says. */
import type { Ctx } from '../../ctx.ts'
import { type Tx, withWorkspace } from '../../db/client.ts'
import { newId } from '../../domain/new-id.ts'
import type { OperationRunner, ReportProgress, RunningOperation } from '../../operations/run-operations.ts'
import { type EndpointRow, readEndpoint } from './endpoint-queries.ts'
import { disabledEndpoint } from './endpoint-rules.ts'
import { insertDeliveries } from './fan-out-queries.ts'
import { listChangesToReplay, listFailedDeliveries, requeueDeliveries } from './redeliver-queries.ts'
import { REDELIVERY, type RedeliveryInput } from './redeliver-service.ts'
import { compileConditions, wants } from './sending/fan-out.ts'

/** Deliveries queued by one transaction. */
const PAGE = 1_000

/** A page of a redelivery: how many were queued, how many looked at, and where the next one begins; null ends it. */
interface Page {
  queued: number
  seen: number
  next: { after_id: string } | { from_sequence: number } | null
}

/** The runner of redeliveries. */
export const redeliveryRunner: OperationRunner = {
  kind: REDELIVERY,
  run: async (ctx, operation, report) => {
    let queued = Number(operation.checkpoint?.['queued'] ?? 0)
    let place = operation.checkpoint
    for (let more = true; more; ) {
      const page = await withWorkspace(ctx.db, operation.workspaceId, (tx) =>
        runPage(ctx, tx, operation, { queued, place }, report),
      )
      ctx.hints.give('webhooks', operation.workspaceId)
      queued += page.queued
      place = page.next
      more = page.next !== null
    }
    return { queued }
  },
}

async function runPage(
  ctx: Ctx,
  tx: Tx,
  operation: RunningOperation,
  { queued, place }: { queued: number; place: Record<string, unknown> | null },
  report: ReportProgress,
): Promise<Page> {
  const input = operation.input as unknown as RedeliveryInput // what redeliverWebhooks stored
  const endpoint = await readEndpoint(tx, input.endpoint_id)
  if (endpoint?.state !== 'enabled') throw disabledEndpoint()
  const page = await queuePage(ctx, tx, endpoint, input, place ?? {})
  const processed = operation.processed + page.seen
  await report(tx, { processed, checkpoint: { ...page.next, queued: queued + page.queued } })
  operation.processed = processed
  return page
}

async function queuePage(
  ctx: Ctx,
  tx: Tx,
  endpoint: EndpointRow,
  input: RedeliveryInput,
  place: Record<string, unknown>,
): Promise<Page> {
  if (input.delivery_ids !== null) {
    const queued = await requeueDeliveries(tx, endpoint.id, input.delivery_ids)
    return { queued, seen: input.delivery_ids.length, next: null }
  }
  if (!input.only_failed) return await replayPage(ctx, tx, endpoint, input, place)
  const ids = await listFailedDeliveries(tx, endpoint.id, input, (place['after_id'] as string) ?? null, PAGE)
  const queued = await requeueDeliveries(tx, endpoint.id, ids)
  const last = ids.at(-1)
  return { queued, seen: ids.length, next: ids.length < PAGE || last === undefined ? null : { after_id: last } }
}

/** Goes through the feed again, up to where the endpoint's cursor is: what follows is queued anyway. */
async function replayPage(
  ctx: Ctx,
  tx: Tx,
  endpoint: EndpointRow,
  input: RedeliveryInput,
  place: Record<string, unknown>,
): Promise<Page> {
  const from_sequence = (place['from_sequence'] as number | undefined) ?? input.from_sequence ?? 1
  const to_sequence = Math.min(input.to_sequence ?? Number.MAX_SAFE_INTEGER, endpoint.sequence ?? 0)
  const changes = await listChangesToReplay(tx, endpoint.id, { ...input, from_sequence, to_sequence }, PAGE)
  const [listener] = (await compileConditions(tx, [endpoint])).listeners
  const wanted = changes.filter((change) => {
    return change.is_in_time && listener !== undefined && wants(listener, change, ctx.now())
  })
  const known = wanted.flatMap(({ delivery_id }) => delivery_id ?? [])
  const fresh = wanted.filter(({ delivery_id }) => delivery_id === null)
  const requeued = await requeueDeliveries(tx, endpoint.id, known)
  await insertDeliveries(
    tx,
    fresh.map(({ id, sequence, type, object_id }) => ({
      id: newId(),
      endpoint_id: endpoint.id,
      sequence,
      first_sequence: null,
      change_id: id,
      type,
      object_id,
      delay_seconds: 0,
    })),
  )
  const last = changes.at(-1)?.sequence
  const next = changes.length < PAGE || last === undefined ? null : { from_sequence: last + 1 }
  return { queued: requeued + fresh.length, seen: changes.length, next }
}
