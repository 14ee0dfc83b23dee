/** Statements that read segments: who is in, who was, who would be. */
import { type Db, readInWorkspace, type Statement, type Tx } from '../../db/client.ts'
import { familySources } from '../../db/condition-families-sql.ts'
import { conditionToSql } from '../../db/condition-sql.ts'
import { countingOf } from '../../db/count-limit.ts'
import type { CompiledCondition } from '../../domain/condition/compiled-condition.ts'
import { type ShownLead, scoreColumn } from '../../pipeline/shown-leads.ts'

// Members now that were in at the moment, and those that left after it; for now the second part is empty.
const AS_OF = `SELECT lead_id, entered_at FROM segment_members
      WHERE workspace_id = $1 AND segment_key = $2 AND entered_at <= $3
    UNION ALL SELECT lead_id, entered_at FROM segment_stays
      WHERE workspace_id = $1 AND segment_key = $2 AND entered_at <= $3 AND left_at > $3`

const membersStatement: Statement = {
  name: 'list_segment_members',
  text: `SELECT m.entered_at, l.*, ${scoreColumn('l')} FROM (${AS_OF}) AS m
    JOIN leads l ON l.workspace_id = $1 AND l.id = m.lead_id
    WHERE $4::uuid IS NULL OR m.lead_id < $4 ORDER BY m.lead_id DESC LIMIT $5`,
}

export interface MemberRow {
  entered_at: string
  lead: ShownLead
}

/** A page of the members at a moment, the newest leads first. */
export async function listMembers(
  db: Db,
  workspaceId: string,
  key: string,
  at: string,
  before: string | null,
  limit: number,
): Promise<MemberRow[]> {
  const values = [workspaceId, key, at, before, limit]
  const rows = await readInWorkspace<ShownLead & { workspace_id: string; entered_at: string }>(
    db,
    workspaceId,
    membersStatement,
    values,
  )
  return rows.map(({ workspace_id: _, entered_at, ...lead }) => ({ entered_at, lead }))
}

const countStatement: Statement = { name: 'count_segment_members', text: countingOf(AS_OF) }

/** How many members there were, counted up to one more than the limit. */
export async function countMembers(db: Db, workspaceId: string, key: string, at: string): Promise<number> {
  const [row] = await readInWorkspace<{ count: number }>(db, workspaceId, countStatement, [workspaceId, key, at])
  return row?.count ?? 0
}

const membershipStatement: Statement = {
  name: 'find_segment_membership',
  text: 'SELECT entered_at FROM segment_members WHERE workspace_id = $1 AND segment_key = $2 AND lead_id = $3',
}

/** Since when a lead is in a segment. */
export async function findMembership(tx: Tx, key: string, leadId: string): Promise<string | null> {
  const [row] = await tx.query<{ entered_at: string }>(membershipStatement, [tx.workspaceId, key, leadId])
  return row?.entered_at ?? null
}

/** How many leads a condition lets in, up to one more than the limit, and the newest of them. */
export async function previewCondition(
  tx: Tx,
  condition: CompiledCondition,
  sample: number,
  now: Date,
): Promise<{ count: number; leads: ShownLead[] }> {
  const sources = familySources(tx.workspaceId)
  const { text, values } = conditionToSql(condition, { firstParameter: 2, alias: 'l', now, sources })
  const matching = `FROM leads l WHERE l.workspace_id = $1 AND NOT l.archived AND ${text}`
  const given = [tx.workspaceId, ...values]
  const [counted] = await tx.query<{ count: number }>(countingOf(`SELECT 1 ${matching}`), given)
  const newest = `SELECT l.*, ${scoreColumn('l')} ${matching} ORDER BY l.created_at DESC, l.id DESC LIMIT ${sample}`
  const rows = await tx.query<ShownLead & { workspace_id: string }>(newest, given)
  return { count: counted?.count ?? 0, leads: rows.map(({ workspace_id: _, ...lead }) => lead) }
}
