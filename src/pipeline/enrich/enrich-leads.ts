/** The operation that asks for runs: about given leads, or about all that a condition finds, page by page. */
import { type Tx, withWorkspace } from '../../db/client.ts'
import { familySources } from '../../db/condition-families-sql.ts'
import { conditionToSql } from '../../db/condition-sql.ts'
import { compileStored } from '../../domain/condition/compile-once.ts'
import type { Condition } from '../../domain/condition/condition-shape.ts'
import type { EnrichmentPolicy } from '../../domain/enrichment/providers/enrichment-policy.ts'
import type { LeadFacts } from '../../domain/lead.ts'
import { newId } from '../../domain/new-id.ts'
import { ApiError } from '../../errors.ts'
import type { OperationRunner, RunningOperation } from '../../operations/run-operations.ts'
import { readPolicies } from '../../policies/published-policies.ts'
import { catalogueOf } from '../condition-catalogue.ts'
import { findWritePolicy } from '../custom-fields.ts'
import { inputHashOf } from './input-hash.ts'
import { planRuns } from './run-queries.ts'

/** Leads whose runs are planned in one transaction. */
const PAGE = 500

/** What such an operation is about. */
export interface EnrichLeadsInput {
  /** Leads by uuid; null for all that the condition finds. */
  lead_ids: string[] | null
  filter: Condition | null
  fresh: boolean
}

export const enrichLeads: OperationRunner = {
  kind: 'enrich_leads',
  run: async (ctx, operation, report) => {
    let after = (operation.checkpoint?.['after'] as string | undefined) ?? null // we wrote it below
    let planned = operation.processed
    for (let count = PAGE; count === PAGE; ) {
      count = await withWorkspace(ctx.db, operation.workspaceId, async (tx) => {
        const leads = await listLeads(tx, operation, after, ctx.now())
        await plan(tx, operation, leads, ctx.now())
        after = leads.at(-1)?.id ?? after
        planned += leads.length
        await report(tx, { processed: planned, checkpoint: { after } })
        return leads.length
      })
    }
    return { planned }
  },
}

const inputOf = ({ input }: RunningOperation) => input as unknown as EnrichLeadsInput // what the endpoint wrote

async function listLeads(tx: Tx, operation: RunningOperation, after: string | null, now: Date): Promise<LeadFacts[]> {
  const { lead_ids, filter } = inputOf(operation)
  const policy = await findWritePolicy(tx, tx.workspaceId)
  const condition = compileStored(catalogueOf(tx.workspaceId, policy), filter)
  if (condition === null) throw new ApiError('unprocessable', 'The filter names a field that is no longer there.')
  const sources = familySources(tx.workspaceId)
  const { text, values } = conditionToSql(condition, { firstParameter: 5, alias: 'l', now, sources })
  return await tx.query<LeadFacts>(
    `SELECT l.* FROM leads l WHERE l.workspace_id = $1 AND NOT l.archived AND ($2::uuid IS NULL OR l.id > $2)
      AND ($3::uuid[] IS NULL OR l.id = ANY($3)) AND ${text} ORDER BY l.id LIMIT $4`,
    [tx.workspaceId, after, lead_ids, PAGE, ...values],
  )
}

async function plan(tx: Tx, operation: RunningOperation, leads: LeadFacts[], now: Date): Promise<void> {
  const [published] = (await readPolicies(tx)).of<EnrichmentPolicy>('enrichment')
  if (published === undefined) throw new ApiError('unprocessable', 'No enrichment policy is published.')
  const due_at = now.toISOString()
  const { fresh } = inputOf(operation)
  const wanted = leads.map((lead) => ({
    id: newId(),
    lead_id: lead.id,
    cause: 'request' as const,
    actor: operation.actor,
    fresh,
    input_hash: inputHashOf(published.definition, published.version, lead),
    due_at,
  }))
  await planRuns(tx, wanted, now)
}
