/**
 * From the feed to deliveries: every endpoint has a cursor, and what lies between it and the end of the feed becomes
 * rows in the transaction that moves the cursor. So no change is lost and none is queued twice, whoever does it and
 * however often it is interrupted.
 */
import { isMeant } from '../../../changes/type-pattern.ts'
import type { Ctx } from '../../../ctx.ts'
import { type Tx, withWorkspace } from '../../../db/client.ts'
import type { CompiledCondition } from '../../../domain/condition/compiled-condition.ts'
import { leadFieldCatalogue } from '../../../domain/condition/field-catalogue.ts'
import { validateCondition } from '../../../domain/condition/validate-condition.ts'
import { toConditionFields } from '../../../domain/custom-field.ts'
import { newId } from '../../../domain/new-id.ts'
import { isFoldable } from '../../../domain/webhook/fold-changes.ts'
import { wantsLead } from '../../../domain/webhook/subscription.ts'
import { findWritePolicy } from '../../../pipeline/custom-fields.ts'
import { disableWebhookEndpoint } from '../endpoint-service.ts'
import {
  type BehindEndpoint,
  type FeedChange,
  findFeedEnd,
  insertDeliveries,
  listChangesAfter,
  lockBehind,
  moveCursors,
  type NewDelivery,
} from '../fan-out-queries.ts'

/** Changes looked at by one transaction, and the most rows that it writes: well under a second of locks. */
const MAX_CHANGES = 500
const MAX_ROWS = 20_000

/** An endpoint with its condition ready to ask; null takes every change. */
export type Asking<E> = E & { asks: CompiledCondition | null }
type Listener = Asking<BehindEndpoint>

/** Queues all changes for all endpoints of a workspace; false when nobody listens there. */
export async function fanOut(ctx: Ctx, workspaceId: string, isStopping: () => boolean): Promise<boolean> {
  let listening = true
  for (let more = true; more && !isStopping(); ) {
    const step = await withWorkspace(ctx.db, workspaceId, (tx) => fanOutStep(ctx, tx))
    for (const id of step.broken) await disableWebhookEndpoint(ctx, workspaceId, id, 'condition_invalid')
    ;({ listening, more } = step)
  }
  return listening
}

async function fanOutStep(ctx: Ctx, tx: Tx): Promise<{ listening: boolean; more: boolean; broken: string[] }> {
  const { last, listening } = await findFeedEnd(tx)
  const behind = listening ? await lockBehind(tx, last) : []
  const { listeners, broken } = await compileConditions(tx, behind)
  if (listeners.length === 0) return { listening, more: false, broken }
  const start = Math.min(...listeners.map(({ sequence }) => sequence))
  const limit = Math.max(1, Math.min(MAX_CHANGES, Math.floor(MAX_ROWS / listeners.length)))
  const withLeads = listeners.some(({ asks }) => asks !== null)
  const changes = await listChangesAfter(tx, start, limit, withLeads)
  const end = changes.at(-1)?.sequence ?? last
  await insertDeliveries(tx, chooseDeliveries(listeners, changes, ctx.now()))
  const ids = listeners.filter(({ sequence }) => sequence < end).map(({ id }) => id)
  await moveCursors(tx, ids, end)
  return { listening, more: end < last, broken }
}

/** Endpoints with their conditions compiled; one whose condition names a field that is gone is broken. */
export async function compileConditions<E extends { id: string; condition: unknown }>(
  tx: Tx,
  endpoints: E[],
): Promise<{ listeners: Asking<E>[]; broken: string[] }> {
  if (endpoints.every(({ condition }) => condition === null)) {
    return { listeners: endpoints.map((endpoint) => ({ ...endpoint, asks: null })), broken: [] }
  }
  const { customFields } = await findWritePolicy(tx, tx.workspaceId)
  const catalogue = leadFieldCatalogue(toConditionFields(customFields.lead))
  const broken: string[] = []
  const listeners = endpoints.flatMap((endpoint): Asking<E>[] => {
    if (endpoint.condition === null) return [{ ...endpoint, asks: null }]
    const verdict = validateCondition(endpoint.condition, catalogue)
    if (verdict.ok) return [{ ...endpoint, asks: verdict.condition }]
    broken.push(endpoint.id)
    return []
  })
  return { listeners, broken }
}

/** Whether an endpoint wants a change. None is told about itself: to learn that it was disabled would be too late. */
export function wants(listener: Pick<Listener, 'id' | 'types' | 'asks'>, change: FeedChange, now: Date): boolean {
  const { id, types, asks } = listener
  if (change.object_id === id) return false
  if (types.length > 0 && !types.some((pattern) => isMeant(pattern, change.type))) return false
  return asks === null || wantsLead(asks, change.lead, now)
}

function chooseDeliveries(listeners: Listener[], changes: FeedChange[], now: Date): NewDelivery[] {
  const deliveries: NewDelivery[] = []
  // Key of endpoint, type and object -> its delivery in an open window.
  const windows = new Map<string, NewDelivery>()
  for (const change of changes) {
    for (const listener of listeners) {
      if (change.sequence <= listener.sequence || !wants(listener, change, now)) continue
      const delay = isFoldable(change.type) ? listener.coalesce_seconds : 0
      const key = `${listener.id} ${change.type} ${change.object_id}`
      const open = delay > 0 ? windows.get(key) : undefined
      if (open !== undefined) {
        open.sequence = change.sequence
        open.change_id = change.id
        continue
      }
      const delivery = deliveryOf(change, listener.id, delay)
      if (delay > 0) windows.set(key, delivery)
      deliveries.push(delivery)
    }
  }
  return deliveries
}

function deliveryOf(change: FeedChange, endpointId: string, delay: number): NewDelivery {
  return {
    id: newId(),
    endpoint_id: endpointId,
    sequence: change.sequence,
    first_sequence: delay > 0 ? change.sequence : null,
    change_id: change.id,
    type: change.type,
    object_id: change.object_id,
    delay_seconds: delay,
  }
}
