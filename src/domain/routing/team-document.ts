// Teams, pools, territories and holidays: one document, because each part names the others. A team is who belongs
// together; a pool is who shares leads, and by which rule; a territory is a condition about leads with a name.
import type { Condition } from '../condition/condition-shape.ts'

/** How a pool chooses among those who could take a lead; ties go by the turn. */
export const STRATEGIES = ['round_robin', 'least_loaded', 'best_match', 'priority'] as const
export type Strategy = (typeof STRATEGIES)[number]

/** Whom a pool asks before its strategy: a returning lead or company stays with who knows it. */
export const STICKINESS = ['none', 'previous_owner', 'account_owner'] as const
export type Stickiness = (typeof STICKINESS)[number]

/** What a member gets who was away: nothing, some leads, or all that the others had meanwhile. */
export const CATCH_UPS = ['none', 'capped', 'full'] as const
export type CatchUp = (typeof CATCH_UPS)[number]

/** What a member must have in common with the lead. */
export const MATCHES = ['territory', 'language'] as const
export type Match = (typeof MATCHES)[number]

export interface Team {
  key: string
  name: string
  manager_id: string | null
  member_ids: string[]
  holidays_key: string | null
}

export interface PoolMember {
  user_id: string
  /** Share in this pool; null takes the weight of the seller. */
  weight: number | null
  /** Rank for the strategy `priority`: lower is asked first; null is last. */
  priority: number | null
}

export interface Pool {
  key: string
  name: string
  team_key: string | null
  /** Empty: the members of the team. */
  members: PoolMember[]
  strategy: Strategy
  sticky: Stickiness
  must_match: Match[]
  catch_up: CatchUp
  /** Leads that `capped` lets a returner catch up. */
  catch_up_leads: number
  /** Whether a declined or released lead gives the turn back. */
  credit_back: boolean
  /** Whether working hours, holidays and absences count. */
  respect_hours: boolean
}

/** Postal codes from one to another, both included, compared as numbers where both are numbers. */
export interface PostcodeRange {
  country: string
  from: string
  to: string
}

export interface Territory {
  key: string
  name: string
  /** Null asks nothing. */
  condition: Condition | null
  /** Empty asks nothing. */
  postcode_ranges: PostcodeRange[]
}

export interface HolidayCalendar {
  key: string
  name: string
  /** Local days, `2026-12-25`. */
  days: string[]
}

/** Ids are uuids. */
export interface TeamDocument {
  teams: Team[]
  pools: Pool[]
  territories: Territory[]
  holidays: HolidayCalendar[]
}

/** What a workspace has before anybody says anything. */
export const NO_TEAMS: TeamDocument = { teams: [], pools: [], territories: [], holidays: [] }

/** Limits: beyond them the document is a mistake, or belongs into several workspaces. */
export const TEAM_LIMITS = {
  teams: 200,
  members: 500,
  pools: 200,
  territories: 500,
  postcode_ranges: 500,
  holidays: 50,
  holiday_days: 1_000,
} as const

/** The members of a pool: its own, or those of its team. */
export function membersOf(document: TeamDocument, pool: Pool): PoolMember[] {
  if (pool.members.length > 0) return pool.members
  const team = document.teams.find(({ key }) => key === pool.team_key)
  return (team?.member_ids ?? []).map((user_id) => ({ user_id, weight: null, priority: null }))
}

/** The holidays of a seller: of the calendar that the seller names, else of the first team that has one. */
export function holidaysOf(document: TeamDocument, userId: string, ownKey: string | null): string[] {
  const key =
    ownKey ??
    document.teams.find((team) => team.holidays_key !== null && team.member_ids.includes(userId))?.holidays_key ??
    null
  return document.holidays.find((calendar) => calendar.key === key)?.days ?? []
}
