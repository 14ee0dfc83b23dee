/** Up to 200 leads in one request: decided on one desk, written by a few statements, each answered for itself. */
import type { Caller, Ctx } from '../../ctx.ts'
import type { LeadFacts } from '../../domain/lead.ts'
import { decodeTypeId } from '../../domain/type-id.ts'
import { ApiError, notFound } from '../../errors.ts'
import { findWritePolicy, type WritePolicy } from '../../pipeline/custom-fields.ts'
import { readOnDuplicate } from '../../pipeline/read-record.ts'
import { decideInOrder, type ItemResult, runBatch } from '../../pipeline/run-batch.ts'
import { aimOnDesk, type LeadUpsert, loadLeadsOf, upsertOnDesk } from '../../pipeline/upsert-lead.ts'
import { writeDesk } from '../../pipeline/write-desk.ts'
import type { LeadInput } from './lead-input.ts'
import { findReferences, refuseReferences } from './lead-references.ts'
import { upsertOf } from './lead-service.ts'

/** One item: what was sent, or what its schema says against it. */
export type BatchItem = (LeadInput & { id?: string }) | ApiError

/** Creates or changes leads; the results are in the order of the items. */
export async function upsertLeads(
  ctx: Ctx,
  caller: Caller,
  items: BatchItem[],
  wishes: { atomic: boolean; onDuplicate: string | undefined },
): Promise<ItemResult<LeadFacts>[]> {
  return await runBatch({
    db: ctx.db,
    workspaceId: caller.workspaceId,
    items,
    atomic: wishes.atomic,
    decide: async (tx, part) => {
      const now = ctx.now()
      const policy = await findWritePolicy(tx, caller.workspaceId)
      const onDuplicate = readOnDuplicate(policy, wishes.onDuplicate)
      const read = part.map((item) => readItem(ctx, caller, policy, item, onDuplicate))
      const upserts = read.filter((item): item is LeadUpsert => !(item instanceof ApiError))
      const references = await findReferences(
        tx,
        upserts.map(({ edit }) => edit),
      )
      const desk = await loadLeadsOf(tx, upserts)
      const results = decideInOrder(read, {
        kind: 'lead',
        what: 'e-mail or external id',
        aim: (item) => aimOnDesk(desk, item),
        refuse: ({ edit }) => refuseReferences(references, edit),
        decide: (item) => upsertOnDesk(desk, caller, item, now),
      })
      return { results, write: () => writeDesk(tx, desk, now) }
    },
  })
}

function readItem(
  ctx: Ctx,
  caller: Caller,
  policy: WritePolicy,
  item: BatchItem,
  onDuplicate: string,
): LeadUpsert | ApiError {
  if (item instanceof ApiError) return item
  const { id, ...input } = item
  const uuid = id === undefined ? null : decodeTypeId('lead', id)
  if (uuid === undefined) return notFound('lead')
  try {
    return upsertOf(ctx, caller, policy, input, onDuplicate, uuid)
  } catch (error) {
    // What is wrong with one item is its own result.
    if (error instanceof ApiError) return error
    throw error
  }
}
