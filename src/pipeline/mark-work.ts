/**
 * Marks leads as work, in the transaction of what happened to them: both are there or neither. The judge takes marked
 * leads when they are due (pipeline/judge/). Marks of one lead melt into one row: the earliest moment counts.
 */
import type { Statement, Tx } from '../db/client.ts'

/** Why a lead is to be judged; an open list, for people who look at the row. */
export type WorkReason = 'changed' | 'event' | 'consent' | 'activity' | 'account' | 'policy' | 'time' | (string & {})

/** What becomes of a mark that is there already. */
const MELT = `ON CONFLICT (workspace_id, lead_id) DO UPDATE SET
      due_at = least(lead_work.due_at, excluded.due_at),
      reasons = CASE WHEN lead_work.reasons @> excluded.reasons THEN lead_work.reasons
        ELSE lead_work.reasons || excluded.reasons END,
      generation = lead_work.generation + 1, attempt = 0`

// In the order of the ids, so that two transactions that mark the same leads queue up. Whoever holds the row is judging
// the lead right now: the mark waits for it and is not lost.
const markStatement: Statement = {
  name: 'mark_work',
  text: `INSERT INTO lead_work (workspace_id, lead_id, due_at, reasons, generation, attempt)
    SELECT $1, asked.id, coalesce($4::timestamptz, now()), ARRAY[$3], 1, 0
    FROM (SELECT DISTINCT id FROM unnest($2::uuid[]) AS id ORDER BY id) AS asked
    ${MELT}`,
}

// As above, without the ids going back and forth.
const markOfAccountsStatement: Statement = {
  name: 'mark_work_of_accounts',
  text: `INSERT INTO lead_work (workspace_id, lead_id, due_at, reasons, generation, attempt)
    SELECT $1, id, now(), '{account}', 1, 0 FROM leads WHERE workspace_id = $1 AND account_id = ANY($2::uuid[]) ORDER BY id
    ${MELT}`,
}

/** Asks that all leads of these companies be judged now. */
export async function markWorkOfAccounts(tx: Tx, accountIds: readonly string[]): Promise<void> {
  if (accountIds.length === 0) return
  await tx.query(markOfAccountsStatement, [tx.workspaceId, accountIds])
  tx.announce('leads')
}

/** Asks that these leads be judged, now or at a later moment. Locks of the leads themselves are taken before this. */
export async function markWork(
  tx: Tx,
  leadIds: readonly string[],
  reason: WorkReason,
  dueAt: Date | null = null,
): Promise<void> {
  if (leadIds.length === 0) return
  await tx.query(markStatement, [tx.workspaceId, leadIds, reason, dueAt?.toISOString() ?? null])
  if (dueAt === null) tx.announce('leads')
}
