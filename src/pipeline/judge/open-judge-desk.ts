/** Sets up the desk of a batch: leads, policies, and every fact that the policies ask about, loaded once. */
import type { Tx } from '../../db/client.ts'
import type { CompiledCondition } from '../../domain/condition/compiled-condition.ts'
import { NO_FAMILY_FACTS } from '../../domain/condition/family-facts.ts'
import { type PolicyBook, readPolicies } from '../../policies/published-policies.ts'
import { catalogueOf } from '../condition-catalogue.ts'
import { findWritePolicy, type WritePolicy } from '../custom-fields.ts'
import { asLoaded, type Desk } from '../desk.ts'
import { loadBehaviour } from '../events/load-behaviour.ts'
import { askedBehaviours, behavioursIn, behavioursOf } from '../facts/asked-behaviours.ts'
import { loadFamilyFacts, sourceKindsOf } from '../facts/load-family-facts.ts'
import { neededKinds } from '../facts/needed-kinds.ts'
import { openBook } from '../identity-book.ts'
import { type JudgeDesk, type JudgedLead, takeLead } from './judge-desk.ts'
import type { ClaimedLead } from './lead-work-queries.ts'

/** What a desk is for, where that is not the judging by all published policies. */
export interface DeskWish {
  /** Which policies are followed: only what these ask about is loaded. */
  narrow?(policies: PolicyBook): PolicyBook
  /** Conditions that will be asked beside those of the policies. */
  asked?: readonly CompiledCondition[]
  /** Definitions beyond the published ones that will decide: drafts, and versions that somebody is still on. */
  definitions?: readonly object[]
}

/** What a workspace decides by. */
export interface DeskPolicies {
  policy: WritePolicy
  published: PolicyBook
}

/** Reads them; begun together with the lock on the leads they travel right behind it. */
export async function readDeskPolicies(tx: Tx): Promise<DeskPolicies> {
  const [policy, published] = await Promise.all([findWritePolicy(tx, tx.workspaceId), readPolicies(tx)])
  return { policy, published }
}

/** The desk of leads in the order of their ids; whoever changes them has locked them, and may have read the policies. */
export async function openJudgeDesk(
  tx: Tx,
  locked: readonly Pick<ClaimedLead, 'lead' | 'sources' | 'reasons'>[],
  now: Date,
  { narrow = (policies) => policies, asked = [], definitions = [] }: DeskWish = {},
  known?: DeskPolicies,
): Promise<JudgeDesk> {
  const sorted = [...locked].sort((a, b) => (a.lead.id < b.lead.id ? -1 : 1))
  const ids = sorted.map(({ lead }) => lead.id)
  const { policy, published } = known ?? (await readDeskPolicies(tx))
  const policies = narrow(published)
  const catalogue = catalogueOf(tx.workspaceId, policy)
  const kinds = new Set([...neededKinds(policies, catalogue, definitions), ...sourceKindsOf(asked), 'lifecycle'])
  const behaviours = [...askedBehaviours(policies), ...behavioursOf(asked), ...definitions.flatMap(behavioursIn)]
  const [behaviour, loaded] = await Promise.all([
    loadBehaviour(tx, ids, behaviours, now),
    loadFamilyFacts(
      tx,
      tx.workspaceId,
      sorted.map(({ lead }) => lead),
      kinds,
    ),
  ])
  const desk: Desk = {
    leads: new Map(sorted.map(asLoaded)),
    book: openBook([]),
    trail: { receipts: [], activities: [], touches: [], changes: [] },
    orders: new Map(),
  }
  const leads = sorted.map(({ lead, reasons }): [string, JudgedLead] => [
    lead.id,
    takeLead(desk, { id: lead.id, reasons }, behaviour, loaded.get(lead.id) ?? NO_FAMILY_FACTS),
  ])
  return { now, policy, catalogue, policies, leads: new Map(leads), desk }
}
