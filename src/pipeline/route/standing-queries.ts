/** Statements about where everybody stands: turns in the rotations, and what is on the desks. */
import type { Statement, Tx } from '../../db/client.ts'
import { readDay } from '../../domain/routing/local-day.ts'
import type { Standing } from '../../domain/routing/routing-world.ts'
import type { Turn } from '../../domain/routing/turn.ts'

const turnsStatement: Statement = {
  name: 'list_pool_turns',
  text: 'SELECT pool_key, user_id, pass, last_decision AS last FROM pool_turns WHERE workspace_id = $1',
}
const loadsStatement: Statement = {
  name: 'list_seller_loads',
  text: 'SELECT user_id, open_count, day, day_count, week, week_count FROM seller_loads WHERE workspace_id = $1',
}

interface TurnRow extends Turn {
  pool_key: string
  user_id: string
}

interface LoadRow {
  user_id: string
  open_count: number
  day: string
  day_count: number
  week: string
  week_count: number
}

/** Where everybody stands, under the routing lock; `before` are the turns as they are stored. */
export async function loadStanding(
  tx: Tx,
  decisions: number,
): Promise<{ standing: Standing; before: Standing['turns'] }> {
  const [turnRows, loadRows] = await Promise.all([
    tx.query<TurnRow>(turnsStatement, [tx.workspaceId]),
    tx.query<LoadRow>(loadsStatement, [tx.workspaceId]),
  ])
  const turns: Standing['turns'] = new Map()
  for (const { pool_key, user_id, pass, last } of turnRows) {
    const pool = turns.get(pool_key) ?? new Map<string, Turn>()
    turns.set(pool_key, pool.set(user_id, { pass, last }))
  }
  const loads = new Map(
    loadRows.map(({ user_id, open_count: open, day, day_count, week, week_count }) => [
      user_id,
      { open, day: readDay(day), day_count, week: readDay(week), week_count },
    ]),
  )
  const before = new Map([...turns].map(([key, pool]) => [key, new Map(pool)]))
  return { standing: { decisions, turns, loads }, before }
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
export async function writeTurns(tx: Tx, before: Standing['turns'], after: Standing['turns']): Promise<void> {
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
  if (moved.length > 0) await tx.query(moveStatement, [tx.workspaceId, JSON.stringify(moved)])
  if (entered.length > 0) await tx.query(enterStatement, [tx.workspaceId, JSON.stringify(entered)])
}
