/** Statements about what sequences name, and about the leads and enrollments that a publication concerns. */
import type { Statement, Tx } from '../../db/client.ts'
import type { SequenceNameKind } from '../../domain/sequence/sequence-names.ts'

const namesStatement: Statement = {
  name: 'list_names_for_sequence',
  text: `SELECT 'template/' || template_key AS name FROM templates
      WHERE workspace_id = $1 AND NOT deleted AND template_key = ANY($2::text[])
    UNION ALL SELECT 'sender/' || sender_key FROM mail_senders WHERE workspace_id = $1 AND sender_key = ANY($2)
    UNION ALL SELECT 'user/' || id FROM users WHERE workspace_id = $1 AND id::text = ANY($2)
    UNION ALL SELECT kind || '/' || policy_key FROM policies
      WHERE workspace_id = $1 AND kind IN ('segment', 'sequence') AND policy_key = ANY($2)
        AND (draft_version IS NOT NULL OR published_version IS NOT NULL)`,
}

/** Those of these names that are there, as `<kind>/<name>`. */
export async function listKnownNames(
  tx: Tx,
  asked: readonly { kind: Exclude<SequenceNameKind, 'stage'>; name: string }[],
): Promise<ReadonlySet<string>> {
  if (asked.length === 0) return new Set()
  const names = [...new Set(asked.map(({ name }) => name))]
  const rows = await tx.query<{ name: string }>(namesStatement, [tx.workspaceId, names])
  return new Set(rows.map(({ name }) => name))
}

// The same rows as markWork writes, without the ids going back and forth.
const markOf = (leads: string) => `INSERT INTO lead_work (workspace_id, lead_id, due_at, reasons, generation, attempt)
    SELECT $1, asked.id, now(), ARRAY['policy'], 1, 0 FROM (${leads}) AS asked
    ON CONFLICT (workspace_id, lead_id) DO UPDATE SET due_at = least(lead_work.due_at, excluded.due_at),
      generation = lead_work.generation + 1, attempt = 0`

const markMembersStatement: Statement = {
  name: 'mark_members_of_segment',
  text: markOf(
    'SELECT lead_id AS id FROM segment_members WHERE workspace_id = $1 AND segment_key = $2 ORDER BY lead_id',
  ),
}
const markStageStatement: Statement = {
  name: 'mark_leads_in_stage',
  text: markOf('SELECT id FROM leads WHERE workspace_id = $1 AND stage_key = $2 AND NOT archived ORDER BY id'),
}

/** Marks the members of a segment as work. */
export async function markMembers(tx: Tx, segmentKey: string): Promise<void> {
  await tx.query(markMembersStatement, [tx.workspaceId, segmentKey])
}

/** Marks the leads in a stage as work. */
export async function markStage(tx: Tx, stageKey: string): Promise<void> {
  await tx.query(markStageStatement, [tx.workspaceId, stageKey])
}

const wakeStatement: Statement = {
  name: 'wake_sequence',
  text: `UPDATE enrollments SET due_at = $3, edits = edits + 1
    WHERE workspace_id = $1 AND sequence_key = $2 AND status = 'active' RETURNING id`,
}

/** Makes every active enrollment of a sequence due; returns how many there are. */
export async function wakeSequence(tx: Tx, key: string, now: Date): Promise<number> {
  return (await tx.query(wakeStatement, [tx.workspaceId, key, now.toISOString()])).length
}
