/** Statements of visits, which are lines of the timeline, and of the events that they sum up. */
import type { Statement, Tx } from '../../db/client.ts'
import type { VisitEvent } from '../../domain/behaviour/visits.ts'

/** Type of these lines. */
export const VISIT_TYPE = 'website_visit'

/** A visitor of a lead, and the time that is in no visit yet. */
export interface PendingVisits {
  lead_id: string
  visitor_id: string
  visits_from: string
  visits_to: string
}

// Not waited for: whoever holds a visitor is storing its events and marks the lead again, after this transaction.
const claimStatement: Statement = {
  name: 'claim_pending_visits',
  text: `SELECT lead_id, visitor_id, visits_from, visits_to FROM visitors
    WHERE workspace_id = $1 AND lead_id = ANY($2::uuid[]) AND visits_from IS NOT NULL
    ORDER BY visitor_id FOR UPDATE SKIP LOCKED`,
}

/** The visitors of these leads whose visits are not up to date, locked. */
export async function claimPendingVisits(tx: Tx, leadIds: readonly string[]): Promise<PendingVisits[]> {
  return await tx.query(claimStatement, [tx.workspaceId, leadIds])
}

const settleStatement: Statement = {
  name: 'settle_visits',
  text: `UPDATE visitors SET visits_from = NULL, visits_to = NULL
    WHERE workspace_id = $1 AND visitor_id = ANY($2::text[])`,
}

/** Notes that the visits of these visitors are up to date. */
export async function settleVisits(tx: Tx, visitorIds: readonly string[]): Promise<void> {
  if (visitorIds.length > 0) await tx.query(settleStatement, [tx.workspaceId, visitorIds])
}

const reopenStatement: Statement = {
  name: 'reopen_visits',
  text: `UPDATE visitors AS v SET visits_from = least(v.visits_from, r.first_at), visits_to = greatest(v.visits_to, r.last_at)
    FROM unnest($2::text[], $3::timestamptz[], $4::timestamptz[]) AS r (visitor_id, first_at, last_at)
    WHERE v.workspace_id = $1 AND v.visitor_id = r.visitor_id`,
}

/** Has the visits of a time made anew. */
export async function reopenVisits(
  tx: Tx,
  times: readonly { visitor_id: string; first_at: string; last_at: string }[],
): Promise<void> {
  if (times.length === 0) return
  const columns = (['visitor_id', 'first_at', 'last_at'] as const).map((name) => times.map((row) => row[name]))
  await tx.query(reopenStatement, [tx.workspaceId, ...columns])
}

export interface StoredVisit {
  id: string
  started_at: string
  ended_at: string
}

const findStatement: Statement = {
  name: 'find_visits',
  text: `SELECT id, occurred_at AS started_at, data ->> 'ended_at' AS ended_at FROM activities
    WHERE workspace_id = $1 AND lead_id = $2 AND occurred_at >= $4 AND occurred_at <= $6 AND type = '${VISIT_TYPE}'
      AND data ->> 'visitor_id' = $3 AND data ->> 'ended_at' >= $5 ORDER BY occurred_at, id`,
}

/** Stored visits that end at `from` or later and begin between `earliest` and `to`. */
export async function findVisits(
  tx: Tx,
  { lead_id, visitor_id }: PendingVisits,
  times: { earliest: string; from: string; to: string },
): Promise<StoredVisit[]> {
  return await tx.query(findStatement, [tx.workspaceId, lead_id, visitor_id, times.earliest, times.from, times.to])
}

const eventsStatement: Statement = {
  name: 'list_visit_events',
  text: `SELECT name, occurred_at, url FROM events WHERE workspace_id = $1 AND lead_id = $2 AND visitor_id = $3
    AND occurred_at >= $4 AND occurred_at <= $5 AND NOT is_bot`,
}

/** What a visitor of a lead did in a span of time. */
export async function listVisitEvents(
  tx: Tx,
  { lead_id, visitor_id }: PendingVisits,
  from: string,
  to: string,
): Promise<VisitEvent[]> {
  return await tx.query(eventsStatement, [tx.workspaceId, lead_id, visitor_id, from, to])
}

const deleteStatement: Statement = {
  name: 'delete_visits',
  text: 'DELETE FROM activities WHERE workspace_id = $1 AND id = ANY($2::uuid[])',
}

/** Removes visits that are written anew. */
export async function deleteVisits(tx: Tx, ids: readonly string[]): Promise<void> {
  if (ids.length > 0) await tx.query(deleteStatement, [tx.workspaceId, ids])
}

const deleteOfVisitorStatement: Statement = {
  name: 'delete_visits_of_visitor',
  text: `DELETE FROM activities WHERE workspace_id = $1 AND lead_id = $2 AND type = '${VISIT_TYPE}'
    AND data ->> 'visitor_id' = $3`,
}

/** Removes the visits of a visitor from the timeline of a lead. */
export async function deleteVisitsOf(tx: Tx, leadId: string, visitorId: string): Promise<void> {
  await tx.query(deleteOfVisitorStatement, [tx.workspaceId, leadId, visitorId])
}
