// A seller is a person of the customer's staff who gets leads. What the decisions ask of one: may this lead come to them
// at all (active, present, within their hours, room left), how well do they fit, and how large is their share.
import type { WorkingWindow } from '../calendar/calendar.ts'
import type { ExternalId } from '../lead.ts'

/** Time that a seller is away, in moments of UTC. */
export interface Absence {
  from_at: string
  until_at: string
  reason: string | null
}

/** Share of a full seller; a part-timer has less. */
export const FULL_WEIGHT = 100
/** Beyond ten full shares somebody has mistaken the weight for a capacity. */
export const MAX_WEIGHT = 1_000

/** A seller as stored, with uuids. */
export interface Seller {
  id: string
  name: string
  email: string | null
  external_ids: ExternalId[]
  /** Level 1 to 100 by skill. */
  skills: Record<string, number>
  /** BCP 47. */
  languages: string[]
  /** Keys of territories. */
  territories: string[]
  capacity_open: number | null
  capacity_day: number | null
  capacity_week: number | null
  weight: number
  time_zone: string | null
  /** None: available at any hour. */
  working_hours: WorkingWindow[]
  holidays_key: string | null
  absences: Absence[]
  active: boolean
  version: number
  created_at: string
  updated_at: string
}

/** What a new seller is when nothing else is said: available always, without limits, with a full share. */
export const BLANK_SELLER = {
  email: null,
  external_ids: [],
  skills: {},
  languages: [],
  territories: [],
  capacity_open: null,
  capacity_day: null,
  capacity_week: null,
  weight: FULL_WEIGHT,
  time_zone: null,
  working_hours: [],
  holidays_key: null,
  absences: [],
  active: true,
} as const
