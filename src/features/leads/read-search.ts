/** What a search asks, checked against the fields of this workspace. */
import type { Ctx } from '../../ctx.ts'
import { withWorkspace } from '../../db/client.ts'
import type { CompiledCondition } from '../../domain/condition/compiled-condition.ts'
import { ApiError } from '../../errors.ts'
import { readCondition } from '../../pipeline/read-condition.ts'
import { SORT_FIELDS, type SortKey } from './lead-search-queries.ts'

/** The condition of a filter, compiled; 400 `invalid_filter` names every fault in it. */
export async function readFilter(ctx: Ctx, workspaceId: string, filter: unknown): Promise<CompiledCondition> {
  return await withWorkspace(ctx.db, workspaceId, (tx) => readCondition(tx, filter, '/filter'))
}

/** Whether a condition asks about archived leads; else they stay hidden. */
export function namesArchived({ groups }: CompiledCondition): boolean {
  return groups.flat().some(({ field }) => field.name === 'archived')
}

/** The keys of a sort such as `last_name,-created_at`; 400 for a field that nothing is sorted by. */
export function readSort(sort: string): SortKey[] {
  return sort.split(',').map((part) => {
    const name = part.replace('-', '')
    const field = SORT_FIELDS.find((known) => known === name)
    if (field === undefined) {
      const detail = `${name} is nothing to sort by; use ${SORT_FIELDS.join(', ')}.`
      const item = { code: 'unknown_sort_field', detail, pointer: '/sort', parameter: null }
      throw new ApiError('validation_failed', detail, { items: [item] })
    }
    return { field, descending: part.startsWith('-') }
  })
}
