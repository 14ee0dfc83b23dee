/**
 * Recording changes. The number is taken from the workspace's counter by the last statements before the commit: the row
 * lock orders writers, a rollback gives the number back, so the feed has no gaps and no reordering (scale.md 2, design A).
 */

import type { Statement, Tx } from '../db/client.ts'
import { newId } from '../domain/new-id.ts'
import { CHANGE_TYPES, type PendingChange } from './change.ts'

// Numbers and rows in one statement: from the first of them on every other writer of the workspace waits. A workspace
// without a counter would give rows without numbers, which the table refuses.
const insertChanges: Statement = {
  name: 'insert_changes',
  text: `WITH counter AS (UPDATE change_counters SET last_sequence = last_sequence + $2 WHERE workspace_id = $1 RETURNING last_sequence)
    INSERT INTO changes (workspace_id, sequence, id, type, object, object_id, actor, origin, occurred_at, data)
    SELECT $1, counter.last_sequence - $2 + r.place, r.id, r.type, r.object, r.object_id, r.actor, r.origin, r.occurred_at, r.data
    FROM jsonb_to_recordset($3::jsonb) AS r (place int, id uuid, type text, object text, object_id uuid,
      actor text, origin text, occurred_at timestamptz, data jsonb) LEFT JOIN counter ON true`,
}

const pendingOf = new WeakMap<Tx, PendingChange[]>()

/** Adds changes to the feed, in this order, when the transaction commits. */
export function recordChanges(tx: Tx, changes: PendingChange[]): void {
  if (changes.length === 0) return
  const pending = pendingOf.get(tx)
  if (pending !== undefined) {
    pending.push(...changes)
    return
  }
  const all = [...changes]
  pendingOf.set(tx, all)
  tx.announce('webhooks')
  tx.beforeCommit({ run: () => writeChanges(tx, all), isOneStatement: true })
}

/** Adds one change to the feed when the transaction commits. */
export function recordChange(tx: Tx, change: PendingChange): void {
  recordChanges(tx, [change])
}

async function writeChanges(tx: Tx, changes: PendingChange[]): Promise<void> {
  const rows = changes.map((change, i) => ({
    place: i + 1,
    id: newId(),
    type: change.type,
    object: CHANGE_TYPES[change.type],
    object_id: change.object_id,
    actor: change.actor,
    origin: change.origin,
    occurred_at: change.occurred_at,
    data: {
      [CHANGE_TYPES[change.type]]: change.object,
      changed_fields: change.changed_fields,
      previous: change.previous,
      ...change.details,
    },
  }))
  await tx.query(insertChanges, [tx.workspaceId, rows.length, JSON.stringify(rows)])
}
