/**
 * Recording changes. The number is taken from the workspace's counter by the last statements before the commit: the row
 * lock orders writers, a rollback gives the number back, so the feed has no gaps and no reordering (scale.md 2, design A).
 */

import { uuidv7 } from 'uuidv7'
import type { Statement, Tx } from '../db/client.ts'
import { CHANGE_TYPES, type PendingChange } from './change.ts'

const takeNumbers: Statement = {
  name: 'take_change_numbers',
  text: `UPDATE change_counters SET last_sequence = last_sequence + $2 WHERE workspace_id = $1 RETURNING last_sequence`,
}

const insertChanges: Statement = {
  name: 'insert_changes',
  text: `INSERT INTO changes SELECT * FROM jsonb_populate_recordset(null::changes, $1::jsonb)`,
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
  tx.beforeCommit(() => writeChanges(tx, all))
}

/** Adds one change to the feed when the transaction commits. */
export function recordChange(tx: Tx, change: PendingChange): void {
  recordChanges(tx, [change])
}

async function writeChanges(tx: Tx, changes: PendingChange[]): Promise<void> {
  const [counter] = await tx.query<{ last_sequence: number }>(takeNumbers, [tx.workspaceId, changes.length])
  if (counter === undefined) throw new Error('the workspace has no change counter')
  const first = counter.last_sequence - changes.length + 1
  const rows = changes.map((change, i) => ({
    workspace_id: tx.workspaceId,
    sequence: first + i,
    id: uuidv7(),
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
  await tx.query(insertChanges, [JSON.stringify(rows)])
}
