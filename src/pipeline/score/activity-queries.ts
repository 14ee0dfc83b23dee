/** Statements that tell what leads did, day by day, as scores count it. */
import type { Statement, Tx } from '../../db/client.ts'
import { FORM_EVENT } from '../../domain/scoring/score-model.ts'

export interface ActivityRow {
  lead_id: string
  name: string
  count: number
  /** Epoch milliseconds. */
  first: number
  last: number
}

const countersStatement: Statement = {
  name: 'list_activity_days',
  text: `SELECT lead_id, name, count, extract(epoch FROM first_at)::float8 * 1000 AS first,
      extract(epoch FROM last_at)::float8 * 1000 AS last
    FROM lead_event_counters
    WHERE workspace_id = $1 AND lead_id = ANY($2::uuid[]) AND name = ANY($3::text[]) AND count > 0
      AND ($4::date IS NULL OR day >= $4)
    ORDER BY lead_id, name, day DESC`,
}

/** The counters of these leads and events, newest day first; `from` leaves out the days before it. */
export async function listActivityDays(
  tx: Tx,
  leadIds: readonly string[],
  names: readonly string[],
  from: string | null,
): Promise<ActivityRow[]> {
  return names.length === 0 ? [] : await tx.query(countersStatement, [tx.workspaceId, leadIds, names, from])
}

// Counters know nothing of properties. Text of a property is compared as conditions compare it (fold-text.ts).
const eventsStatement: Statement = {
  name: 'list_activity_days_of_events',
  text: `SELECT e.lead_id, e.name, count(*)::int AS count, extract(epoch FROM min(e.occurred_at))::float8 * 1000 AS first,
      extract(epoch FROM max(e.occurred_at))::float8 * 1000 AS last
    FROM events e
    WHERE e.workspace_id = $1 AND e.lead_id = ANY($2::uuid[]) AND e.name = $3 AND NOT e.is_bot
      AND ($4::timestamptz IS NULL OR e.occurred_at >= $4)
      AND NOT EXISTS (SELECT FROM jsonb_each_text($5::jsonb) AS wanted (name, text) WHERE
        coalesce(CASE jsonb_typeof(e.properties -> wanted.name) WHEN 'string'
          THEN lower((e.properties ->> wanted.name) COLLATE "C") = wanted.text END, false) IS NOT TRUE)
    GROUP BY e.lead_id, e.name, (e.occurred_at AT TIME ZONE 'UTC')::date
    ORDER BY e.lead_id, (e.occurred_at AT TIME ZONE 'UTC')::date DESC`,
}

/** The same of events with certain properties, counted from the events themselves. */
export async function listEventDays(
  tx: Tx,
  leadIds: readonly string[],
  name: string,
  properties: Readonly<Record<string, string>>,
  from: string | null,
): Promise<ActivityRow[]> {
  return await tx.query(eventsStatement, [tx.workspaceId, leadIds, name, from, JSON.stringify(properties)])
}

// Forms are no events of a browser: a submission is known by the touch that it left.
const formsStatement: Statement = {
  name: 'list_form_days',
  text: `SELECT lead_id, '${FORM_EVENT}' AS name, count(*)::int AS count,
      extract(epoch FROM min(occurred_at))::float8 * 1000 AS first, extract(epoch FROM max(occurred_at))::float8 * 1000 AS last
    FROM touches WHERE workspace_id = $1 AND lead_id = ANY($2::uuid[]) AND kind = 'form_submitted'
    GROUP BY lead_id, (occurred_at AT TIME ZONE 'UTC')::date
    ORDER BY lead_id, (occurred_at AT TIME ZONE 'UTC')::date DESC`,
}

/** On which days leads sent forms, newest first. */
export async function listFormDays(tx: Tx, leadIds: readonly string[]): Promise<ActivityRow[]> {
  return await tx.query(formsStatement, [tx.workspaceId, leadIds])
}
