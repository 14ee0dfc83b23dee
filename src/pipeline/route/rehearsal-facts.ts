/** What conditions see of leads that nobody judges: read, not locked, as they are now. */
import type { Statement, Tx } from '../../db/client.ts'
import type { CompiledCondition } from '../../domain/condition/compiled-condition.ts'
import { type ConditionFacts, familyConditionFacts } from '../../domain/condition/condition-facts.ts'
import { NO_FAMILY_FACTS } from '../../domain/condition/family-facts.ts'
import type { LeadFacts } from '../../domain/lead.ts'
import { loadBehaviour } from '../events/load-behaviour.ts'
import { loadFamilyFacts, sourceKindsOf } from '../facts/load-family-facts.ts'

export interface RehearsedLead {
  lead: LeadFacts
  facts: ConditionFacts
}

const leadsStatement: Statement = {
  name: 'list_rehearsed_leads',
  text: 'SELECT * FROM leads WHERE workspace_id = $1 AND id = ANY($2::uuid[])',
}

/** These leads with what the conditions ask about; those that are not there are left out. */
export async function loadRehearsedLeads(
  tx: Tx,
  ids: string[],
  conditions: readonly CompiledCondition[],
  now: Date,
): Promise<Map<string, RehearsedLead>> {
  const rows = await tx.query<LeadFacts & { workspace_id: string }>(leadsStatement, [tx.workspaceId, ids])
  const leads = rows.map(({ workspace_id: _, ...lead }): LeadFacts => lead)
  const behaviours = conditions
    .flatMap(({ groups }) => groups.flat())
    .flatMap(({ test }) => (test.kind === 'did' ? [test.behaviour] : []))
  const [families, behaviour] = await Promise.all([
    loadFamilyFacts(tx, tx.workspaceId, leads, sourceKindsOf(conditions)),
    loadBehaviour(
      tx,
      leads.map(({ id }) => id),
      behaviours,
      now,
    ),
  ])
  return new Map(
    leads.map((lead) => {
      const facts = familyConditionFacts(
        () => lead,
        new Map(),
        (asked, at) => behaviour.timesOf(lead.id, asked, at),
        () => families.get(lead.id) ?? NO_FAMILY_FACTS,
      )
      return [lead.id, { lead, facts }]
    }),
  )
}
