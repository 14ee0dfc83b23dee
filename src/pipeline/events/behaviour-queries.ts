/** Statements that tell when leads did something. */
import type { Statement, Tx } from '../../db/client.ts'
import type { DayCount } from '../../domain/behaviour/times-of-day.ts'

const countsStatement: Statement = {
  name: 'list_day_counts',
  text: `SELECT lead_id, name, day, count, first_at, last_at FROM lead_event_counters
    WHERE workspace_id = $1 AND lead_id = ANY($2::uuid[]) AND name = ANY($3::text[]) AND count > 0
      AND ($4::date IS NULL OR day >= $4)
    ORDER BY lead_id, name, day DESC`,
}

export type LeadDayCount = DayCount & { lead_id: string; name: string }

/** The counters of these leads and names, newest day first; `from` leaves out the days before it. */
export async function listDayCounts(
  tx: Tx,
  leadIds: readonly string[],
  names: readonly string[],
  from: string | null,
): Promise<LeadDayCount[]> {
  return await tx.query(countsStatement, [tx.workspaceId, leadIds, names, from])
}

/** Part of a lead's time whose raw events are asked for. */
export interface TimeRange {
  lead_id: string
  name: string
  first_at: string
  last_at: string
  most: number
}

const timesStatement: Statement = {
  name: 'list_event_times',
  text: `SELECT asked.place, array(SELECT extract(epoch FROM e.occurred_at)::float8 * 1000 FROM events e
      WHERE e.workspace_id = $1 AND e.lead_id = asked.lead_id AND e.name = asked.name AND NOT e.is_bot
        AND e.occurred_at >= asked.first_at AND e.occurred_at <= least(asked.last_at, $7::timestamptz)
        AND NOT EXISTS (SELECT FROM jsonb_each_text($8::jsonb) AS wanted (name, text) WHERE
          coalesce(CASE jsonb_typeof(e.properties -> wanted.name) WHEN 'string'
            THEN lower((e.properties ->> wanted.name) COLLATE "C") = wanted.text END, false) IS NOT TRUE)
      ORDER BY e.occurred_at DESC LIMIT asked.most) AS times
    FROM unnest($2::uuid[], $3::text[], $4::timestamptz[], $5::timestamptz[], $6::int[])
      WITH ORDINALITY AS asked (lead_id, name, first_at, last_at, most, place)`,
}

/** The newest times in each range up to `now`, newest first; `properties` (folded texts by name) narrow the events. */
export async function listEventTimes(
  tx: Tx,
  ranges: readonly TimeRange[],
  now: Date,
  properties: Readonly<Record<string, string>> = {},
): Promise<number[][]> {
  const times: number[][] = ranges.map(() => [])
  if (ranges.length === 0) return times
  const rows = await tx.query<{ place: number; times: number[] }>(timesStatement, [
    tx.workspaceId,
    ranges.map(({ lead_id }) => lead_id),
    ranges.map(({ name }) => name),
    ranges.map(({ first_at }) => first_at),
    ranges.map(({ last_at }) => last_at),
    ranges.map(({ most }) => most),
    now.toISOString(),
    JSON.stringify(properties),
  ])
  for (const row of rows) times[row.place - 1] = row.times.map(Math.round)
  return times
}
