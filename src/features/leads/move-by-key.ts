/** The stage as a field of a lead: a program that writes it asks the lifecycle for that move. */
import type { Caller } from '../../ctx.ts'
import type { Tx } from '../../db/client.ts'
import type { LeadFacts } from '../../domain/lead.ts'
import { moveLead, problemOfMove } from '../../pipeline/move-lead.ts'

/** What a write may say about the stage. */
export interface StageInput {
  stage_key?: string
  stage_reason?: string | null
}

/** Moves a lead that was just written, where a stage is given; throws 422 with everything that stands in the way. */
export async function moveByKey(
  tx: Tx,
  caller: Caller,
  lead: LeadFacts,
  { stage_key, stage_reason = null }: StageInput,
  now: Date,
): Promise<LeadFacts> {
  if (stage_key === undefined || stage_key === lead.stage_key) return lead
  const wish = { by: 'key' as const, to: stage_key, reason: stage_reason, note: null, wake_at: null }
  const result = await moveLead(tx, caller, lead.id, () => wish, now)
  if (result.outcome === 'not_found') throw new Error('the lead was just written')
  if (result.outcome === 'refused') throw problemOfMove(result.rejected, '/stage_key', '/stage_reason')
  return result.lead
}
