/** Secrets of providers: stored sealed, replaced without a gap, never told again. */

import { randomBytes } from 'node:crypto'
import { recordAudit } from '../../changes/record-audit.ts'
import type { Caller, Ctx } from '../../ctx.ts'
import { type Tx, withWorkspace } from '../../db/client.ts'
import type { ExpectedVersion } from '../../domain/expected-version.ts'
import { SEAL_IV_BYTES, sealSecret } from '../../domain/sealed-secret.ts'
import { ApiError, notFound } from '../../errors.ts'
import { requireVersion } from '../../http/etag.ts'
import { credentialPlace } from '../../pipeline/enrich/credential-place.ts'
import {
  type CredentialRow,
  deleteCredentialRow,
  insertCredential,
  isCredentialUsed,
  lockCredential,
  updateCredential,
} from './credential-queries.ts'

/** Stores or replaces a credential; `ifMatchVersion` must be given for one that is there. */
export async function saveCredential(
  ctx: Ctx,
  caller: Caller,
  key: string,
  value: string,
  expected: { ifMatchVersion: ExpectedVersion; createOnly: boolean },
): Promise<{ credential: CredentialRow; created: boolean }> {
  return await withWorkspace(ctx.db, caller.workspaceId, async (tx) => {
    const at = ctx.now().toISOString()
    const sealed = sealSecret(ctx.secret, credentialPlace(tx.workspaceId, key), value, randomBytes(SEAL_IV_BYTES))
    const created = expected.ifMatchVersion === null ? await insertCredential(tx, key, sealed, at) : undefined
    if (created !== undefined) {
      audit(tx, caller, key, null, value, at)
      return { credential: created, created: true }
    }
    const before = await lockCredential(tx, key)
    check(before, expected)
    const credential = await updateCredential(tx, key, sealed, at)
    if (credential === undefined) throw new Error('a locked row can be updated')
    audit(tx, caller, key, 'former', value, at)
    return { credential, created: false }
  })
}

function check(
  before: CredentialRow | undefined,
  expected: { ifMatchVersion: ExpectedVersion; createOnly: boolean },
): void {
  if (expected.createOnly) throw new ApiError('precondition_failed', 'There is a credential with this key.')
  if (before === undefined) throw new ApiError('precondition_failed', 'There is no credential with this key yet.')
  if (expected.ifMatchVersion === null) {
    throw new ApiError('precondition_required', `Send If-Match with the ETag that you read ("v${before.version}" now).`)
  }
  requireVersion(expected.ifMatchVersion, before.version)
}

/** Removes a credential that no policy needs; 409 while one does. */
export async function removeCredential(ctx: Ctx, caller: Caller, key: string): Promise<void> {
  await withWorkspace(ctx.db, caller.workspaceId, async (tx) => {
    if ((await lockCredential(tx, key)) === undefined) throw notFound('credential')
    if (await isCredentialUsed(tx, key)) throw new ApiError('in_use', 'The enrichment policy still asks with it.')
    await deleteCredentialRow(tx, key)
    audit(tx, caller, key, 'former', null, ctx.now().toISOString())
  })
}

/** The audit log masks secrets by name: that it changed shows, what it is does not. */
function audit(tx: Tx, caller: Caller, key: string, before: string | null, after: string | null, at: string): void {
  const side = (secret: string | null) => (secret === null ? null : { key, secret })
  recordAudit(tx, caller, {
    action: after === null ? 'enrichment_credential.deleted' : 'enrichment_credential.saved',
    object_id: key,
    before: side(before),
    after: side(after),
    occurred_at: at,
  })
}
