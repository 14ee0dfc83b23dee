/** API keys: made here, shown once, stored as a hash; every deed is audited. */

import { randomBytes } from 'node:crypto'
import { type AuditSource, recordAudit } from '../../changes/record-audit.ts'
import type { Caller, Ctx } from '../../ctx.ts'
import { type Db, type Tx, withWorkspace } from '../../db/client.ts'
import { formatKey, hashKey, type KeyKind } from '../../domain/api-key.ts'
import { findExcess, type KeyPower } from '../../domain/api-key-power.ts'
import type { AuditAction } from '../../domain/audit-entry.ts'
import type { ExpectedVersion } from '../../domain/expected-version.ts'
import { newId } from '../../domain/new-id.ts'
import { encodeTypeId } from '../../domain/type-id.ts'
import { ApiError, notFound } from '../../errors.ts'
import { requireVersion } from '../../http/etag.ts'
import {
  findKeyIn,
  insertKey,
  type KeyRow,
  lockKey,
  lockSecretKeys,
  type NewSecret,
  revokeKeyRow,
  rotateKeyRow,
  type StoredKey,
} from './key-queries.ts'

export interface NewKey {
  name: string
  kind: KeyKind
  /** Rights of a restricted key; the other kinds have theirs by kind. */
  scopes: string[]
  origin: string | null
  /** Canonical CIDR. */
  allowedIps?: string[]
  /** As browsers send them; of a publishable key only. */
  allowedOrigins?: string[]
  /** RFC 3339 UTC with milliseconds. */
  expiresAt: string | null
}

/** A key with the only copy of its secret. */
export interface KeyWithSecret {
  key: KeyRow
  secret: string
}

/** Who acts on keys: every `Caller`, and the command line, whose rights no key limits. */
export interface KeyActor extends AuditSource {
  readonly workspaceId: string
  readonly keyId: string | null
}

const SYSTEM: AuditSource = { actor: 'system' }

/** Makes a key for the installation itself; nobody's rights limit it. */
export async function createKey(
  db: Db,
  workspaceId: string,
  wanted: NewKey,
  now: Date,
  by: AuditSource = SYSTEM,
): Promise<KeyWithSecret> {
  return await withWorkspace(db, workspaceId, (tx) => issueKey(tx, by, wanted, now))
}

/** Makes a key for a caller: 403 when it could do more than the caller's own. */
export async function createApiKey(ctx: Ctx, caller: Caller, wanted: NewKey): Promise<KeyWithSecret> {
  return await withWorkspace(ctx.db, caller.workspaceId, async (tx) => {
    await requirePower(tx, caller, {
      kind: wanted.kind,
      scopes: wanted.scopes,
      allowed_ips: wanted.allowedIps ?? [],
      expires_at: wanted.expiresAt,
    })
    return await issueKey(tx, caller, wanted, ctx.now())
  })
}

/** Ends a key; a second time changes nothing. 409 for the last secret key that works: nobody could get in any more. */
export async function revokeApiKey(
  db: Db,
  by: KeyActor,
  id: string,
  expectedVersion: ExpectedVersion,
  now: Date,
): Promise<KeyRow> {
  return await withWorkspace(db, by.workspaceId, async (tx) => {
    const secretKeys = await lockSecretKeys(tx)
    const before = await lockKey(tx, id)
    if (before === undefined) throw notFound('key')
    if (before.state === 'revoked') return before
    requireVersion(expectedVersion, before.version)
    if (secretKeys.length === 1 && secretKeys[0] === id) {
      throw new ApiError(
        'conflict',
        'This is the last secret key that works: make another one first, or rotate this one with overlap_seconds 0.',
      )
    }
    return await record(tx, by, 'api_key.revoked', before, await revokeKeyRow(tx, id, now.toISOString()), now)
  })
}

/** Gives a key a new secret; the one before works for `overlapSeconds` more. 409 for a key that has ended. */
export async function rotateApiKey(
  db: Db,
  by: KeyActor,
  id: string,
  overlapSeconds: number,
  expectedVersion: ExpectedVersion,
  now: Date,
): Promise<KeyWithSecret> {
  return await withWorkspace(db, by.workspaceId, async (tx) => {
    const before = await lockKey(tx, id)
    if (before === undefined) throw notFound('key')
    requireVersion(expectedVersion, before.version)
    if (before.state !== 'active') throw new ApiError('conflict', `This key is ${before.state}; make another one.`)
    // Whoever rotates a key learns its secret.
    await requirePower(tx, by, before)
    const { text, ...secret } = drawSecret(before.kind)
    const after = await rotateKeyRow(tx, id, secret, overlapSeconds)
    return { key: await record(tx, by, 'api_key.rotated', before, after, now), secret: text }
  })
}

async function requirePower(tx: Tx, by: KeyActor, wanted: KeyPower): Promise<void> {
  if (by.keyId === null) return
  const maker = await findKeyIn(tx, by.keyId)
  // Revoked between the look-up of the request and now.
  if (maker?.state !== 'active') throw new ApiError('unauthorized', 'This key is unknown, expired or revoked.')
  const excess = findExcess(maker, wanted)
  if (excess.length > 0) throw new ApiError('forbidden', `Your own key does not allow: ${excess.join(', ')}.`)
}

async function issueKey(tx: Tx, by: AuditSource, wanted: NewKey, now: Date): Promise<KeyWithSecret> {
  const { text, hash, ...shown } = drawSecret(wanted.kind)
  const key: StoredKey = {
    id: newId(),
    name: wanted.name,
    kind: wanted.kind,
    scopes: wanted.scopes,
    origin: wanted.origin,
    allowed_ips: wanted.allowedIps ?? [],
    allowed_origins: wanted.allowedOrigins ?? [],
    ...shown,
    version: 1,
    created_at: now.toISOString(),
    expires_at: wanted.expiresAt,
    rotated_at: null,
    overlap_ends_at: null,
    revoked_at: null,
  }
  await insertKey(tx, key, hash)
  return { key: await record(tx, by, 'api_key.created', null, { ...key, state: 'active' }, now), secret: text }
}

function drawSecret(kind: KeyKind): NewSecret & { text: string } {
  const text = formatKey(kind, randomBytes(24))
  return { text, hash: Buffer.from(hashKey(text), 'hex'), prefix: text.slice(0, 12), last_four: text.slice(-4) }
}

async function record(
  tx: Tx,
  by: AuditSource,
  action: AuditAction,
  before: KeyRow | null,
  after: KeyRow | undefined,
  now: Date,
): Promise<KeyRow> {
  if (after === undefined) throw new Error('a locked key is gone')
  const object_id = encodeTypeId('key', after.id)
  recordAudit(tx, by, {
    action,
    object_id,
    before: before && shownOf(before),
    after: shownOf(after),
    occurred_at: now.toISOString(),
  })
  return after
}

const shownOf = ({ id: _, ...shown }: KeyRow) => shown
