/** Statements that give stored events to leads and take them back, judge them anew, and count their days again. */
import type { Statement, Tx } from '../../db/client.ts'

/** As much of a changed event as its counters need. */
export interface MovedEvent {
  lead_id: string | null
  visitor_id: string | null
  name: string
  occurred_at: string
  is_bot: boolean
}

/** Most events of a visitor that become a lead's: no person did more before they said who they are. */
const MOST_ATTACHED = 10_000

const attachStatement: Statement = {
  name: 'attach_events',
  text: `UPDATE events AS e SET lead_id = own.lead_id FROM (
      SELECT a.lead_id, x.occurred_at, x.id FROM unnest($2::text[], $3::uuid[]) AS a (visitor_id, lead_id),
        LATERAL (SELECT occurred_at, id FROM events
          WHERE workspace_id = $1 AND visitor_id = a.visitor_id AND lead_id IS NULL
          ORDER BY occurred_at DESC, id DESC LIMIT ${MOST_ATTACHED}) AS x) AS own
    WHERE e.workspace_id = $1 AND e.occurred_at = own.occurred_at AND e.id = own.id
    RETURNING e.lead_id, e.visitor_id, e.name, e.occurred_at, e.is_bot`,
}

/** Gives the events of visitors that belong to nobody to leads; of each the newest, when there are very many. */
export async function attachEvents(
  tx: Tx,
  owners: readonly { visitor_id: string; lead_id: string }[],
): Promise<MovedEvent[]> {
  if (owners.length === 0) return []
  const values = [owners.map(({ visitor_id }) => visitor_id), owners.map(({ lead_id }) => lead_id)]
  return await tx.query(attachStatement, [tx.workspaceId, ...values])
}

const detachStatement: Statement = {
  name: 'detach_events',
  text: `UPDATE events SET lead_id = NULL WHERE workspace_id = $1 AND visitor_id = $2 AND lead_id = $3
    RETURNING $3::uuid AS lead_id, visitor_id, name, occurred_at, is_bot`,
}

/** Takes the events of a visitor from a lead; they are told with the lead that had them. */
export async function detachEvents(tx: Tx, visitorId: string, leadId: string): Promise<MovedEvent[]> {
  return await tx.query(detachStatement, [tx.workspaceId, visitorId, leadId])
}

export interface EventSelection {
  lead_id: string | null
  visitor_id: string | null
  /** Time and id of single events. */
  events: { occurred_at: string; id: string }[] | null
  name: string | null
  occurred_after: string | null
  occurred_before: string | null
}

// Single events are found by their keys, the events of somebody by the index of their owner: one statement for each way.
const judgeStatement = (name: string, found: string): Statement => ({
  name,
  text: `UPDATE events AS e SET is_bot = $8, bot_probability = $9 FROM (SELECT x.occurred_at, x.id FROM ${found}
      AND ($2::uuid IS NULL OR x.lead_id = $2) AND ($3::text IS NULL OR x.visitor_id = $3)
      AND ($4::text IS NULL OR x.name = $4) AND ($5::timestamptz IS NULL OR x.occurred_at >= $5)
      AND ($6::timestamptz IS NULL OR x.occurred_at < $6) AND (x.is_bot <> $8 OR x.bot_probability <> $9)
      ORDER BY x.occurred_at, x.id LIMIT $7) AS own
    WHERE e.workspace_id = $1 AND e.occurred_at = own.occurred_at AND e.id = own.id
    RETURNING e.lead_id, e.visitor_id, e.name, e.occurred_at, e.is_bot`,
})
const judgeByOwner = judgeStatement('judge_events_of_owner', 'events x WHERE x.workspace_id = $1')
const judgeById = judgeStatement(
  'judge_events_by_id',
  `unnest($10::timestamptz[], $11::uuid[]) AS k (occurred_at, id)
    JOIN events x ON x.occurred_at = k.occurred_at AND x.id = k.id WHERE x.workspace_id = $1`,
)

/** Changes the verdict on the selected events that have another; the oldest first. Returns those that changed. */
export async function judgeEvents(
  tx: Tx,
  { lead_id, visitor_id, events, name, occurred_after, occurred_before }: EventSelection,
  { is_bot, bot_probability }: { is_bot: boolean; bot_probability: number },
  limit: number,
): Promise<MovedEvent[]> {
  const narrowed = [lead_id, visitor_id, name, occurred_after, occurred_before]
  const values = [tx.workspaceId, ...narrowed, limit, is_bot, bot_probability]
  if (events === null) return await tx.query(judgeByOwner, values)
  const keys = [events.map(({ occurred_at }) => occurred_at), events.map(({ id }) => id)]
  return await tx.query(judgeById, [...values, ...keys])
}

// Locked first, in one order: what was counted before is then visible, and what is being counted waits and adds to it.
const lockDaysStatement: Statement = {
  name: 'lock_event_days',
  text: `SELECT c.day FROM lead_event_counters c
    JOIN unnest($2::uuid[], $3::text[], $4::date[]) AS d (lead_id, name, day) USING (lead_id, name, day)
    WHERE c.workspace_id = $1 ORDER BY c.lead_id, c.day, c.name FOR UPDATE OF c`,
}
const recountStatement: Statement = {
  name: 'recount_event_days',
  text: `UPDATE lead_event_counters AS c SET raw_count = found.raw_count, count = found.count,
      first_at = found.first_at, last_at = found.last_at
    FROM (SELECT d.lead_id, d.name, d.day, f.* FROM unnest($2::uuid[], $3::text[], $4::date[]) AS d (lead_id, name, day),
      LATERAL (SELECT count(*) AS raw_count, count(*) FILTER (WHERE NOT e.is_bot) AS count,
          min(e.occurred_at) FILTER (WHERE NOT e.is_bot) AS first_at,
          max(e.occurred_at) FILTER (WHERE NOT e.is_bot) AS last_at
        FROM events e WHERE e.workspace_id = $1 AND e.lead_id = d.lead_id AND e.name = d.name
          AND e.occurred_at >= d.day::timestamp AT TIME ZONE 'UTC'
          AND e.occurred_at < (d.day + 1)::timestamp AT TIME ZONE 'UTC') AS f) AS found
    WHERE c.workspace_id = $1 AND c.lead_id = found.lead_id AND c.name = found.name AND c.day = found.day`,
}
const dropEmptyStatement: Statement = {
  name: 'drop_empty_event_days',
  text: `DELETE FROM lead_event_counters AS c USING unnest($2::uuid[], $3::text[], $4::date[]) AS d (lead_id, name, day)
    WHERE c.workspace_id = $1 AND c.lead_id = d.lead_id AND c.name = d.name AND c.day = d.day AND c.raw_count = 0`,
}

/** Counts the days of these events again from the raw events; of those the days are still kept, or these would be gone. */
export async function recountDays(tx: Tx, moved: readonly MovedEvent[]): Promise<void> {
  const days = new Map<string, { lead: string; name: string; day: string }>()
  for (const { lead_id, name, occurred_at } of moved) {
    if (lead_id === null) continue
    const day = occurred_at.slice(0, 10)
    days.set(`${lead_id} ${day} ${name}`, { lead: lead_id, name, day })
  }
  if (days.size === 0) return
  const all = [...days.values()]
  const values = [tx.workspaceId, all.map(({ lead }) => lead), all.map(({ name }) => name), all.map(({ day }) => day)]
  await tx.query(lockDaysStatement, values)
  await tx.query(recountStatement, values)
  await tx.query(dropEmptyStatement, values)
}
