/** Gives or takes one lead inside the caller's transaction: for everything beside the router that changes owners. */
import type { Tx } from '../../db/client.ts'
import type { LeadFacts } from '../../domain/lead.ts'
import { loadDesk } from '../desk.ts'
import type { Teller } from '../tell-story.ts'
import { writeDesk } from '../write-desk.ts'
import { assignOnDesk, REPLACED, releaseOnDesk } from './assign-on-desk.ts'
import type { AssignmentEnd, NewAssignment } from './assignment-order.ts'
import { type AssignmentRow, findOpenAssignment } from './assignment-queries.ts'

/**
 * Gives a lead to a target; undefined when there is no such lead. It locks the lead; that the seller exists and is
 * active is the caller's to check (`lockActiveSeller`), capacity is not asked.
 */
export async function assignLead(
  tx: Tx,
  teller: Teller,
  leadId: string,
  start: NewAssignment,
  now: Date,
  end: AssignmentEnd = REPLACED,
): Promise<LeadFacts | undefined> {
  const desk = await loadDesk(tx, [], [leadId])
  if (!desk.leads.has(leadId)) return undefined
  const lead = assignOnDesk(desk, teller, leadId, start, now, end)
  await writeDesk(tx, desk, now)
  return lead
}

/** Ends the open assignment of a lead and returns it as it was; undefined when there is none. */
export async function releaseAssignment(
  tx: Tx,
  teller: Teller,
  leadId: string,
  end: AssignmentEnd,
  now: Date,
  keepOwner = false,
): Promise<AssignmentRow | undefined> {
  const desk = await loadDesk(tx, [], [leadId])
  const open = desk.leads.has(leadId) ? await findOpenAssignment(tx, leadId) : undefined
  if (open === undefined) return undefined
  releaseOnDesk(desk, teller, leadId, end, now, keepOwner)
  await writeDesk(tx, desk, now)
  return open
}
