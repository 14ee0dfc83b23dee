/** Erasure of a person on request (GDPR Art. 17). */
import type { Caller, Ctx } from '../../ctx.ts'
import { notFound } from '../../errors.ts'
import { type ErasureRow, eraseLead as erase } from '../../pipeline/erase/erase-lead.ts'
import { withJourney } from '../../pipeline/with-journey.ts'

/** Erases the person of a lead; 404 when there is no such lead. */
export async function eraseLead(ctx: Ctx, caller: Caller, leadId: string): Promise<ErasureRow> {
  const erasure = await withJourney(ctx.db, caller.workspaceId, (tx) => erase(tx, caller, leadId, ctx.now()))
  if (erasure === undefined) throw notFound('lead')
  return erasure
}
