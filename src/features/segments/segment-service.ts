/** Members of segments: put in, taken out, tried and explained. */
import type { Caller, Ctx } from '../../ctx.ts'
import { type Tx, withWorkspace } from '../../db/client.ts'
import { compileStored } from '../../domain/condition/compile-once.ts'
import type { ConditionExplanation } from '../../domain/condition/evaluate-condition.ts'
import type { SegmentDefinition } from '../../domain/segment/segment.ts'
import { decodeTypeId } from '../../domain/type-id.ts'
import { ApiError, notFound } from '../../errors.ts'
import { catalogueOf } from '../../pipeline/condition-catalogue.ts'
import { findWritePolicy } from '../../pipeline/custom-fields.ts'
import { listLeads, lockLeads } from '../../pipeline/desk-queries.ts'
import { explainOnLead } from '../../pipeline/explain-on-lead.ts'
import { readCondition } from '../../pipeline/read-condition.ts'
import { changeMembers } from '../../pipeline/segments/change-members.ts'
import type { ShownLead } from '../../pipeline/shown-leads.ts'
import { withJourney } from '../../pipeline/with-journey.ts'
import { findPolicy, lockPolicy, type Policy } from '../../policies/policy-queries.ts'
import { findMembership, previewCondition } from './segment-queries.ts'
import { SAMPLE } from './segment-schemas.ts'

/** Throws 404 when there is no segment with this key, or it was taken out of use. */
export async function requireSegment(ctx: Ctx, workspaceId: string, key: string): Promise<SegmentDefinition> {
  return definitionOf(await findPolicy(ctx.db, workspaceId, 'segment', key))
}

/** What is followed now, else the draft. */
function definitionOf(policy: Policy | undefined, prefer: 'published' | 'draft' = 'published'): SegmentDefinition {
  const version = prefer === 'draft' ? (policy?.draft ?? policy?.published) : (policy?.published ?? policy?.draft)
  if (version == null) throw notFound('segment')
  return version.definition as unknown as SegmentDefinition // segments store definitions of segments only
}

/** Who a condition, else that of the draft, would let in; throws 404, 400, 422 for a static segment. */
export async function previewSegment(
  ctx: Ctx,
  workspaceId: string,
  key: string,
  condition: unknown,
): Promise<{ count: number; leads: ShownLead[] }> {
  const asked = condition ?? definitionOf(await findPolicy(ctx.db, workspaceId, 'segment', key), 'draft').condition
  if (asked === null) throw new ApiError('unprocessable', 'A static segment has no condition to try.')
  return await withWorkspace(ctx.db, workspaceId, async (tx) =>
    previewCondition(tx, await readCondition(tx, asked, '/condition'), SAMPLE, ctx.now()),
  )
}

/** Puts leads into a static segment or takes them out; throws 404, 409 for a dynamic one. */
export async function changeStaticMembers(
  ctx: Ctx,
  caller: Caller,
  key: string,
  leadIds: readonly string[],
  deed: 'enter' | 'leave',
): Promise<{ changed: number; unchanged: number; not_found: string[] }> {
  const byUuid = new Map(leadIds.map((id) => [decodeTypeId('lead', id) ?? id, id]))
  return await withJourney(ctx.db, caller.workspaceId, async (tx) => {
    await requireStatic(tx, key)
    const known = (
      await lockLeads(
        tx,
        [...byUuid.keys()].filter((uuid) => uuid !== byUuid.get(uuid)),
      )
    ).map(({ lead }) => lead)
    const none = { enter: [], leave: [] }
    const done = await changeMembers(tx, caller, key, { ...none, [deed]: known }, ctx.now())
    const changed = done.entered + done.left
    const missing = new Set(byUuid.keys())
    for (const { id } of known) missing.delete(id)
    const not_found = [...missing].map((uuid) => byUuid.get(uuid) ?? uuid)
    return { changed, unchanged: known.length - changed, not_found }
  })
}

async function requireStatic(tx: Tx, key: string): Promise<void> {
  const published = (await lockPolicy(tx, 'segment', key))?.published
  if (published == null) throw notFound('segment')
  const { kind } = published.definition as unknown as SegmentDefinition // as above
  if (kind === 'static') return
  throw new ApiError('conflict', 'The members of a dynamic segment follow its condition.')
}

export interface MembershipExplanation {
  entered_at: string | null
  archived: boolean
  /** Whether the condition cannot be asked any more. */
  resting: boolean
  explanation: ConditionExplanation | null
}

/** Why a lead is in a segment or not; throws 404. */
export async function explainMembership(
  ctx: Ctx,
  workspaceId: string,
  key: string,
  leadId: string,
): Promise<MembershipExplanation> {
  const { condition } = await requireSegment(ctx, workspaceId, key)
  return await withWorkspace(ctx.db, workspaceId, async (tx) => {
    const [lead] = await listLeads(tx, [leadId])
    if (lead === undefined) throw notFound('lead')
    const known = { entered_at: await findMembership(tx, key, leadId), archived: lead.archived }
    if (condition === null) return { ...known, resting: false, explanation: null }
    const compiled = compileStored(catalogueOf(tx.workspaceId, await findWritePolicy(tx, tx.workspaceId)), condition)
    if (compiled === null) return { ...known, resting: true, explanation: null }
    return { ...known, resting: false, explanation: (await explainOnLead(tx, leadId, compiled, ctx.now())) ?? null }
  })
}
