/** The calendars by which promises are measured: those of sellers as they are now, with the holidays of their teams. */
import type { Statement, Tx } from '../../db/client.ts'
import {
  ALL_WEEK,
  ALWAYS_OPEN,
  type CompiledCalendar,
  compileCalendar,
  type WorkingWindow,
} from '../../domain/calendar/calendar.ts'
import type { Absence } from '../../domain/routing/seller.ts'
import { holidaysOf, NO_TEAMS, type TeamDocument } from '../../domain/routing/team-document.ts'
import type { SlaCalendar, SlaDefinition } from '../../domain/sla/sla-policy.ts'

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
  const sellers = new Map<string, (policy: SlaCalendar | null) => CompiledCalendar>()
  if (userIds.length > 0) {
    const [rows, [teams]] = await Promise.all([
      tx.query<SellerHours>(sellersStatement, [tx.workspaceId, userIds]),
      tx.query<{ document: TeamDocument }>(teamsStatement, [tx.workspaceId]),
    ])
    for (const row of rows) sellers.set(row.id, compileSeller(row, teams?.document ?? NO_TEAMS))
  }
  return ({ hours, calendar }, userId) => {
    const own = hours === 'seller' && userId !== null ? sellers.get(userId) : undefined
    return own === undefined ? compilePolicyHours(calendar) : own(calendar)
  }
}

/** Holidays and absences are always those of the seller; hours are those of the policy for a seller who has none. */
function compileSeller(
  { id, time_zone, working_hours, holidays_key, absences }: SellerHours,
  teams: TeamDocument,
): (policy: SlaCalendar | null) => CompiledCalendar {
  const holidays = holidaysOf(teams, id, holidays_key)
  if (working_hours !== null && working_hours.length > 0) {
    const own = compileCalendar({ time_zone, windows: working_hours, holidays, absences })
    return () => own
  }
  if (holidays.length === 0 && absences.length === 0) return compilePolicyHours
  return (policy) => {
    const hours = policy ?? { time_zone, windows: ALL_WEEK, holidays: [] }
    return compileCalendar({ ...hours, holidays: [...hours.holidays, ...holidays], absences })
  }
}

const compiled = new WeakMap<object, CompiledCalendar>()

/** Kept with the definition, which never changes. */
function compilePolicyHours(calendar: SlaCalendar | null): CompiledCalendar {
  if (calendar === null) return ALWAYS_OPEN
  const known = compiled.get(calendar) ?? compileCalendar({ ...calendar, absences: [] })
  compiled.set(calendar, known)
  return known
}
