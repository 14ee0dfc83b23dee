/** Statements that the route stage loads facts with, and keeps the list of leads that nobody could take. */
import type { Statement, Tx } from '../../db/client.ts'
import type { Explanation } from '../../domain/routing/explanation.ts'
import { REFUSING_ENDS, RELEASED } from '../../domain/routing/refusal.ts'

/** What happened to a lead so far. */
export interface AssignmentHistory {
  lead_id: string
  is_open: boolean
  /** Sellers who refused it, let it lie until it was taken from them, or gave it back last. */
  excluded: string[]
  /** The last seller who had it. */
  previous: string | null
  /** When it last came by itself; null when it never did. */
  arrived_at: string | null
  /** How it waits for an owner, if it does. */
  unrouted: { state: UnroutedLead['state']; since: string; receipt_id: string } | null
}

const historyStatement: Statement = {
  name: 'list_assignment_histories',
  text: `SELECT asked.lead_id, coalesce(past.is_open, false) AS is_open, coalesce(past.excluded, '{}') AS excluded, past.gave_back, past.previous,
      t.occurred_at AS arrived_at, u.state, u.since, u.receipt_id
    FROM unnest($2::uuid[]) AS asked (lead_id)
    CROSS JOIN LATERAL (SELECT bool_or(ended_at IS NULL) AS is_open,
        array_agg(DISTINCT user_id) FILTER (WHERE end_reason = ANY($3::text[]) AND user_id IS NOT NULL) AS excluded,
        (array_agg(CASE end_reason WHEN '${RELEASED}' THEN user_id END ORDER BY assigned_at DESC, id DESC))[1] AS gave_back,
        (array_agg(user_id ORDER BY assigned_at DESC, id DESC) FILTER (WHERE user_id IS NOT NULL))[1] AS previous
      FROM assignments WHERE workspace_id = $1 AND lead_id = asked.lead_id) AS past
    LEFT JOIN LATERAL (SELECT occurred_at FROM touches WHERE workspace_id = $1 AND lead_id = asked.lead_id
      ORDER BY occurred_at DESC, id DESC LIMIT 1) AS t ON true
    LEFT JOIN unrouted_leads u ON u.workspace_id = $1 AND u.lead_id = asked.lead_id`,
}

type HistoryRow = Omit<AssignmentHistory, 'unrouted'> & {
  gave_back: string | null
  state: UnroutedLead['state'] | null
  since: string
  receipt_id: string
}

/** What happened to each of these leads. */
export async function listHistories(tx: Tx, leadIds: string[]): Promise<Map<string, AssignmentHistory>> {
  const rows = await tx.query<HistoryRow>(historyStatement, [tx.workspaceId, leadIds, REFUSING_ENDS])
  return new Map(
    rows.map(({ state, since, receipt_id, gave_back, ...history }) => [
      history.lead_id,
      {
        ...history,
        excluded: gave_back === null ? history.excluded : [...history.excluded, gave_back],
        unrouted: state === null ? null : { state, since, receipt_id },
      },
    ]),
  )
}

const accountOwnersStatement: Statement = {
  name: 'list_account_owners',
  text: `SELECT a.id, coalesce(a.owner_id, (SELECT l.owner_id FROM leads l WHERE l.workspace_id = $1 AND l.account_id = a.id
      AND l.owner_id IS NOT NULL ORDER BY l.created_at, l.id LIMIT 1)) AS owner_id
    FROM accounts a WHERE a.workspace_id = $1 AND a.id = ANY($2::uuid[])`,
}

/** Who owns each company: as it says itself, else the owner of its oldest lead that has one. */
export async function listAccountOwners(tx: Tx, accountIds: string[]): Promise<Map<string, string>> {
  if (accountIds.length === 0) return new Map()
  const rows = await tx.query<{ id: string; owner_id: string | null }>(accountOwnersStatement, [
    tx.workspaceId,
    accountIds,
  ])
  return new Map(rows.flatMap(({ id, owner_id }) => (owner_id === null ? [] : [[id, owner_id]])))
}

/** A lead that should have an owner and has none. */
export interface UnroutedLead {
  lead_id: string
  state: 'waiting' | 'unroutable'
  reason: string
  rule_key: string | null
  pool_key: string | null
  since: string
  retry_at: string | null
  policy_version: number
  teams_version: number
  explanation: Explanation
  receipt_id: string
}

const saveStatement: Statement = {
  name: 'save_unrouted_leads',
  text: `INSERT INTO unrouted_leads SELECT * FROM jsonb_populate_recordset(null::unrouted_leads, $1::jsonb) ORDER BY lead_id
    ON CONFLICT (workspace_id, lead_id) DO UPDATE SET state = excluded.state, reason = excluded.reason,
      rule_key = excluded.rule_key, pool_key = excluded.pool_key, since = excluded.since, retry_at = excluded.retry_at,
      policy_version = excluded.policy_version, teams_version = excluded.teams_version, explanation = excluded.explanation, receipt_id = excluded.receipt_id`,
}
const deleteStatement: Statement = {
  name: 'delete_unrouted_leads',
  text: 'DELETE FROM unrouted_leads WHERE workspace_id = $1 AND lead_id = ANY($2::uuid[])',
}
const waitingStatement: Statement = {
  name: 'list_unrouted_ids',
  text: 'SELECT lead_id FROM unrouted_leads WHERE workspace_id = $1 ORDER BY since, lead_id LIMIT $2',
}

/** Notes leads that nobody could take. */
export function saveUnrouted(tx: Tx, rows: UnroutedLead[]): void {
  if (rows.length === 0) return
  tx.send(saveStatement, [JSON.stringify(rows.map((row) => ({ workspace_id: tx.workspaceId, ...row })))])
}

/** Forgets leads that somebody has now, or that need nobody any more. */
export function deleteUnrouted(tx: Tx, leadIds: string[]): void {
  if (leadIds.length > 0) tx.send(deleteStatement, [tx.workspaceId, leadIds])
}

/** Leads that wait for somebody, the longest waiting first. */
export async function listWaitingIds(tx: Tx, limit: number): Promise<string[]> {
  const rows = await tx.query<{ lead_id: string }>(waitingStatement, [tx.workspaceId, limit])
  return rows.map(({ lead_id }) => lead_id)
}
