/** The calendars by which promises are measured: those of sellers as they are now, with the holidays of their teams. */
import type { Statement, Tx } from '../../db/client.ts'
import {
  ALWAYS_OPEN,
  type CompiledCalendar,
  compileCalendar,
  type WorkingWindow,
} from '../../domain/calendar/calendar.ts'
import type { Absence } from '../../domain/routing/seller.ts'
import { holidaysOf, type TeamDocument } from '../../domain/routing/team-document.ts'
import type { SlaDefinition } from '../../domain/sla/sla-policy.ts'

const sellersStatement: Statement = {
  name: 'list_seller_hours',
  text: `SELECT u.id, coalesce(u.time_zone, w.settings->>'time_zone', 'UTC') AS time_zone, u.working_hours, u.holidays_key, u.absences
    FROM users u JOIN workspaces w ON w.id = $1 WHERE u.workspace_id = $1 AND u.id = ANY($2::uuid[])`,
}
const teamsStatement: Statement = {
  name: 'find_newest_teams',
  text: 'SELECT document FROM team_versions WHERE workspace_id = $1 ORDER BY version DESC LIMIT 1',
}

interface SellerHours {
  id: string
  time_zone: string
  working_hours: WorkingWindow[] | null
  holidays_key: string | null
  absences: Absence[]
}

/** The calendar of one clock. */
export type CalendarOf = (definition: SlaDefinition, userId: string | null) => CompiledCalendar

/** Loads the hours of these sellers. */
export async function loadHours(tx: Tx, userIds: string[]): Promise<CalendarOf> {
  const sellers = new Map<string, CompiledCalendar | null>()
  if (userIds.length > 0) {
    const rows = await tx.query<SellerHours>(sellersStatement, [tx.workspaceId, userIds])
    const [teams] = await tx.query<{ document: TeamDocument }>(teamsStatement, [tx.workspaceId])
    for (const row of rows) sellers.set(row.id, compileSeller(row, teams?.document))
  }
  return ({ hours, calendar }, userId) => {
    const own = hours === 'seller' && userId !== null ? sellers.get(userId) : null
    return own ?? (calendar === null ? ALWAYS_OPEN : compilePolicyHours(calendar))
  }
}

/** Null for a seller who has neither hours nor absences: then the hours of the policy count. */
function compileSeller(seller: SellerHours, teams: TeamDocument | undefined): CompiledCalendar | null {
  const { id, time_zone, working_hours, holidays_key, absences } = seller
  if (working_hours === null || working_hours.length === 0) return null
  const holidays = teams === undefined ? [] : holidaysOf(teams, id, holidays_key)
  return compileCalendar({ time_zone, windows: working_hours, holidays, absences })
}

const compiled = new WeakMap<object, CompiledCalendar>()

/** Kept with the definition, which never changes. */
function compilePolicyHours(calendar: NonNullable<SlaDefinition['calendar']>): CompiledCalendar {
  const known = compiled.get(calendar) ?? compileCalendar({ ...calendar, absences: [] })
  compiled.set(calendar, known)
  return known
}
