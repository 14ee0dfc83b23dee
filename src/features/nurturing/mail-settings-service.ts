/** Rules of sending, where sending stands, and the secrets of providers. */
import { randomBytes } from 'node:crypto'
import { recordAudit } from '../../changes/record-audit.ts'
import { publicBase } from '../../config.ts'
import type { Caller, Ctx } from '../../ctx.ts'
import { type Statement, type Tx, withWorkspace } from '../../db/client.ts'
import { type ExpectedVersion, isExpectedVersion } from '../../domain/expected-version.ts'
import { writeRef } from '../../domain/mail/link-ref.ts'
import type { MailSettings } from '../../domain/mail/mail-settings.ts'
import type { MailProviderKey } from '../../domain/mail/provider-events.ts'
import { SEAL_IV_BYTES, sealSecret } from '../../domain/sealed-secret.ts'
import { isEqual } from '../../domain/survivorship.ts'
import { encodeTypeId } from '../../domain/type-id.ts'
import { ApiError, validationFailed } from '../../errors.ts'
import { lockMailGate, type MailGate, readMailGate, writeGateState } from '../../pipeline/mail/mail-gate.ts'
import { refKeys } from '../../pipeline/mail/mail-links.ts'
import { countComplaints, tellMailing } from '../../pipeline/mail/watch-complaints.ts'
import { countOpenMessages } from './message-queries.ts'
import { findProvider, lockProviderVersion, saveProvider } from './sender-queries.ts'

/** The rules of a workspace. */
export async function readMailSettings(ctx: Ctx, workspaceId: string): Promise<MailGate> {
  return await withWorkspace(ctx.db, workspaceId, (tx) => readMailGate(tx, workspaceId))
}

const saveStatement: Statement = {
  name: 'save_mail_settings',
  text: 'UPDATE mail_gates SET settings = $2, version = $3, updated_at = $4 WHERE workspace_id = $1',
}

/** Replaces the rules; the same ones again change nothing. */
export async function saveMailSettings(
  ctx: Ctx,
  caller: Caller,
  settings: MailSettings,
  version: ExpectedVersion,
): Promise<MailGate> {
  const keys = settings.purposes.map(({ key }) => key)
  const double = keys.findIndex((key, i) => key === 'all' || keys.indexOf(key) < i)
  if (double >= 0) {
    const detail = keys[double] === 'all' ? '`all` is no purpose of its own.' : 'This purpose is there twice.'
    throw validationFailed([{ code: 'invalid_value', detail, pointer: `/purposes/${double}/key`, parameter: null }])
  }
  return await withWorkspace(ctx.db, caller.workspaceId, async (tx) => {
    const before = await lockMailGate(tx)
    if (!isExpectedVersion(version, before.version)) throw changed()
    if (isEqual(before.settings, settings)) return before
    const at = ctx.now().toISOString()
    const after = { ...before, settings, version: before.version + 1, updated_at: at }
    await tx.query(saveStatement, [tx.workspaceId, JSON.stringify(settings), after.version, at])
    audit(tx, caller, 'mail_settings.updated', { ...before.settings }, { ...settings }, at)
    return after
  })
}

const changed = () =>
  new ApiError('precondition_failed', 'It has changed since you read it; read it again and repeat the change.')

function audit(
  tx: Tx,
  caller: Caller,
  action: 'mail_settings.updated' | 'mail.resumed',
  before: object,
  after: object,
  at: string,
) {
  const object_id = encodeTypeId('workspace', tx.workspaceId)
  recordAudit(tx, caller, { action, object_id, before: { ...before }, after: { ...after }, occurred_at: at })
}

