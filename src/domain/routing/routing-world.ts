// What routing is decided from, made ready once for many leads: who there is (people, pools, territories), and where
// everybody stands (turns and desks). The first is read only; the second is a working copy that each decision moves on.
import { type Availability, compileAvailability } from './availability.ts'
import type { Seller } from './seller.ts'
import { holidaysOf, membersOf, type Pool, type TeamDocument, type Territory } from './team-document.ts'
import type { Turn } from './turn.ts'

/** A seller as routing sees one; names are nobody's business here. */
export type RoutedSeller = Pick<
  Seller,
  | 'id'
  | 'skills'
  | 'languages'
  | 'territories'
  | 'capacity_open'
  | 'capacity_day'
  | 'capacity_week'
  | 'weight'
  | 'time_zone'
  | 'working_hours'
  | 'holidays_key'
  | 'absences'
  | 'active'
>

export interface SellerOnDuty {
  readonly seller: RoutedSeller
  readonly zone: string
  readonly availability: Availability
}

export interface PoolMemberOnDuty {
  readonly user_id: string
  /** Undefined: the document names somebody who is not there. */
  readonly onDuty: SellerOnDuty | undefined
  readonly weight: number
  /** Lower is asked first. */
  readonly priority: number
}

export interface CompiledPool {
  readonly pool: Pool
  readonly members: readonly PoolMemberOnDuty[]
}

/** Who there is. */
export interface Crew {
  readonly teamsVersion: number
  readonly sellers: ReadonlyMap<string, SellerOnDuty>
  readonly pools: ReadonlyMap<string, CompiledPool>
  readonly territories: readonly Territory[]
}

/** Makes people and teams ready; `zone` is that of the workspace. */
export function compileCrew(
  sellers: readonly RoutedSeller[],
  teams: { version: number; document: TeamDocument },
  zone: string,
): Crew {
  const { document } = teams
  const onDuty = new Map(
    sellers.map((seller): [string, SellerOnDuty] => {
      const holidays = holidaysOf(document, seller.id, seller.holidays_key)
      return [
        seller.id,
        { seller, zone: seller.time_zone ?? zone, availability: compileAvailability(seller, holidays, zone) },
      ]
    }),
  )
  const pools = document.pools.map((pool): [string, CompiledPool] => {
    const members = membersOf(document, pool).map(({ user_id, weight, priority }) => {
      const who = onDuty.get(user_id)
      const share = weight ?? who?.seller.weight ?? 1
      return { user_id, onDuty: who, weight: share, priority: priority ?? Infinity }
    })
    return [pool.key, { pool, members }]
  })
  return { teamsVersion: teams.version, sellers: onDuty, pools: new Map(pools), territories: document.territories }
}

/** What somebody has on the desk; days are local, since 1970-01-01. */
export interface Load {
  open: number
  day: number
  day_count: number
  week: number
  week_count: number
}

/** Where everybody stands: a working copy. */
export interface Standing {
  /** Decisions made so far. */
  decisions: number
  /** Pool, then seller; who is missing has never been in the rotation. */
  turns: Map<string, Map<string, Turn>>
  loads: Map<string, Load>
}

/** Nobody has anything yet. */
export const blankStanding = (): Standing => ({ decisions: 0, turns: new Map(), loads: new Map() })
