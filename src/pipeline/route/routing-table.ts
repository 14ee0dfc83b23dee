/** Everything that the decisions of one batch are made from, loaded under the routing lock of the workspace. */
import type { Tx } from '../../db/client.ts'
import type { ConditionFacts } from '../../domain/condition/condition-facts.ts'
import { readFamily } from '../../domain/condition/family-facts.ts'
import type { FieldDefinition } from '../../domain/condition/field-catalogue.ts'
import type { PublishedPolicy } from '../../domain/policy.ts'
import type { RoutingDefinition } from '../../domain/routing/routing-policy.ts'
import type { Crew, Standing } from '../../domain/routing/routing-world.ts'
import type { CompiledTerritory } from '../../domain/routing/territory.ts'
import { loadFamilyFacts, sourceKindsOf } from '../facts/load-family-facts.ts'
import { neededKinds } from '../facts/needed-kinds.ts'
import type { JudgeDesk, JudgedLead } from '../judge/judge-desk.ts'
import { type CompiledRouting, compileRouting, territoriesOfCrew } from './compiled-routing.ts'
import { loadCrew } from './load-crew.ts'
import { type AssignmentHistory, listAccountOwners, listHistories } from './route-queries.ts'
import { lockRoutingAnd } from './routing-clock.ts'
import { keepDay } from './routing-days.ts'
import { loadStanding } from './standing-queries.ts'

export interface RoutingTable {
  readonly policy: PublishedPolicy<RoutingDefinition>
  readonly routing: CompiledRouting
  readonly crew: Crew
  readonly territories: readonly CompiledTerritory[]
  readonly hasLifecycle: boolean
  readonly histories: ReadonlyMap<string, AssignmentHistory>
  readonly accountOwners: ReadonlyMap<string, string>
  /** The working copy that decisions move on, and what it was. */
  readonly standing: Standing
  readonly before: Standing['turns']
  readonly decisionsBefore: number
  /** Leads that wait for nobody any more. */
  readonly settled: string[]
  /** What conditions see of a lead, territories aside. */
  factsOf(judged: JudgedLead): ConditionFacts
  scoreOf(judged: JudgedLead): number | null
  worthOf(judged: JudgedLead): number | null
}

/** The table of a batch; null when no lead of it can need routing, so that nobody waits for the lock. */
export async function loadRoutingTable(
  tx: Tx,
  desk: JudgeDesk,
  policy: PublishedPolicy<RoutingDefinition>,
  isForced: (judged: JudgedLead) => boolean,
): Promise<RoutingTable | null> {
  const all = [...desk.leads.values()]
  const ids = all.map(({ id }) => id)
  // Who has to decide anyway asks for all of it at once.
  const asked = listHistories(tx, ids)
  const locking = all.some(isForced) ? lockRoutingAnd(tx, loadStanding) : null
  const [histories] = await Promise.all([asked, locking])
  if (locking === null && all.every(({ id }) => histories.get(id)?.is_open === true)) return null
  const [clock, { turns, loads, before }] = await (locking ?? lockRoutingAnd(tx, loadStanding))
  const crew = await loadCrew(tx, clock.people_revision, desk.policy.settings.time_zone)
  await keepDay(tx, clock, desk.now)
  const routing = compileRouting(policy.definition, desk.catalogue)
  const territories = territoriesOfCrew(crew, desk.catalogue)
  const factsOf = await loadTerritoryFacts(tx, desk, territories)
  const asksOwners =
    routing.asksAccountOwner || [...crew.pools.values()].some(({ pool }) => pool.sticky === 'account_owner')
  const accountIds = asksOwners ? [...new Set(all.flatMap(({ lead }) => lead.account_id ?? []))] : []
  return {
    policy,
    routing,
    crew,
    territories,
    hasLifecycle: desk.policies.of('lifecycle').length > 0,
    histories,
    accountOwners: await listAccountOwners(tx, accountIds),
    standing: { decisions: clock.decisions, turns, loads },
    before,
    decisionsBefore: clock.decisions,
    settled: [],
    factsOf,
    scoreOf: (judged) => numberAt(judged, desk.catalogue.get('score.total'), desk.now),
    worthOf: ({ lead }) => {
      const worth = routing.worthField === null ? null : lead.custom_fields[routing.worthField]
      return typeof worth === 'number' ? worth : null
    },
  }
}

function numberAt({ facts }: JudgedLead, field: FieldDefinition | undefined, now: Date): number | null {
  const value = field === undefined ? null : facts.read(field, now)
  return typeof value === 'number' ? value : null
}

/** The judge loads what policies ask about; what only territories ask about is loaded here. */
async function loadTerritoryFacts(
  tx: Tx,
  desk: JudgeDesk,
  territories: readonly CompiledTerritory[],
): Promise<RoutingTable['factsOf']> {
  const conditions = territories.flatMap(({ condition }) => condition ?? [])
  const known = neededKinds(desk.policies, desk.catalogue)
  const missing = new Set([...sourceKindsOf(conditions)].filter((kind) => !known.has(kind)))
  if (missing.size === 0) return ({ facts }) => facts
  const leads = [...desk.leads.values()].map(({ lead }) => lead)
  const loaded = await loadFamilyFacts(tx, tx.workspaceId, leads, missing)
  return ({ id, lead, facts }) => ({
    ...facts,
    read: (field, now) => {
      const own = missing.has(field.source.kind) ? loaded.get(id) : undefined
      const value = own === undefined ? undefined : readFamily(field, own, lead, now)
      return value === undefined ? facts.read(field, now) : value
    },
  })
}
