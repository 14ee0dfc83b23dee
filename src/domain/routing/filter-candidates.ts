// Who of a pool could take a lead: the hard filters, in the order in which people ask about them. Each candidate keeps the
// first reason that stopped it. Hours and absences count unless the pool says otherwise; room on the desk always does.
import type { LeadFacts } from '../lead.ts'
import { presenceAt } from './availability.ts'
import type { CandidateReason } from './explanation.ts'
import { dayNumber, mondayNumber, nextMidnight } from './local-day.ts'
import type { SkillWish } from './routing-policy.ts'
import type { Load, PoolMemberOnDuty, SellerOnDuty, Standing } from './routing-world.ts'
import type { Match } from './team-document.ts'

/** What is asked of whoever gets the lead. */
export interface Demand {
  lead: Pick<LeadFacts, 'language'>
  /** Territories in which the lead lies. */
  territories: readonly string[]
  skills: readonly SkillWish[]
  must_match: readonly Match[]
  respect_hours: boolean
  /** Sellers who have refused this lead or let it lie. */
  excluded: ReadonlySet<string>
  /** Epoch milliseconds. */
  now: number
}

export interface Obstacle {
  reason: CandidateReason
  detail: string | null
  /** When it ends by itself, epoch milliseconds; null when it does not. */
  until: number | null
}

/** Why this one cannot take the lead; null when nothing stands in the way. */
export function findObstacle(
  member: Pick<PoolMemberOnDuty, 'user_id' | 'onDuty'>,
  demand: Demand,
  standing: Standing,
): Obstacle | null {
  const { onDuty } = member
  if (onDuty === undefined) return { reason: 'unknown', detail: null, until: null }
  return (
    findAbsence(onDuty, demand) ??
    findLack(member.user_id, onDuty, demand) ??
    findFullDesk(onDuty, standing.loads.get(member.user_id), demand.now)
  )
}

/** Whether somebody is out of reach now, whatever the lead. */
function findAbsence(
  { seller, availability }: SellerOnDuty,
  demand: Pick<Demand, 'respect_hours' | 'now'>,
): Obstacle | null {
  if (!seller.active) return { reason: 'inactive', detail: null, until: null }
  if (!demand.respect_hours) return null
  const { state, until } = presenceAt(availability, demand.now)
  return state === 'present' ? null : { reason: state, detail: null, until }
}

function findLack(userId: string, { seller }: SellerOnDuty, demand: Demand): Obstacle | null {
  if (demand.excluded.has(userId)) return stop('excluded', 'refused')
  if (demand.must_match.includes('territory') && !demand.territories.some((key) => seller.territories.includes(key))) {
    return stop('not_matched', 'territory')
  }
  if (demand.must_match.includes('language') && !speaks(seller.languages, demand.lead.language)) {
    return stop('not_matched', 'language')
  }
  for (const { skill, minimum } of demand.skills) {
    if (levelOf(seller.skills, skill) < minimum) return stop('not_matched', `skill ${skill}`)
  }
  return null
}

/** The level of a skill, 0 for none; keys are anybody's words, such as `constructor`. */
export function levelOf(skills: Readonly<Record<string, number>>, skill: string): number {
  return Object.hasOwn(skills, skill) ? (skills[skill] ?? 0) : 0
}

/** Whether one of the languages is that of the lead, its region aside; a lead without a language is understood by all. */
function speaks(languages: readonly string[], wanted: string | null): boolean {
  if (wanted === null) return true
  const [language] = wanted.split('-')
  return languages.some((tag) => tag.split('-')[0] === language)
}

/** What this lead asks for is not there, however long it waits. */
const stop = (reason: CandidateReason, detail: string): Obstacle => ({ reason, detail, until: null })

function findFullDesk({ seller, zone }: SellerOnDuty, load: Load | undefined, now: number): Obstacle | null {
  const { capacity_open, capacity_day, capacity_week } = seller
  if (capacity_open !== null && (load?.open ?? 0) >= capacity_open) return full('open', null)
  if (capacity_day === null && capacity_week === null) return null
  const today = dayNumber(zone, now)
  const monday = mondayNumber(today)
  if (capacity_day !== null && (load?.day === today ? load.day_count : 0) >= capacity_day) {
    return full('day', capacity_day === 0 ? null : nextMidnight(zone, now))
  }
  if (capacity_week !== null && (load?.week === monday ? load.week_count : 0) >= capacity_week) {
    // Looked at again each midnight: cheaper to say than which of them is Monday's.
    return full('week', capacity_week === 0 ? null : nextMidnight(zone, now))
  }
  return null
}

const full = (detail: string, until: number | null): Obstacle => ({ reason: 'at_capacity', detail, until })
