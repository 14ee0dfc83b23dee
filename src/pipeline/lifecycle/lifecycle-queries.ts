/** Statements about moves between stages and about qualification. */
import type { Statement, Tx } from '../../db/client.ts'
import type { CriterionAnswers, FrameworkVerdict } from '../../domain/lifecycle/qualification.ts'

/** A move as it is stored; its number is the next one of the lead. */
export interface MoveRow {
  lead_id: string
  moved_at: string
  from_stage: string
  to_stage: string
  stayed_ms: number
  moved_by: string
  actor: string
  reason: string | null
  note: string | null
  wake_at: string | null
  policy: string
  receipt_id: string
}

// The lead is locked by whoever moves it, so nobody takes the same number.
const insertMovesStatement: Statement = {
  name: 'insert_stage_moves',
  text: `INSERT INTO lead_stage_history SELECT $1, m.lead_id,
      coalesce((SELECT max(h.position) FROM lead_stage_history h WHERE h.workspace_id = $1 AND h.lead_id = m.lead_id), 0)
        + row_number() OVER (PARTITION BY m.lead_id ORDER BY m.n),
      m.moved_at, m.from_stage, m.to_stage, m.stayed_ms, m.moved_by, m.actor, m.reason, m.note, m.wake_at, m.policy, m.receipt_id
    FROM jsonb_to_recordset($2::jsonb) AS m (n int, lead_id uuid, moved_at timestamptz, from_stage text, to_stage text,
      stayed_ms bigint, moved_by text, actor text, reason text, note text, wake_at timestamptz, policy text, receipt_id uuid)`,
}

/** Adds moves in their order. */
export async function insertMoves(tx: Tx, moves: readonly MoveRow[]): Promise<void> {
  if (moves.length === 0) return
  const rows = moves.map((move, n) => ({ n, ...move }))
  await tx.query(insertMovesStatement, [tx.workspaceId, JSON.stringify(rows)])
}

/** The answers of a lead and what was last decided from them. */
export interface QualificationRow {
  lead_id: string
  answers: CriterionAnswers
  statuses: Record<string, string>
  verdicts: Record<string, FrameworkVerdict>
  version: number
  updated_at: string
}

const listStatement: Statement = {
  name: 'list_qualifications',
  text: `SELECT lead_id, answers, statuses, verdicts, version, updated_at FROM lead_qualifications
    WHERE workspace_id = $1 AND lead_id = ANY($2::uuid[])`,
}

/** The qualifications of those of these leads that have answers; their leads are locked by who changes them. */
export async function listQualifications(tx: Tx, leadIds: readonly string[]): Promise<QualificationRow[]> {
  return await tx.query(listStatement, [tx.workspaceId, leadIds])
}

const saveStatement: Statement = {
  name: 'save_qualifications',
  text: `INSERT INTO lead_qualifications SELECT * FROM jsonb_populate_recordset(null::lead_qualifications, $1::jsonb)
    ON CONFLICT (workspace_id, lead_id) DO UPDATE SET answers = excluded.answers, statuses = excluded.statuses,
      verdicts = excluded.verdicts, version = excluded.version, updated_at = excluded.updated_at`,
}

/** Writes qualifications. */
export async function saveQualifications(tx: Tx, rows: readonly QualificationRow[]): Promise<void> {
  if (rows.length === 0) return
  const values = rows.map((row) => ({ workspace_id: tx.workspaceId, ...row }))
  await tx.query(saveStatement, [JSON.stringify(values)])
}
