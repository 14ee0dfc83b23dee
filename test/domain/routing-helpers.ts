/** Small crews and cases for tests of routing decisions. */
import { BLANK_LEAD } from '../../src/domain/lead.ts'
import type { RoutingCase } from '../../src/domain/routing/route-lead.ts'
import type { RoutingTarget } from '../../src/domain/routing/routing-policy.ts'
import { type Crew, compileCrew, type RoutedSeller } from '../../src/domain/routing/routing-world.ts'
import { BLANK_SELLER } from '../../src/domain/routing/seller.ts'
import { NO_TEAMS, type Pool } from '../../src/domain/routing/team-document.ts'

/** A Monday at noon, UTC. */
export const NOON = Date.parse('2026-11-23T12:00:00Z')

export const seller = (id: string, more: Partial<RoutedSeller> = {}): RoutedSeller => ({
  ...BLANK_SELLER,
  skills: {},
  languages: [],
  territories: [],
  working_hours: [],
  absences: [],
  id,
  ...more,
})

export const pool = (key: string, members: string[], more: Partial<Pool> = {}): Pool => ({
  key,
  name: key,
  team_key: null,
  members: members.map((user_id) => ({ user_id, weight: null, priority: null })),
  strategy: 'round_robin',
  sticky: 'none',
  must_match: [],
  catch_up: 'none',
  catch_up_leads: 0,
  credit_back: true,
  respect_hours: true,
  ...more,
})

export const crewOf = (sellers: RoutedSeller[], pools: Pool[]): Crew =>
  compileCrew(sellers, { version: 1, document: { ...NO_TEAMS, pools } }, 'UTC')

export const toPool = (pool_key: string): RoutingTarget => ({ kind: 'pool', user_id: null, pool_key, buyer_key: null })
export const toUser = (user_id: string): RoutingTarget => ({ kind: 'user', user_id, pool_key: null, buyer_key: null })
export const toOwnerOf = (kind: 'account_owner' | 'previous_owner'): RoutingTarget => ({
  kind,
  user_id: null,
  pool_key: null,
  buyer_key: null,
})

export const caseOf = (more: Partial<RoutingCase> = {}): RoutingCase => ({
  lead: BLANK_LEAD,
  territories: [],
  excluded: new Set(),
  now: NOON,
  previousOwner: null,
  accountOwner: null,
  waitingSince: null,
  matches: () => true,
  ...more,
})
