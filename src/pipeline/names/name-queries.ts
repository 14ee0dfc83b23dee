/** Statements about what can be named, and about what names it beside published policies. */
import type { Statement, Tx } from '../../db/client.ts'

// A segment that was taken out of use has neither a draft nor a published version.
const knownStatement: Statement = {
  name: 'list_known_keys',
  text: `SELECT 'segment' AS kind, policy_key AS name FROM policies
      WHERE workspace_id = $1 AND kind = 'segment' AND policy_key = ANY($2::text[])
        AND (draft_version IS NOT NULL OR published_version IS NOT NULL)
    UNION ALL SELECT 'user', id::text FROM users WHERE workspace_id = $1 AND id = ANY($3::uuid[])
    UNION ALL SELECT 'account', id::text FROM accounts WHERE workspace_id = $1 AND id = ANY($4::uuid[])`,
}

/** Those of these segments, users and accounts that are there, as `<kind>/<key or uuid>`. */
export async function listKnown(
  tx: Tx,
  asked: { segments: string[]; users: string[]; accounts: string[] },
): Promise<ReadonlySet<string>> {
  const values = [asked.segments, asked.users, asked.accounts]
  if (values.every((list) => list.length === 0)) return new Set()
  const rows = await tx.query<{ kind: string; name: string }>(knownStatement, [tx.workspaceId, ...values])
  return new Set(rows.map(({ kind, name }) => `${kind}/${name}`))
}

// Versions are few and asked for only where a condition is about the past.
const pastStagesStatement: Statement = {
  name: 'list_past_stages',
  text: `SELECT DISTINCT stage->>'key' AS key FROM policy_versions v, jsonb_array_elements(v.definition->'stages') AS stage
    WHERE v.workspace_id = $1 AND v.kind = 'lifecycle' AND v.published_at IS NOT NULL`,
}

/** Every stage that a lifecycle of the workspace has had while it was followed. */
export async function listPastStages(tx: Tx): Promise<string[]> {
  return (await tx.query<{ key: string }>(pastStagesStatement, [tx.workspaceId])).map(({ key }) => key)
}

const draftBandsStatement: Statement = {
  name: 'list_draft_bands',
  text: `SELECT band->>'key' AS key FROM policy_versions v, jsonb_array_elements(v.definition->'bands') AS band
    WHERE v.workspace_id = $1 AND v.kind = 'score_model' AND v.policy_key = $2 AND v.state = 'draft'`,
}

/** The bands of the draft of a score model. */
export async function listDraftBands(tx: Tx, modelKey: string): Promise<string[]> {
  return (await tx.query<{ key: string }>(draftBandsStatement, [tx.workspaceId, modelKey])).map(({ key }) => key)
}

const conditionsStatement: Statement = {
  name: 'list_live_conditions',
  text: `SELECT 'buyer' AS kind, buyer_key AS key, definition->'condition' AS condition FROM buyers
      WHERE workspace_id = $1 AND definition->'condition' <> 'null'
    UNION ALL SELECT 'webhook endpoint', id::text, condition FROM webhook_endpoints
      WHERE workspace_id = $1 AND condition IS NOT NULL AND state <> 'deleted'
    ORDER BY 1, 2`,
}

export interface LiveCondition {
  kind: 'buyer' | 'webhook endpoint'
  /** Key of a buyer, uuid of an endpoint. */
  key: string
  condition: unknown
}

/** Conditions that count as soon as they are saved. */
export async function listLiveConditions(tx: Tx): Promise<LiveCondition[]> {
  return await tx.query(conditionsStatement, [tx.workspaceId])
}
