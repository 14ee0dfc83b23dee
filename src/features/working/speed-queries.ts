/** Speed to lead: from the moment a lead came to the first time somebody touched it. */
import { type Db, readInWorkspace, type Statement } from '../../db/client.ts'

export interface SpeedRow {
  /** What the group is about; null where it has no name. */
  key: string | null
  arrivals: number
  touched: number
  median_seconds: number | null
  p90_seconds: number | null
}

// A lead that came once and was handed on counts once: its arrival, its first touch by whoever, and who that was. The
// bound on assigned_at is what the index knows; nothing is assigned before it came.
const ARRIVALS = `SELECT lead_id, arrived_at, min(first_touch_at) AS touched_at,
      (array_agg(user_id ORDER BY first_touch_at NULLS LAST, assigned_at DESC) FILTER (WHERE user_id IS NOT NULL))[1] AS user_id
    FROM assignments WHERE workspace_id = $1 AND target <> 'buyer'
      AND arrived_at >= $2::timestamptz AND arrived_at < $3::timestamptz AND assigned_at >= $2::timestamptz
    GROUP BY lead_id, arrived_at`
const SECONDS = 'extract(epoch FROM a.touched_at - a.arrived_at)'
const MEASURES = `count(*)::int AS arrivals, count(a.touched_at)::int AS touched,
    percentile_cont(0.5) WITHIN GROUP (ORDER BY ${SECONDS})::float8 AS median_seconds,
    percentile_cont(0.9) WITHIN GROUP (ORDER BY ${SECONDS})::float8 AS p90_seconds`

const allStatement: Statement = {
  name: 'measure_speed',
  text: `SELECT NULL AS key, ${MEASURES} FROM (${ARRIVALS}) AS a`,
}

const groupedBy = (name: string, key: string, join = ''): Statement => ({
  name: `measure_speed_by_${name}`,
  text: `SELECT ${key} AS key, ${MEASURES} FROM (${ARRIVALS}) AS a ${join} GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT $4`,
})

const STATEMENTS = {
  member: groupedBy('member', 'a.user_id::text'),
  source: groupedBy('source', 'l.source_key', 'JOIN leads l ON l.workspace_id = $1 AND l.id = a.lead_id'),
}

export const SPEED_GROUPS = ['member', 'source'] as const
export type SpeedGroup = (typeof SPEED_GROUPS)[number]

/** Most groups told; the ones with most arrivals. */
export const MOST_SPEED_GROUPS = 500

/** Speed of all leads that came in a period, and of each group. */
export async function measureSpeed(
  db: Db,
  workspaceId: string,
  { from, to, by }: { from: string; to: string; by: SpeedGroup | null },
): Promise<{ all: SpeedRow; groups: SpeedRow[] }> {
  const values = [workspaceId, from, to]
  const [[all], groups] = await Promise.all([
    readInWorkspace<SpeedRow>(db, workspaceId, allStatement, values),
    by === null ? [] : readInWorkspace<SpeedRow>(db, workspaceId, STATEMENTS[by], [...values, MOST_SPEED_GROUPS]),
  ])
  if (all === undefined) throw new Error('a count without groups has one row')
  return { all, groups }
}
