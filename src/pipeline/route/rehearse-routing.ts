/** Rules tried on leads without giving them to anybody: what would happen if they were routed now, in this order. */
import type { Tx } from '../../db/client.ts'
import type { CompiledCondition } from '../../domain/condition/compiled-condition.ts'
import { matchesCondition } from '../../domain/condition/evaluate-condition.ts'
import type { LeadFacts } from '../../domain/lead.ts'
import { type RoutingVerdict, routeLead } from '../../domain/routing/route-lead.ts'
import type { RoutingDefinition } from '../../domain/routing/routing-policy.ts'
import { factsInTerritories, territoriesOf } from '../../domain/routing/territory.ts'
import { isWorkable } from '../../domain/routing/workable.ts'
import { readPolicies } from '../../policies/published-policies.ts'
import { catalogueOf } from '../condition-catalogue.ts'
import { findWritePolicy } from '../custom-fields.ts'
import { type CompiledRouting, compileRouting, isQualified, territoriesOfCrew } from './compiled-routing.ts'
import { loadCrew } from './load-crew.ts'
import { loadRehearsedLeads } from './rehearsal-facts.ts'
import { listAccountOwners, listHistories } from './route-queries.ts'
import { readRoutingClock } from './routing-clock.ts'
import { loadStanding } from './standing-queries.ts'

export interface Rehearsal {
  lead: LeadFacts
  /** Whether the policy would route it now if nobody had it. */
  isDue: boolean
  teamsVersion: number
  verdict: RoutingVerdict
}

/** All conditions that rules and territories ask. */
export function conditionsOf(routing: CompiledRouting, territories: { condition: CompiledCondition | null }[]) {
  const entry = routing.entry === 'qualified' ? null : routing.entry
  return [entry, ...routing.rules.map(({ when }) => when), ...territories.map(({ condition }) => condition)].filter(
    (condition) => condition !== null,
  )
}

/** Tries a definition on leads, in the order of their ids as given. Nothing is locked and nothing is written. */
export async function rehearseRouting(
  tx: Tx,
  definition: RoutingDefinition,
  leadIds: string[],
  now: Date,
): Promise<Rehearsal[]> {
  const [policy, policies, clock] = await Promise.all([
    findWritePolicy(tx, tx.workspaceId),
    readPolicies(tx),
    readRoutingClock(tx),
  ])
  const catalogue = catalogueOf(tx.workspaceId, policy)
  const [crew, { turns, loads }, histories] = await Promise.all([
    loadCrew(tx, clock.people_revision, policy.settings.time_zone),
    loadStanding(tx),
    listHistories(tx, leadIds),
  ])
  const standing = { decisions: clock.decisions, turns, loads }
  const routing = compileRouting(definition, catalogue)
  const territories = territoriesOfCrew(crew, catalogue)
  const leads = await loadRehearsedLeads(tx, leadIds, conditionsOf(routing, territories), now)
  const owners = await listAccountOwners(tx, [
    ...new Set([...leads.values()].flatMap(({ lead }) => lead.account_id ?? [])),
  ])
  const hasLifecycle = policies.of('lifecycle').length > 0
  return leadIds.flatMap((id) => {
    const found = leads.get(id)
    if (found === undefined) return []
    const { lead } = found
    const keys = territoriesOf(territories, lead, found.facts, now)
    const facts = factsInTerritories(found.facts, keys)
    const matches = (condition: CompiledCondition) => matchesCondition(condition, facts, now)
    const history = histories.get(id)
    const verdict = routeLead(
      routing.rules,
      routing.defaultTarget,
      {
        lead,
        territories: keys,
        excluded: new Set(history?.excluded),
        now: now.getTime(),
        previousOwner: history?.previous ?? lead.owner_id,
        accountOwner: (lead.account_id === null ? null : owners.get(lead.account_id)) ?? null,
        waitingSince: null,
        matches,
      },
      crew,
      standing,
    )
    const { entry } = routing
    const holds = entry === 'qualified' ? isQualified(lead.stage_key, hasLifecycle) : entry !== null && matches(entry)
    return [{ lead, isDue: isWorkable(lead) && holds, teamsVersion: crew.teamsVersion, verdict }]
  })
}
