/** Asking for runs: always an operation, because a filter may find a million leads. */
import type { Caller, Ctx } from '../../ctx.ts'
import { withWorkspace } from '../../db/client.ts'
import type { Condition } from '../../domain/condition/condition-shape.ts'
import { validateCondition } from '../../domain/condition/validate-condition.ts'
import { decodeTypeId } from '../../domain/type-id.ts'
import { ApiError, validationFailed } from '../../errors.ts'
import type { Operation } from '../../operations/operation-queries.ts'
import { startOperation } from '../../operations/operation-store.ts'
import { catalogueOf } from '../../pipeline/condition-catalogue.ts'
import { findWritePolicy } from '../../pipeline/custom-fields.ts'
import { faultAt } from '../../pipeline/read-record.ts'
import { readPolicies } from '../../policies/published-policies.ts'
import { countKnownLeads } from './run-queries.ts'

export interface RunWish {
  lead_ids?: string[]
  filter?: unknown
  fresh?: boolean
}

/** Starts asking about leads. Throws 400 for a wish that cannot be read, 422 for unknown leads or without a policy. */
export async function startRuns(ctx: Ctx, caller: Caller, wish: RunWish): Promise<Operation> {
  const ids = readIds(wish)
  return await withWorkspace(ctx.db, caller.workspaceId, async (tx) => {
    const catalogue = catalogueOf(tx.workspaceId, await findWritePolicy(tx, tx.workspaceId))
    const verdict = validateCondition(wish.filter ?? null, catalogue, '/filter')
    if (!verdict.ok) throw validationFailed(verdict.faults.map((fault) => ({ ...fault, parameter: null })))
    if (ids !== null && (await countKnownLeads(tx, ids)) < ids.length) throw unknownLead()
    if ((await readPolicies(tx)).of('enrichment').length === 0) {
      throw new ApiError('unprocessable', 'Publish an enrichment policy first: it says whom to ask.')
    }
    const filter = (wish.filter ?? null) as Condition | null // validated above
    const input = { lead_ids: ids, filter, fresh: wish.fresh ?? false }
    return await startOperation(
      tx,
      { kind: 'enrich_leads', input, actor: caller.actor, total: ids?.length ?? null },
      ctx.now(),
    )
  })
}

function readIds({ lead_ids, filter }: RunWish): string[] | null {
  if ((lead_ids === undefined) === (filter === undefined || filter === null)) {
    throw validationFailed([faultAt('', 'required', 'Send either lead_ids or filter.')])
  }
  if (lead_ids === undefined) return null
  const ids = lead_ids.map((id) => decodeTypeId('lead', id))
  if (ids.some((id) => id === undefined)) throw unknownLead()
  return [...new Set(ids as string[])] // none is undefined
}

function unknownLead(): ApiError {
  const detail = 'One of the leads is not there.'
  return new ApiError('unprocessable', detail, { items: [faultAt('/lead_ids', 'unknown_lead', detail)] })
}
