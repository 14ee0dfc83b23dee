/** Workspace settings: one document, replaced as a whole under the version that the caller saw. */

import { recordAudit } from '../../changes/record-audit.ts'
import { recordChange } from '../../changes/record-change.ts'
import type { Caller, Ctx } from '../../ctx.ts'
import { type Tx, withWorkspace } from '../../db/client.ts'
import type { ExpectedVersion } from '../../domain/expected-version.ts'
import { isEqual } from '../../domain/survivorship.ts'
import { encodeTypeId } from '../../domain/type-id.ts'
import { normalizeSettings, readSettings, type WorkspaceSettings } from '../../domain/workspace-settings.ts'
import { ApiError, notFound, validationFailed } from '../../errors.ts'
import { etagOf, requireVersion } from '../../http/etag.ts'
import { listSellersWithoutZone, wakeClocksOf } from '../../pipeline/sla/clock-queries.ts'
import { lockWorkspace, saveWorkspace, type WorkspaceRow } from './admin-queries.ts'

/** Replaces the settings; the same settings again change nothing. `expectedVersion` null means no If-Match was sent. */
export async function saveWorkspaceSettings(
  ctx: Ctx,
  caller: Caller,
  given: Partial<WorkspaceSettings> & { name: string },
  expectedVersion: ExpectedVersion,
): Promise<WorkspaceRow> {
  const verdict = normalizeSettings(given)
  if (!verdict.ok) {
    throw validationFailed(
      verdict.faults.map(({ field, detail }) => ({
        code: 'invalid_value',
        detail,
        pointer: `/${field}`,
        parameter: null,
      })),
    )
  }
  return await withWorkspace(ctx.db, caller.workspaceId, async (tx) => {
    const row = await lockWorkspace(tx)
    if (row === undefined) throw notFound('workspace')
    if (expectedVersion === null) {
      throw new ApiError(
        'precondition_required',
        `Send If-Match with the ETag of the settings that you read (${etagOf(row.version)} now).`,
      )
    }
    requireVersion(expectedVersion, row.version)
    const [before, after] = [readSettings(row.name, row.settings), verdict.settings]
    if (isEqual(before, after)) return row
    const { name, ...settings } = after
    const saved = { ...row, name, settings, version: row.version + 1, updated_at: ctx.now().toISOString() }
    await saveWorkspace(tx, saved)
    if (before.time_zone !== after.time_zone) await wakeClocksOf(tx, await listSellersWithoutZone(tx))
    tell(tx, caller, saved, before, after)
    return saved
  })
}

function tell(
  tx: Tx,
  caller: Caller,
  { id, version, updated_at }: WorkspaceRow,
  before: WorkspaceSettings,
  after: WorkspaceSettings,
): void {
  const changed = (Object.keys(after) as (keyof WorkspaceSettings)[]).filter((name) => before[name] !== after[name])
  recordChange(tx, {
    type: 'settings.updated',
    object_id: id,
    actor: caller.actor,
    origin: caller.origin,
    occurred_at: updated_at,
    object: { id: encodeTypeId('workspace', id), ...after, version },
    changed_fields: changed,
    previous: Object.fromEntries(changed.map((name) => [name, before[name]])),
  })
  recordAudit(tx, caller, {
    action: 'settings.updated',
    object_id: encodeTypeId('workspace', id),
    before: { ...before },
    after: { ...after },
    occurred_at: updated_at,
  })
}
