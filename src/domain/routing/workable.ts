// A lead is on somebody's desk until the work on it is over: archived, closed, or in a stage that sales has left behind.
// From then on it takes no room of its owner's capacity, and nobody is asked to react.
import type { LeadFacts } from '../lead.ts'

/** Stages in which no seller works on a lead any more, or not yet again. */
const STAGES_AT_REST: ReadonlySet<string> = new Set(['customer', 'disqualified', 'recycled'])

/** Whether somebody should be working on this lead if anybody owns it. */
export function isWorkable({ archived, status, stage_key }: LeadFacts): boolean {
  return !archived && status !== 'closed' && !STAGES_AT_REST.has(stage_key)
}
