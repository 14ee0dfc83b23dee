/** Why a condition holds for a lead: the same evaluation as everywhere, on the lead as it is now. */
import type { Tx } from '../db/client.ts'
import type { CompiledCondition } from '../domain/condition/compiled-condition.ts'
import { type ConditionExplanation, explainCondition } from '../domain/condition/evaluate-condition.ts'
import { listLeads } from './desk-queries.ts'
import { openJudgeDesk } from './judge/open-judge-desk.ts'

/** The verdict of every term with the value that it saw; undefined when there is no such lead. */
export async function explainOnLead(
  tx: Tx,
  leadId: string,
  condition: CompiledCondition,
  now: Date,
): Promise<ConditionExplanation | undefined> {
  const leads = await listLeads(tx, [leadId])
  const desk = await openJudgeDesk(tx, leads.map(unjudged), now, { asked: [condition] })
  const judged = desk.leads.get(leadId)
  return judged && explainCondition(condition, judged.facts, now)
}

/** A lead that is only looked at. */
export const unjudged = <T>(lead: T) => ({ lead, sources: {}, reasons: [] })
