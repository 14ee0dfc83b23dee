/** Sellers and teams as routing needs them: kept in memory until either changes, which happens under the routing lock. */
import { LRUCache } from 'lru-cache'
import type { Queryable, Statement, Tx } from '../../db/client.ts'
import { type Crew, compileCrew, type RoutedSeller } from '../../domain/routing/routing-world.ts'
import { NO_TEAMS, type TeamDocument } from '../../domain/routing/team-document.ts'

/** Workspaces whose crew is kept; one of a hundred sellers is some hundred kilobytes. */
const MOST_KEPT = 200

interface KeptCrew {
  revision: number
  zone: string
  crew: Crew
}

const kept = new LRUCache<string, KeptCrew>({ max: MOST_KEPT })

const sellersStatement: Statement = {
  name: 'list_routed_sellers',
  text: `SELECT id, skills, languages, territories, capacity_open, capacity_day, capacity_week, weight, time_zone,
      working_hours, holidays_key, absences, active
    FROM users WHERE workspace_id = $1`,
}

const teamsStatement: Statement = {
  name: 'find_current_teams',
  text: 'SELECT version, document FROM team_versions WHERE workspace_id = $1 ORDER BY version DESC LIMIT 1',
}

/** The version of the teams that counts when nobody has said anything. */
const UNTOUCHED = { version: 1, document: NO_TEAMS }

/** The teams as they are now. */
export async function findTeams(
  db: Queryable,
  workspaceId: string,
): Promise<{ version: number; document: TeamDocument }> {
  const [row] = await db.query<{ version: number; document: TeamDocument }>(teamsStatement, [workspaceId])
  return row ?? UNTOUCHED
}

/** Everybody, ready to be routed to; `revision` is what the clock says under its lock, `zone` that of the workspace. */
export async function loadCrew(tx: Tx, revision: number, zone: string): Promise<Crew> {
  const { workspaceId } = tx
  const known = kept.get(workspaceId)
  if (known?.revision === revision && known.zone === zone) return known.crew
  const [sellers, teams] = await Promise.all([
    tx.query<RoutedSeller>(sellersStatement, [workspaceId]),
    findTeams(tx, workspaceId),
  ])
  const crew = compileCrew(sellers, teams, zone)
  kept.set(workspaceId, { revision, zone, crew })
  return crew
}
