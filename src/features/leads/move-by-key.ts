/** The stage as a field of a lead: a program that writes it asks the lifecycle for that move. */
import type { Caller } from '../../ctx.ts'
import type { Tx } from '../../db/client.ts'
import type { LeadFacts } from '../../domain/lead.ts'
import type { ApiError } from '../../errors.ts'
import { problemOfMove } from '../../pipeline/lifecycle/problem-of-move.ts'
import { type MoveResult, moveLeads } from '../../pipeline/move-lead.ts'

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
  input: StageInput,
  now: Date,
): Promise<LeadFacts> {
  const [result] = await moveAllByKey(tx, caller, [{ lead, input }], now)
  if (result === undefined) return lead
  if (result.outcome === 'refused') throw problemOf(result)
  return result.lead
}

type Moved = Exclude<MoveResult, { outcome: 'not_found' }>

/** The problem of a move that the lifecycle refuses. */
export const problemOf = ({ refusal }: Extract<Moved, { outcome: 'refused' }>): ApiError =>
  problemOfMove(refusal, '/stage_key', '/stage_reason')

/** Moves leads that were just written; undefined in the place of one that is where it shall be. */
export async function moveAllByKey(
  tx: Tx,
  caller: Caller,
  written: readonly { lead: LeadFacts; input: StageInput }[],
  now: Date,
): Promise<(Moved | undefined)[]> {
  const wishes = written.flatMap(({ lead, input: { stage_key, stage_reason = null } }) => {
    if (stage_key === undefined || stage_key === lead.stage_key) return []
    const wish = { by: 'key' as const, to: stage_key, reason: stage_reason, note: null, wake_at: null }
    return [[lead.id, () => wish] as const]
  })
  if (wishes.length === 0) return written.map(() => undefined)
  const results = await moveLeads(tx, caller, new Map(wishes), now)
  return written.map(({ lead }) => {
    const result = results.get(lead.id)
    if (result?.outcome === 'not_found') throw new Error('the lead was just written')
    return result
  })
}
