/** Statements about where everybody stands: turns in the rotations, and what is on the desks. */
import type { Statement, Tx } from '../../db/client.ts'
import { readDay } from '../../domain/routing/local-day.ts'
import type { Standing } from '../../domain/routing/routing-world.ts'
import type { Turn } from '../../domain/routing/turn.ts'

// One row, its lists as JSON: two hundred rows of a crew cost the driver more than all else that a decision reads.
const standingStatement: Statement = {
  name: 'find_standing',
  text: `SELECT
      (SELECT json_agg(json_build_array(pool_key, user_id, pass, last_decision)) FROM pool_turns WHERE workspace_id = $1) AS turns,
      (SELECT json_agg(json_build_array(user_id, open_count, day, day_count, week, week_count)) FROM seller_loads WHERE workspace_id = $1) AS loads`,
}

interface StandingRow {
  /** Pool, seller, pass, last decision; null when there are none. */
  turns: [string, string, number, number][] | null
  /** Seller, open, day, leads of that day, Monday of the week, leads of that week. */
  loads: [string, number, string, number, string, number][] | null
}

/** Turns and desks as stored; `before` are the turns before anybody moves them. */
export interface StoredStanding {
  turns: Standing['turns']
  loads: Standing['loads']
  before: Standing['turns']
}

/** Where everybody stands, under the routing lock. */
export async function loadStanding(tx: Tx): Promise<StoredStanding> {
  const [row] = await tx.query<StandingRow>(standingStatement, [tx.workspaceId])
  const turns: Standing['turns'] = new Map()
  for (const [poolKey, userId, pass, last] of row?.turns ?? []) {
    const pool = turns.get(poolKey) ?? new Map<string, Turn>()
    turns.set(poolKey, pool.set(userId, { pass, last }))
  }
  const loads = new Map(
    (row?.loads ?? []).map(([userId, open, day, day_count, week, week_count]) => [
      userId,
      { open, day: readDay(day), day_count, week: readDay(week), week_count },
    ]),
  )
  return { turns, loads, before: new Map([...turns].map(([key, pool]) => [key, new Map(pool)])) }
}

const moveStatement: Statement = {
  name: 'move_pool_turns',
  text: `UPDATE pool_turns AS t SET pass = t.pass + m.step, last_decision = m.last
    FROM jsonb_to_recordset($2::jsonb) AS m (pool_key text, user_id uuid, step bigint, last bigint)
    WHERE t.workspace_id = $1 AND t.pool_key = m.pool_key AND t.user_id = m.user_id`,
}
const enterStatement: Statement = {
  name: 'enter_pool_turns',
  text: `INSERT INTO pool_turns (workspace_id, pool_key, user_id, pass, last_decision)
    SELECT $1, pool_key, user_id, pass, last FROM jsonb_to_recordset($2::jsonb) AS e (pool_key text, user_id uuid, pass bigint, last bigint)
    ON CONFLICT DO NOTHING`,
}

/** Writes the turns that moved, as differences: a turn that is given back meanwhile is not lost. */
export function writeTurns(tx: Tx, before: Standing['turns'], after: Standing['turns']): void {
  const moved: object[] = []
  const entered: object[] = []
  for (const [pool_key, pool] of after) {
    for (const [user_id, { pass, last }] of pool) {
      const known = before.get(pool_key)?.get(user_id)
      if (known === undefined) entered.push({ pool_key, user_id, pass, last })
      else if (known.pass !== pass || known.last !== last) {
        moved.push({ pool_key, user_id, step: pass - known.pass, last })
      }
    }
  }
  if (moved.length > 0) tx.send(moveStatement, [tx.workspaceId, JSON.stringify(moved)])
  if (entered.length > 0) tx.send(enterStatement, [tx.workspaceId, JSON.stringify(entered)])
}
