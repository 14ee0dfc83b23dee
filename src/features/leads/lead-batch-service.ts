/** Up to 200 leads in one request: decided on one desk, written by a few statements, each answered for itself. */
import type { Caller, Ctx } from '../../ctx.ts'
import type { Tx } from '../../db/client.ts'
import type { LeadFacts } from '../../domain/lead.ts'
import { decodeTypeId } from '../../domain/type-id.ts'
import { ApiError, notFound } from '../../errors.ts'
import { findWritePolicy, type WritePolicy } from '../../pipeline/custom-fields.ts'
import { readOnDuplicate } from '../../pipeline/read-record.ts'
import { decideInOrder, type ItemResult, ItemsRefused, runBatch } from '../../pipeline/run-batch.ts'
import { aimOnDesk, type LeadUpsert, loadLeadsOf, upsertOnDesk } from '../../pipeline/upsert-lead.ts'
import { writeDesk } from '../../pipeline/write-desk.ts'
import type { LeadInput } from './lead-input.ts'
import { findReferences, refuseReferences } from './lead-references.ts'
import { upsertOf } from './lead-service.ts'
import { moveAllByKey, problemOf, type StageInput } from './move-by-key.ts'
import { listCountriesOfLeads, type PhoneOfLead } from './phone-of-lead.ts'

/** One item: what was sent, or what its schema says against it. */
export type BatchItem = (LeadInput & StageInput & { id?: string }) | ApiError

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
      const named = part.map(nameItem)
      const countries = await listCountriesOfLeads(
        tx,
        policy,
        named.map((item) => (item instanceof ApiError ? NOTHING : item)),
      )
      const read = named.map((item, i) =>
        readItem(ctx, caller, policy, item, { onDuplicate, country: countries[i] ?? null }),
      )
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
      const write = async () => {
        await writeDesk(tx, desk, now)
        await moveItems(tx, caller, part, results, now)
      }
      return { results, write }
    },
  })
}

/** Moves the leads of items that name a stage, and puts the moved leads into the results; throws ItemsRefused. */
async function moveItems(
  tx: Tx,
  caller: Caller,
  items: readonly BatchItem[],
  results: ItemResult<LeadFacts>[],
  now: Date,
): Promise<void> {
  const asked = items.flatMap((input, index) => {
    const result = results[index]
    if (input instanceof ApiError || input.stage_key === undefined || result === undefined) return []
    return result.outcome === 'failed' ? [] : [{ lead: result.record, input, index, outcome: result.outcome }]
  })
  const problems = new Map<BatchItem, ApiError>()
  for (const [i, moved] of (await moveAllByKey(tx, caller, asked, now)).entries()) {
    const item = asked[i]
    if (item === undefined || moved === undefined) continue
    if (moved.outcome === 'refused') problems.set(item.input, problemOf(moved))
    else if (moved.outcome === 'moved') {
      results[item.index] = { outcome: item.outcome === 'created' ? 'created' : 'updated', record: moved.lead }
    }
  }
  if (problems.size > 0) throw new ItemsRefused(items.map((item) => problems.get(item) ?? item))
}

/** Stands for a faulty item, about which nothing is asked. */
const NOTHING: PhoneOfLead = { input: {}, id: null }

/** An item with the lead that its id names. */
function nameItem(item: BatchItem): PhoneOfLead | ApiError {
  if (item instanceof ApiError) return item
  const { id, stage_key: _, stage_reason: _reason, ...input } = item
  const uuid = id === undefined ? null : decodeTypeId('lead', id)
  return uuid === undefined ? notFound('lead') : { input, id: uuid }
}

function readItem(
  ctx: Ctx,
  caller: Caller,
  policy: WritePolicy,
  item: PhoneOfLead | ApiError,
  wishes: { onDuplicate: string; country: string | null },
): LeadUpsert | ApiError {
  if (item instanceof ApiError) return item
  const { input, id } = item
  try {
    return upsertOf(ctx, caller, policy, input, { ...wishes, id })
  } catch (error) {
    // What is wrong with one item is its own result.
    if (error instanceof ApiError) return error
    throw error
  }
}
