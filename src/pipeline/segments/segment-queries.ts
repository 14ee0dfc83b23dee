/** Statements that write memberships, a row for each lead and segment; ended ones become stays. */
import type { Statement, Tx } from '../../db/client.ts'

/** A lead that enters or leaves a segment. */
export interface Crossing {
  segment_key: string
  lead_id: string
}

const enterStatement: Statement = {
  name: 'enter_segments',
  text: `INSERT INTO segment_members (workspace_id, segment_key, lead_id, entered_at, actor)
    SELECT $1, asked.segment_key, asked.lead_id, $4, $5 FROM unnest($2::text[], $3::uuid[]) AS asked (segment_key, lead_id)
    ORDER BY asked.segment_key, asked.lead_id ON CONFLICT DO NOTHING RETURNING segment_key, lead_id`,
}

/** Adds members; returns those that were not there. */
export async function enterSegments(
  tx: Tx,
  crossings: readonly Crossing[],
  actor: string,
  at: string,
): Promise<Crossing[]> {
  if (crossings.length === 0) return []
  const values = [crossings.map((one) => one.segment_key), crossings.map((one) => one.lead_id)]
  return await tx.query(enterStatement, [tx.workspaceId, ...values, at, actor])
}

const leaveStatement: Statement = {
  name: 'leave_segments',
  text: `DELETE FROM segment_members m USING unnest($2::text[], $3::uuid[]) AS asked (segment_key, lead_id)
    WHERE m.workspace_id = $1 AND m.segment_key = asked.segment_key AND m.lead_id = asked.lead_id
    RETURNING m.segment_key, m.lead_id, m.entered_at`,
}
// Twice within one millisecond: the longer stay counts.
const stayStatement: Statement = {
  name: 'insert_segment_stays',
  text: `INSERT INTO segment_stays (workspace_id, segment_key, lead_id, entered_at, left_at)
    SELECT $1, s.segment_key, s.lead_id, s.entered_at, greatest($5::timestamptz, s.entered_at)
    FROM unnest($2::text[], $3::uuid[], $4::timestamptz[]) AS s (segment_key, lead_id, entered_at)
    ON CONFLICT (workspace_id, segment_key, lead_id, entered_at) DO UPDATE SET left_at = excluded.left_at`,
}

/** Removes members and keeps their stays; returns those that were there. */
export async function leaveSegments(tx: Tx, crossings: readonly Crossing[], at: string): Promise<Crossing[]> {
  if (crossings.length === 0) return []
  const values = [crossings.map((one) => one.segment_key), crossings.map((one) => one.lead_id)]
  const gone = await tx.query<Crossing & { entered_at: string }>(leaveStatement, [tx.workspaceId, ...values])
  const stays = [gone.map((s) => s.segment_key), gone.map((s) => s.lead_id), gone.map((s) => s.entered_at)]
  if (gone.length > 0) await tx.query(stayStatement, [tx.workspaceId, ...stays, at])
  return gone
}

const membersAfterStatement: Statement = {
  name: 'page_segment_members',
  text: `SELECT lead_id FROM segment_members WHERE workspace_id = $1 AND segment_key = $2 ORDER BY lead_id LIMIT $3`,
}

/** The first members of a segment. */
export async function listFirstMembers(tx: Tx, key: string, limit: number): Promise<string[]> {
  const rows = await tx.query<{ lead_id: string }>(membersAfterStatement, [tx.workspaceId, key, limit])
  return rows.map(({ lead_id }) => lead_id)
}
