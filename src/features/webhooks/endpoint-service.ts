/** Webhook endpoints: made, changed, disabled, removed. Every deed is audited and told in the feed. */

import { recordAudit } from '../../changes/record-audit.ts'
import { recordChange } from '../../changes/record-change.ts'
import { afterCommit, type Caller, type Ctx } from '../../ctx.ts'
import { type Tx, withWorkspace } from '../../db/client.ts'
import type { AuditAction } from '../../domain/audit-entry.ts'
import type { Condition } from '../../domain/condition/condition-shape.ts'
import type { ExpectedVersion } from '../../domain/expected-version.ts'
import { newId } from '../../domain/new-id.ts'
import { isEqual } from '../../domain/survivorship.ts'
import { encodeTypeId } from '../../domain/type-id.ts'
import type { DisabledReason } from '../../domain/webhook/delivery.ts'
import { OVERLAP_SECONDS } from '../../domain/webhook/signature.ts'
import { notFound } from '../../errors.ts'
import { requireVersion } from '../../http/etag.ts'
import {
  deleteEndpointRow,
  disableEndpointRow,
  type EndpointRow,
  insertEndpoint,
  lockEndpoint,
  readEndpoint,
  rotateSecretRow,
  startEndpoint,
  updateEndpoint,
} from './endpoint-queries.ts'
import { requireKnownNames, requireSoundEndpoint } from './endpoint-rules.ts'
import { toWebhookEndpoint } from './endpoint-schemas.ts'
import { drawWebhookSecret, sealFormer, sealPart } from './endpoint-secrets.ts'
import { knownEmpty } from './sending/known-empty.ts'
import { listTargets } from './sending-queries.ts'

/** What a caller may say about an endpoint. */
export interface EndpointInput {
  url?: string
  description?: string
  types?: string[]
  condition?: Condition | null
  coalesce_seconds?: number
  headers?: Record<string, string>
  state?: 'enabled' | 'disabled'
}

export interface EndpointWithSecret {
  endpoint: EndpointRow
  secret: string
}

/** Makes an endpoint, which is told of what is committed from now on. */
export async function createWebhookEndpoint(
  ctx: Ctx,
  caller: Caller,
  input: EndpointInput & { url: string },
): Promise<EndpointWithSecret> {
  await requireSoundEndpoint(ctx, caller.workspaceId, input)
  const { url, description = '', types = [], condition = null, coalesce_seconds = 0, headers = {} } = input
  const id = newId()
  const { text: secret, sealed } = drawWebhookSecret(ctx, caller.workspaceId, id)
  const endpoint = await withWorkspace(ctx.db, caller.workspaceId, async (tx) => {
    await requireKnownNames(tx, condition)
    const at = ctx.now().toISOString()
    const shown = { id, url, description, types, condition, coalesce_seconds, created_at: at }
    const parts = { secret: sealed, headers: sealHeaders(ctx, tx, id, headers) }
    await insertEndpoint(tx, { ...shown, header_names: Object.keys(headers) }, parts)
    await startEndpoint(tx, id)
    return await tell(tx, caller, 'webhook_endpoint.created', null, id, at)
  })
  forgetEmptiness(ctx, caller.workspaceId)
  return { endpoint, secret }
}

/** Changes an endpoint; what is there already changes nothing. */
export async function updateWebhookEndpoint(
  ctx: Ctx,
  caller: Caller,
  id: string,
  input: EndpointInput,
  expectedVersion: ExpectedVersion,
): Promise<EndpointRow> {
  await requireSoundEndpoint(ctx, caller.workspaceId, input)
  const endpoint = await withWorkspace(ctx.db, caller.workspaceId, async (tx) => {
    await requireKnownNames(tx, input.condition)
    const before = await requireEndpoint(tx, id, expectedVersion)
    const at = ctx.now().toISOString()
    const { headers, state = before.state, ...shown } = input
    const edit = {
      ...before,
      ...shown,
      header_names: headers === undefined ? before.header_names : Object.keys(headers),
    }
    const isChanged = headers !== undefined || state !== before.state || !isEqual(edit, before)
    if (!isChanged) return before
    const sealed = headers === undefined ? undefined : sealHeaders(ctx, tx, id, headers)
    await updateEndpoint(tx, id, { ...edit, headers: sealed }, at)
    if (state === 'enabled' && before.state !== 'enabled') await startEndpoint(tx, id)
    if (state === 'disabled' && before.state !== 'disabled') await disableEndpointRow(tx, id, 'by_request', at)
    return await tell(tx, caller, 'webhook_endpoint.updated', before, id, at)
  })
  forgetEmptiness(ctx, caller.workspaceId)
  return endpoint
}

