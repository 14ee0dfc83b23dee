/** Writes to the list of those whom no mail goes to, behind the gate: a hand-over sees it, or comes first. */
import type { ChangeType, PendingChange } from '../../changes/change.ts'
import { recordChanges } from '../../changes/record-change.ts'
import type { Statement, Tx } from '../../db/client.ts'
import { type SuppressionRow, toSuppression } from '../../domain/mail/suppression-row.ts'
import { newId } from '../../domain/new-id.ts'
import { lockMailGate } from './mail-gate.ts'

/** A suppression before it is stored. */
export type NewSuppression = Pick<
  SuppressionRow,
  'kind' | 'shown' | 'value' | 'scope' | 'purpose' | 'reason' | 'actor'
> &
  Partial<Pick<SuppressionRow, 'note' | 'message_id'>>

const insertStatement: Statement = {
  name: 'insert_suppressions',
  text: `INSERT INTO suppressions SELECT * FROM jsonb_populate_recordset(null::suppressions, $1::jsonb)
    ON CONFLICT (workspace_id, kind, value, scope, purpose) WHERE lifted_at IS NULL DO NOTHING RETURNING id`,
}
const activeStatement: Statement = {
  name: 'list_active_suppressions',
  text: `SELECT s.* FROM suppressions s JOIN unnest($2::text[], $3::text[], $4::text[], $5::text[]) AS asked (kind, value, scope, purpose)
    USING (kind, value, scope, purpose) WHERE s.workspace_id = $1 AND s.lifted_at IS NULL`,
}

/** Adds suppressions; one that holds already stays as it is. The answer has all of them, and which are new. */
export async function suppress(
  tx: Tx,
  wanted: NewSuppression[],
  origin: string | null,
  now: Date,
): Promise<{ row: SuppressionRow; created: boolean }[]> {
  if (wanted.length === 0) return []
  await lockMailGate(tx)
  const at = now.toISOString()
  const fresh = wanted.map((one) => ({
    workspace_id: tx.workspaceId,
    id: newId(),
    note: null,
    message_id: null,
    ...one,
    created_at: at,
    lifted_at: null,
    lifted_by: null,
  }))
  const inserted = await tx.query<{ id: string }>(insertStatement, [JSON.stringify(fresh)])
  const created = new Set(inserted.map(({ id }) => id))
  const active = await tx.query<SuppressionRow & { workspace_id: string }>(activeStatement, [
    tx.workspaceId,
    wanted.map(({ kind }) => kind),
    wanted.map(({ value }) => value),
    wanted.map(({ scope }) => scope),
    wanted.map(({ purpose }) => purpose),
  ])
  const rows = active.map(({ workspace_id: _, ...row }) => row)
  recordChanges(
    tx,
    rows.filter(({ id }) => created.has(id)).map((row) => changeOf('suppression.created', row, origin, now)),
  )
  return wanted.map((one) => {
    const row = rows.find((stored) => keyOf(stored) === keyOf(one))
    if (row === undefined) throw new Error('an active suppression has a row')
    // Asked for twice at once, it is new once.
    return { row, created: created.delete(row.id) }
  })
}

const keyOf = ({ kind, value, scope, purpose }: Pick<SuppressionRow, 'kind' | 'value' | 'scope' | 'purpose'>) =>
  [kind, value, scope, purpose].join('\n')

const liftStatement: Statement = {
  name: 'lift_suppressions',
  text: `UPDATE suppressions SET lifted_at = $3, lifted_by = $4 WHERE workspace_id = $1 AND id = ANY($2::uuid[]) AND lifted_at IS NULL
    RETURNING *`,
}

/** Lifts suppressions; returns those that had held. */
export async function liftSuppressions(
  tx: Tx,
  ids: string[],
  actor: string,
  origin: string | null,
  now: Date,
): Promise<SuppressionRow[]> {
  if (ids.length === 0) return []
  await lockMailGate(tx)
  const lifted = await tx.query<SuppressionRow & { workspace_id: string }>(liftStatement, [
    tx.workspaceId,
    ids,
    now.toISOString(),
    actor,
  ])
  const rows = lifted.map(({ workspace_id: _, ...row }) => row)
  recordChanges(
    tx,
    rows.map((row) => changeOf('suppression.lifted', row, origin, now)),
  )
  return rows
}

function changeOf(type: ChangeType, row: SuppressionRow, origin: string | null, now: Date): PendingChange {
  return {
    type,
    object_id: row.id,
    actor: row.lifted_by ?? row.actor,
    origin,
    occurred_at: now.toISOString(),
    object: toSuppression(row),
    changed_fields: type === 'suppression.lifted' ? ['lifted_at', 'lifted_by'] : [],
    previous: type === 'suppression.lifted' ? { lifted_at: null, lifted_by: null } : {},
  }
}
