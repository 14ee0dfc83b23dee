/**
 * Leads that somebody had and gave back: declined, released, handed over to whom the rules choose, or taken away by a broken
 * promise. The rules decide about them whatever their `when` says, which is about leads that come by themselves: who has
 * been on a desk must not vanish from all of them because its stage or status is another one now.
 */
import { REFUSING_ENDS, RELEASED } from '../domain/routing/refusal.ts'
import type { Desk } from './desk.ts'

/** A reason of work: it was given back, so the rules are to find somebody, unless somebody has it by then. */
export const GIVEN_BACK = 'given_back'

/** Ends of an assignment by which a lead is given back. */
export const GIVEN_BACK_ENDS: readonly string[] = [...REFUSING_ENDS, RELEASED]

/** The leads that a desk gives back. */
export function listGivenBack({ orders }: Desk): string[] {
  return [...orders].flatMap(([leadId, { end, start }]) =>
    start === null && GIVEN_BACK_ENDS.includes(end.reason) ? [leadId] : [],
  )
}
