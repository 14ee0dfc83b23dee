/** Statements that read stages and qualification. */
import { type Db, readInWorkspace, type Statement, type Tx } from '../../db/client.ts'
import type { StageMove } from '../../domain/lifecycle/stage-stays.ts'

const stageInUseStatement: Statement = {
  name: 'find_stage_in_use',
  text: 'SELECT stage_key FROM leads WHERE workspace_id = $1 AND stage_key <> ALL($2::text[]) LIMIT 1',
}

/** A stage beside these that a lead is in. */
export async function findStageInUse(tx: Tx, stages: string[]): Promise<string | undefined> {
  const [row] = await tx.query<{ stage_key: string }>(stageInUseStatement, [tx.workspaceId, stages])
  return row?.stage_key
}

const criterionInUseStatement: Statement = {
  name: 'find_criterion_in_use',
  text: `SELECT form_key, substr(field->>'maps_to', 10) AS criterion
    FROM forms, jsonb_array_elements(definition->'fields') AS field
    WHERE workspace_id = $1 AND field->>'maps_to' LIKE 'criteria.%' AND substr(field->>'maps_to', 10) <> ALL($2::text[])
    ORDER BY form_key LIMIT 1`,
}

/** A form that answers a criterion beside these. */
export async function findCriterionInUse(
  tx: Tx,
  criteria: string[],
): Promise<{ form_key: string; criterion: string } | undefined> {
  const [row] = await tx.query<{ form_key: string; criterion: string }>(criterionInUseStatement, [
    tx.workspaceId,
    criteria,
  ])
  return row
}

const leadStatement: Statement = {
  name: 'find_lead_stage',
  text: 'SELECT stage_key, created_at FROM leads WHERE workspace_id = $1 AND id = $2',
}

/** The present stage of a lead and when the lead was made. */
export async function findLeadStage(
  db: Db,
  workspaceId: string,
  leadId: string,
): Promise<{ stage_key: string; created_at: string } | undefined> {
  const [row] = await readInWorkspace<{ stage_key: string; created_at: string }>(db, workspaceId, leadStatement, [
    workspaceId,
    leadId,
  ])
  return row
}

const movesStatement: Statement = {
  name: 'list_stage_moves',
  text: `SELECT position, moved_at, from_stage, to_stage, stayed_ms, moved_by, actor, reason, note, wake_at, policy, receipt_id
    FROM lead_stage_history WHERE workspace_id = $1 AND lead_id = $2 AND position > $3 ORDER BY position LIMIT $4`,
}

/** Moves of a lead after a position, oldest first. */
export async function listMoves(
  db: Db,
  workspaceId: string,
  leadId: string,
  after: number,
  limit: number,
): Promise<StageMove[]> {
  return await readInWorkspace(db, workspaceId, movesStatement, [workspaceId, leadId, after, limit])
}