/** Where sending stands. */
export async function readMailStatus(ctx: Ctx, workspaceId: string) {
  const { gate, counted } = await withWorkspace(ctx.db, workspaceId, async (tx) => {
    const read = await readMailGate(tx, workspaceId)
    return { gate: read, counted: await countComplaints(tx, read, ctx.now()) }
  })
  const open = await countOpenMessages(ctx.db, workspaceId)
  const state =
    gate.paused_at !== null ? ('paused' as const) : gate.warned_at !== null ? ('warned' as const) : ('open' as const)
  return {
    transport: ctx.config.SMTP_URL === undefined ? ('files' as const) : ('smtp' as const),
    state,
    paused_at: gate.paused_at,
    ...counted,
    planned: open['planned'] ?? 0,
    in_flight: (open['claimed'] ?? 0) + (open['handed'] ?? 0),
    in_doubt: open['in_doubt'] ?? 0,
    inbound_url: `${publicBase(ctx.config)}/v1/public/inbound-mail/${inboundKey(ctx, workspaceId)}`,
  }
}

/** Secret address of a workspace for what comes back. */
export function inboundKey(ctx: Ctx, workspaceId: string): string {
  return writeRef(refKeys(ctx), { kind: 'inbox', workspace_id: workspaceId, id: workspaceId, index: 0 })
}

/** Ends a pause. */
export async function resumeMail(ctx: Ctx, caller: Caller) {
  await withWorkspace(ctx.db, caller.workspaceId, async (tx) => {
    const gate = await lockMailGate(tx)
    if (gate.paused_at === null && gate.warned_at === null) return
    const at = ctx.now().toISOString()
    const { paused_at, warned_at } = gate
    const after = { ...gate, paused_at: null, warned_at: null, resumed_at: at }
    await writeGateState(tx, after)
    const counted = await countComplaints(tx, after, ctx.now())
    tellMailing(tx, caller, 'mail.resumed', { before: gate, after, counted, now: ctx.now() })
    audit(tx, caller, 'mail.resumed', { paused_at, warned_at }, { paused_at: null, warned_at: null }, at)
    tx.announce('messages')
  })
  return await readMailStatus(ctx, caller.workspaceId)
}

/** Names the tenant and the provider that a sealed secret belongs to. */
export const providerPlace = (workspaceId: string, provider: string) => `mail_providers/${workspaceId}/${provider}`

/** How callbacks of a provider come in. */
export async function readMailProvider(ctx: Ctx, workspaceId: string, provider: MailProviderKey) {
  const row = await findProvider(ctx.db, workspaceId, provider)
  return providerOf(ctx, workspaceId, provider, row?.version ?? 0, row?.updated_at ?? null)
}

function providerOf(
  ctx: Ctx,
  workspaceId: string,
  provider: MailProviderKey,
  version: number,
  updatedAt: string | null,
) {
  return {
    provider,
    is_set: version > 0,
    callback_url: `${publicBase(ctx.config)}/v1/public/mail-events/${provider}/${inboundKey(ctx, workspaceId)}`,
    version,
    etag: `"v${Math.max(version, 1)}"`,
    updated_at: updatedAt,
  }
}

/** Stores the secret of a provider; a condition is needed once there is one. */
export async function saveMailProvider(
  ctx: Ctx,
  caller: Caller,
  provider: MailProviderKey,
  secret: string,
  ifMatchVersion: ExpectedVersion,
) {
  if (ifMatchVersion === null) {
    throw new ApiError('precondition_required', 'Send If-Match with the ETag of the version that you read.')
  }
  const { workspaceId } = caller
  const sealed = sealSecret(ctx.secret, providerPlace(workspaceId, provider), secret, randomBytes(SEAL_IV_BYTES))
  return await withWorkspace(ctx.db, workspaceId, async (tx) => {
    const at = ctx.now().toISOString()
    // Before there is a secret, the tag that was read is that of version 1.
    const known = await lockProviderVersion(tx, provider)
    const current = known ?? 1
    if (!isExpectedVersion(ifMatchVersion, current)) throw changed()
    const version = await saveProvider(tx, provider, sealed, current, at)
    if (version === undefined) throw changed()
    recordAudit(tx, caller, {
      action: 'mail_provider.updated',
      object_id: provider,
      before: { secret: version === 1 ? null : 'former' },
      after: { secret },
      occurred_at: at,
    })
    return providerOf(ctx, workspaceId, provider, version, at)
  })
}
