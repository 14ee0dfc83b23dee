/** A condition that somebody sent, checked against the fields of the workspace. */
import type { Tx } from '../db/client.ts'
import type { CompiledCondition } from '../domain/condition/compiled-condition.ts'
import { validateCondition } from '../domain/condition/validate-condition.ts'
import { ApiError } from '../errors.ts'
import { catalogueOf } from './condition-catalogue.ts'
import { findWritePolicy } from './custom-fields.ts'

/** The condition, compiled; throws 400 `invalid_filter` that names every fault below `pointer`. */
export async function readCondition(
  tx: Pick<Tx, 'query' | 'workspaceId'>,
  raw: unknown,
  pointer: string,
): Promise<CompiledCondition> {
  const { workspaceId } = tx
  const verdict = validateCondition(raw, catalogueOf(workspaceId, await findWritePolicy(tx, workspaceId)), pointer)
  if (verdict.ok) return verdict.condition
  const items = verdict.faults.map((fault) => ({ ...fault, parameter: null }))
  const detail = items.length === 1 ? (items[0]?.detail ?? '') : `${items.length} faults.`
  throw new ApiError('invalid_filter', detail, { items })
}