/** Gives an endpoint a new secret; those that signed until now sign too for a day. */
export async function rotateWebhookSecret(
  ctx: Ctx,
  caller: Caller,
  id: string,
  expectedVersion: ExpectedVersion,
): Promise<EndpointWithSecret> {
  return await withWorkspace(ctx.db, caller.workspaceId, async (tx) => {
    await requireEndpoint(tx, id, expectedVersion)
    const { text: secret, sealed } = drawWebhookSecret(ctx, caller.workspaceId, id)
    const at = ctx.now().toISOString()
    const [target] = await listTargets(tx, [id])
    if (target === undefined) throw new Error('a locked endpoint is gone')
    const former = sealFormer(ctx, caller.workspaceId, id, target)
    await rotateSecretRow(tx, id, { secret: sealed, former }, OVERLAP_SECONDS, at)
    const endpoint = await requireEndpoint(tx, id, null)
    audit(tx, caller, 'webhook_endpoint.secret_rotated', { secret: 'former' }, { secret: 'new' }, id, at)
    return { endpoint, secret }
  })
}

/** Removes an endpoint; nothing more is sent to it. */
export async function deleteWebhookEndpoint(
  ctx: Ctx,
  caller: Caller,
  id: string,
  expectedVersion: ExpectedVersion,
): Promise<void> {
  await withWorkspace(ctx.db, caller.workspaceId, async (tx) => {
    const before = await requireEndpoint(tx, id, expectedVersion)
    const at = ctx.now().toISOString()
    await deleteEndpointRow(tx, id, at)
    change(tx, caller, 'webhook_endpoint.deleted', before, before, at)
    audit(tx, caller, 'webhook_endpoint.deleted', snapshotOf(before), null, id, at)
  })
}

/** What the sender does when an endpoint must not be called any more; nothing when somebody was faster. */
export async function disableWebhookEndpoint(
  ctx: Ctx,
  workspaceId: string,
  id: string,
  reason: DisabledReason,
): Promise<void> {
  await withWorkspace(ctx.db, workspaceId, async (tx) => {
    const before = await lockEndpoint(tx, id)
    const at = ctx.now().toISOString()
    if (before === undefined || !(await disableEndpointRow(tx, id, reason, at))) return
    await tell(tx, { actor: 'system', origin: null }, 'webhook_endpoint.disabled', before, id, at)
  })
}

async function requireEndpoint(tx: Tx, id: string, expectedVersion: ExpectedVersion): Promise<EndpointRow> {
  const endpoint = await lockEndpoint(tx, id)
  if (endpoint === undefined) throw notFound('webhook_endpoint')
  requireVersion(expectedVersion, endpoint.version)
  return endpoint
}

function sealHeaders(ctx: Ctx, tx: Tx, id: string, headers: Record<string, string>): Buffer | null {
  if (Object.keys(headers).length === 0) return null
  return sealPart(ctx, tx.workspaceId, id, 'headers', JSON.stringify(headers))
}

/** A workspace that had no endpoints may have some now. */
function forgetEmptiness(ctx: Ctx, workspaceId: string): void {
  afterCommit(ctx, () => knownEmpty(ctx).delete(workspaceId))
  afterCommit(ctx, () => ctx.hints.give('webhooks', workspaceId))
}

type Teller = Pick<Caller, 'actor' | 'origin' | 'via'>
type EndpointChange = `webhook_endpoint.${'created' | 'updated' | 'disabled' | 'deleted'}`

/** Reads what has been written and tells it, in the feed and in the audit log. */
async function tell(
  tx: Tx,
  teller: Teller,
  type: EndpointChange,
  before: EndpointRow | null,
  id: string,
  at: string,
): Promise<EndpointRow> {
  const after = await readEndpoint(tx, id)
  if (after === undefined) throw new Error('a written endpoint is gone')
  change(tx, teller, type, before, after, at)
  const action = type === 'webhook_endpoint.disabled' ? 'webhook_endpoint.updated' : type
  audit(tx, teller, action, before && snapshotOf(before), snapshotOf(after), id, at)
  return after
}

function change(
  tx: Tx,
  { actor, origin }: Teller,
  type: EndpointChange,
  before: EndpointRow | null,
  after: EndpointRow,
  at: string,
): void {
  const [from, to] = [before && snapshotOf(before), snapshotOf(after)]
  const changed = Object.keys(to).filter((name) => from === null || !isEqual(from[name], to[name]))
  recordChange(tx, {
    type,
    object_id: after.id,
    actor,
    origin,
    occurred_at: at,
    object: to,
    changed_fields: changed,
    previous: from === null ? {} : Object.fromEntries(changed.map((name) => [name, from[name]])),
  })
}

function audit(
  tx: Tx,
  by: Teller,
  action: AuditAction,
  before: Record<string, unknown> | null,
  after: Record<string, unknown> | null,
  id: string,
  at: string,
): void {
  recordAudit(tx, by, { action, object_id: encodeTypeId('webhook_endpoint', id), before, after, occurred_at: at })
}

/**
 * An endpoint as the feed and the audit log show it: without what moves by itself, and without the query of its
 * address, where many receivers carry a token that is nobody else's business.
 */
function snapshotOf(endpoint: EndpointRow): Record<string, unknown> {
  const {
    url,
    etag: _etag,
    updated_at: _at,
    sequence: _place,
    failing_since: _since,
    ...rest
  } = toWebhookEndpoint(endpoint)
  return { ...rest, version: endpoint.version, url: url.replace(/[?#].*$/, '?…') }
}
