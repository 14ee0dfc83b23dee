/** A picture of turns and desks at the first decision of each day (UTC): replays of past days start from it. */
import type { Statement, Tx } from '../../db/client.ts'
import { readDay } from '../../domain/routing/local-day.ts'
import { blankStanding, type Standing } from '../../domain/routing/routing-world.ts'
import type { Turn } from '../../domain/routing/turn.ts'
import type { RoutingClock } from './routing-clock.ts'

const keepStatement: Statement = {
  name: 'keep_routing_day',
  text: `INSERT INTO routing_days (workspace_id, day, taken_at, decisions, turns, loads)
    SELECT $1, $2, $3, $4,
      coalesce((SELECT jsonb_agg(to_jsonb(t) - 'workspace_id') FROM pool_turns t WHERE t.workspace_id = $1), '[]'),
      coalesce((SELECT jsonb_agg(to_jsonb(l) - 'workspace_id') FROM seller_loads l WHERE l.workspace_id = $1), '[]')
    ON CONFLICT DO NOTHING`,
}
const markStatement: Statement = {
  name: 'mark_routing_day',
  text: 'UPDATE routing_clocks SET snapshot_day = $2 WHERE workspace_id = $1',
}

/** Keeps the picture of a new day, under the routing lock and before its first decision. */
export async function keepDay(tx: Tx, clock: RoutingClock, now: Date): Promise<void> {
  const at = now.toISOString()
  const day = at.slice(0, 10)
  if (clock.snapshot_day !== null && clock.snapshot_day >= day) return
  await tx.query(keepStatement, [tx.workspaceId, day, at, clock.decisions])
  await tx.query(markStatement, [tx.workspaceId, day])
}

const findStatement: Statement = {
  name: 'find_routing_day',
  text: `SELECT taken_at, decisions, turns, loads FROM routing_days WHERE workspace_id = $1 AND day >= $2 ORDER BY day LIMIT 1`,
}

interface DayRow {
  taken_at: string
  decisions: number
  turns: { pool_key: string; user_id: string; pass: number; last_decision: number }[]
  loads: { user_id: string; open_count: number; day: string; day_count: number; week: string; week_count: number }[]
}

/** Where everybody stood at the first decision on or after a day; undefined when there was none. */
export async function findDay(tx: Tx, day: string): Promise<{ taken_at: string; standing: Standing } | undefined> {
  const [row] = await tx.query<DayRow>(findStatement, [tx.workspaceId, day])
  if (row === undefined) return undefined
  const standing = { ...blankStanding(), decisions: row.decisions }
  for (const { pool_key, user_id, pass, last_decision: last } of row.turns) {
    const pool = standing.turns.get(pool_key) ?? new Map<string, Turn>()
    standing.turns.set(pool_key, pool.set(user_id, { pass, last }))
  }
  for (const { user_id, open_count: open, day: today, day_count, week, week_count } of row.loads) {
    standing.loads.set(user_id, { open, day: readDay(today), day_count, week: readDay(week), week_count })
  }
  return { taken_at: row.taken_at, standing }
}
