/** Statements that find whose events these are, and events themselves. */
import { type Db, readInWorkspace, type Statement, type Tx } from '../../db/client.ts'
import type { StoredEvent } from '../../domain/behaviour/event.ts'
import type { Identity } from '../../domain/intake.ts'

const knownLeadsStatement: Statement = {
  name: 'list_known_leads',
  text: 'SELECT id FROM leads WHERE workspace_id = $1 AND id = ANY($2::uuid[])',
}

/** Which of these leads exist. */
export async function listKnownLeads(tx: Tx, ids: string[]): Promise<Set<string>> {
  if (ids.length === 0) return new Set()
  const rows = await tx.query<{ id: string }>(knownLeadsStatement, [tx.workspaceId, ids])
  return new Set(rows.map(({ id }) => id))
}

/** Whether there is such a lead. */
export async function hasLead(db: Db, workspaceId: string, id: string): Promise<boolean> {
  return (await readInWorkspace(db, workspaceId, knownLeadsStatement, [workspaceId, [id]])).length > 0
}

const ownersStatement: Statement = {
  name: 'list_identity_owners',
  text: `SELECT i.kind, i.value, i.lead_id FROM unnest($2::text[], $3::text[]) AS asked (kind, value)
    JOIN identities i ON i.workspace_id = $1 AND i.kind = asked.kind AND i.value = asked.value`,
}

/** The leads that have these identities. */
export async function listIdentityOwners(tx: Tx, identities: Identity[]): Promise<(Identity & { lead_id: string })[]> {
  if (identities.length === 0) return []
  const [kinds, values] = [identities.map(({ kind }) => kind), identities.map(({ value }) => value)]
  return await tx.query(ownersStatement, [tx.workspaceId, kinds, values])
}

const COLUMNS =
  'id, occurred_at, lead_id, visitor_id, name, properties, source, url, bot_probability, is_bot, bot_signs, received_at'

export interface EventFilter {
  lead_id: string | null
  visitor_id: string | null
  name: string | null
  occurred_after: string | null
  occurred_before: string | null
  is_bot: boolean | null
}

// One statement for each way of finding events, so that each has its index.
const listStatement = (name: string, owner: string): Statement => ({
  name,
  text: `SELECT ${COLUMNS} FROM events WHERE workspace_id = $1 AND ${owner}
    AND ($4::text IS NULL OR name = $4) AND ($5::timestamptz IS NULL OR occurred_at >= $5)
    AND ($6::timestamptz IS NULL OR occurred_at < $6) AND ($7::boolean IS NULL OR is_bot = $7)
    AND ($8::timestamptz IS NULL OR (occurred_at, id) < ($8, $9::uuid))
    ORDER BY occurred_at DESC, id DESC LIMIT $10`,
})
const listByLead = listStatement('list_events_of_lead', 'lead_id = $2::uuid AND ($3::text IS NULL OR visitor_id = $3)')
const listByVisitor = listStatement('list_events_of_visitor', '$2::uuid IS NULL AND visitor_id = $3::text')

/** A page of the events of a lead, a visitor or both, newest first. */
export async function listEventRows(
  db: Db,
  workspaceId: string,
  { lead_id, visitor_id, name, occurred_after, occurred_before, is_bot }: EventFilter,
  before: [string, string] | null,
  limit: number,
): Promise<StoredEvent[]> {
  const statement = lead_id === null ? listByVisitor : listByLead
  const narrowed = [name, occurred_after, occurred_before, is_bot, ...(before ?? [null, null]), limit]
  return await readInWorkspace(db, workspaceId, statement, [workspaceId, lead_id, visitor_id, ...narrowed])
}

const findStatement: Statement = {
  name: 'find_event',
  text: `SELECT ${COLUMNS} FROM events WHERE workspace_id = $1 AND occurred_at = $2 AND id = $3`,
}

/** One event; its id tells when it occurred. */
export async function findEvent(
  db: Db,
  workspaceId: string,
  id: string,
  occurredAt: string,
): Promise<StoredEvent | undefined> {
  const [row] = await readInWorkspace<StoredEvent>(db, workspaceId, findStatement, [workspaceId, occurredAt, id])
  return row
}

export interface EventTotal {
  name: string
  raw_count: number
  count: number
  first_at: string | null
  last_at: string | null
}

const totalsStatement: Statement = {
  name: 'list_lead_event_totals',
  text: `SELECT name, sum(raw_count)::bigint AS raw_count, sum(count)::bigint AS count, min(first_at) AS first_at,
      max(last_at) AS last_at FROM lead_event_counters
    WHERE workspace_id = $1 AND lead_id = $2 AND ($3::date IS NULL OR day >= $3) AND ($4::date IS NULL OR day <= $4)
    GROUP BY name ORDER BY max(last_at) DESC NULLS LAST, name LIMIT $5`,
}

/** How often a lead did what, by event name, the latest first. */
export async function listEventTotals(
  db: Db,
  workspaceId: string,
  leadId: string,
  days: { from: string | null; to: string | null },
  limit: number,
): Promise<EventTotal[]> {
  return await readInWorkspace(db, workspaceId, totalsStatement, [workspaceId, leadId, days.from, days.to, limit])
}
