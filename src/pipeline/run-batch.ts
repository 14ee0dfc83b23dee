/**
 * A batch of writes by one caller: decided on one desk and written by a few statements in one transaction. Each item
 * has a result of its own; one that the database alone refuses is found by halving, so that it fails alone.
 */
import { type Db, sqlStateOf, type Tx } from '../db/client.ts'
import type { IdKind } from '../domain/type-id.ts'
import { ApiError } from '../errors.ts'
import type { Aim } from './aim-upsert.ts'
import { withJourney } from './with-journey.ts'
import { isWritten, problemOf, type WriteResult, type Written } from './write-result.ts'

/** What became of one item: written, or the problem that it has. */
export type ItemResult<T> = Written<T> | { outcome: 'failed'; problem: ApiError }

export interface Batch<Item, T> {
  db: Db
  workspaceId: string
  items: Item[]
  /** True writes all items or none. */
  atomic: boolean
  /** Decides the items in their order; `write` does what was decided. */
  decide(tx: Tx, items: Item[]): Promise<{ results: ItemResult<T>[]; write: () => Promise<void> }>
}

/** Thrown by `write` when items turn out to be impossible only after they were written: nothing of the part may stay. */
export class ItemsRefused<Item> extends Error {
  /** The items of the part to decide anew, with failures in the places of the refused ones. */
  readonly items: Item[]

  constructor(items: Item[]) {
    super('items of the batch are refused')
    this.items = items
  }
}

/** Runs a batch; the results are in the order of its items. */
export async function runBatch<Item, T>(batch: Batch<Item, T>): Promise<ItemResult<T>[]> {
  if (batch.items.length === 0) return []
  try {
    return await withJourney(batch.db, batch.workspaceId, async (tx) => {
      const { results, write } = await batch.decide(tx, batch.items)
      if (batch.atomic && results.some(isFailed)) return abort(results)
      await write()
      return results
    })
  } catch (error) {
    // Fewer items are left each time, so it ends. The items come from the batch itself.
    if (error instanceof ItemsRefused) return await runBatch({ ...batch, items: error.items as Item[] })
    if (!isDataFault(error)) throw error
    return await isolate(batch)
  }
}

const isFailed = <T>(result: ItemResult<T>) => result.outcome === 'failed'

/** SQLSTATE classes of data that the database cannot take: the fault of an item, not of the moment. */
const isDataFault = (error: unknown) => /^(22|23|54)/.test(sqlStateOf(error) ?? '')

async function isolate<Item, T>(batch: Batch<Item, T>): Promise<ItemResult<T>[]> {
  const { items, atomic } = batch
  if (items.length === 1 || atomic) {
    const problem = new ApiError('invalid_request', 'A value cannot be stored.')
    return items.map(() => ({ outcome: 'failed', problem }))
  }
  const middle = Math.ceil(items.length / 2)
  const first = await runBatch({ ...batch, items: items.slice(0, middle) })
  return [...first, ...(await runBatch({ ...batch, items: items.slice(middle) }))]
}

/** Nothing is written: the items that could have been say so. */
function abort<T>(results: ItemResult<T>[]): ItemResult<T>[] {
  const problem = new ApiError('batch_aborted', 'Another item of this atomic batch failed, so nothing was written.')
  return results.map((result) => (isFailed(result) ? result : { outcome: 'failed', problem }))
}

/** How items are decided on the desk of a kind of record. */
export interface Decider<Item, T> {
  kind: IdKind
  /** What makes two records duplicates, in words. */
  what: string
  aim(item: Item): Aim
  /** A reason to refuse an item before it is looked at. */
  refuse(item: Item): ApiError | null
  decide(item: Item): WriteResult<T>
}

/** Decides items in their order; those that could not be read are failures already. Each record is written once. */
export function decideInOrder<Item extends object, T extends { id: string }>(
  items: (Item | ApiError)[],
  decider: Decider<Item, T>,
): ItemResult<T>[] {
  const touched = new Map<string, number>()
  return items.map((item, index) => {
    if (item instanceof ApiError) return { outcome: 'failed', problem: item }
    const problem = decider.refuse(item) ?? repeatOf(touched, decider.aim(item))
    if (problem !== null) return { outcome: 'failed', problem }
    const result = decider.decide(item)
    if (!isWritten(result)) return { outcome: 'failed', problem: problemOf(decider.kind, decider.what, result) }
    touched.set(result.record.id, index)
    return result
  })
}

/** Two items about one record contradict each other: the later one fails, whatever order was meant. */
function repeatOf(touched: Map<string, number>, aim: Aim): ApiError | null {
  const earlier = aim.outcome === 'edit' ? touched.get(aim.id) : undefined
  if (earlier === undefined) return null
  const detail = `Item ${earlier} of this batch is about the same record.`
  return new ApiError('duplicate', detail, {
    items: [{ code: 'duplicate_in_batch', detail, pointer: '', parameter: null }],
  })
}
