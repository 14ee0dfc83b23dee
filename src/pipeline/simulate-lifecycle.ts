/**
 * What would change under a draft of the lifecycle: every lead runs through it on a desk that is thrown away. The same
 * decisions as live, by the draft that was there when the simulation was asked for.
 */
import type { Ctx } from '../ctx.ts'
import { type Tx, withWorkspace } from '../db/client.ts'
import type { FieldCatalogue } from '../domain/condition/field-catalogue.ts'
import { validateCondition } from '../domain/condition/validate-condition.ts'
import { compileLifecycle } from '../domain/lifecycle/compile-lifecycle.ts'
import type { CompiledLifecycle, LifecyclePolicy } from '../domain/lifecycle/lifecycle-policy.ts'
import { encodeTypeId } from '../domain/type-id.ts'
import { ApiError } from '../errors.ts'
import type { OperationRunner } from '../operations/run-operations.ts'
import { makeCatalogue } from './condition-catalogue.ts'
import { findWritePolicy } from './custom-fields.ts'
import { unjudged } from './explain-on-lead.ts'
import { openJudgeDesk } from './judge/open-judge-desk.ts'
import { listQualifications } from './lifecycle/lifecycle-queries.ts'
import { rehearseStage } from './lifecycle/lifecycle-stage.ts'
import { FIRST_ID, pageLeads } from './page-leads.ts'

/** What a simulation is asked: a draft, its name in the result, and which leads. */
export interface LifecycleSimulation extends Record<string, unknown> {
  name: string
  definition: LifecyclePolicy
  filter: unknown
}

/** Leads that move from one stage to another. */
interface Movement {
  from: string
  to: string
  count: number
  /** Ids of the first of them, as on the wire. */
  sample: string[]
}

const PAGE = 500
const SAMPLE = 10

/** Runs all leads through a draft and counts who would go where. */
export const simulateLifecycle: OperationRunner = {
  kind: 'lifecycle_simulation',
  run: async (ctx, { workspaceId, checkpoint, processed, input }, report) => {
    const asked = input as LifecycleSimulation // written by the endpoint that started the operation
    let after = String(checkpoint?.['after'] ?? FIRST_ID)
    const movements = new Map(((checkpoint?.['moves'] ?? []) as Movement[]).map((one) => [keyOf(one), one]))
    let seen = processed
    for (;;) {
      const page = await withWorkspace(ctx.db, workspaceId, async (tx) => {
        const ids = await simulatePage(ctx, tx, asked, after, movements)
        const next = { after: ids.at(-1) ?? after, moves: [...movements.values()] }
        await report(tx, { processed: seen + ids.length, checkpoint: next })
        return ids
      })
      seen += page.length
      after = page.at(-1) ?? after
      if (page.length < PAGE) return resultOf(asked, seen, movements)
    }
  },
}

const keyOf = ({ from, to }: { from: string; to: string }) => `${from} ${to}`

async function simulatePage(
  ctx: Ctx,
  tx: Tx,
  { name, definition, filter }: LifecycleSimulation,
  after: string,
  movements: Map<string, Movement>,
): Promise<string[]> {
  const now = ctx.now()
  const catalogue = await catalogueOfDraft(tx, definition)
  const verdict = validateCondition(filter, catalogue)
  if (!verdict.ok) throw new ApiError('invalid_filter', verdict.faults[0]?.detail ?? '')
  const lifecycle: CompiledLifecycle = compileLifecycle(name, definition, catalogue)
  const leads = await pageLeads(tx, verdict.condition, after, PAGE, now)
  const desk = await openJudgeDesk(tx, leads.map(unjudged), now, { asked: lifecycle.gates })
  const rows = await listQualifications(tx, [...desk.leads.keys()])
  const byLead = new Map(rows.map((row) => [row.lead_id, row]))
  for (const judged of desk.leads.values()) {
    const from = judged.lead.stage_key
    const to = rehearseStage(desk, judged, lifecycle, byLead.get(judged.id))
    if (to !== from) count(movements, from, to, judged.id)
  }
  return leads.map(({ id }) => id)
}

async function catalogueOfDraft(tx: Tx, { frameworks, criteria }: LifecyclePolicy): Promise<FieldCatalogue> {
  const { customFields } = await findWritePolicy(tx, tx.workspaceId)
  const qualification = { frameworks: frameworks.map(({ key }) => key), criteria: criteria.map(({ key }) => key) }
  return makeCatalogue({ customFields, qualification })
}

function count(movements: Map<string, Movement>, from: string, to: string, id: string): void {
  const movement = movements.get(keyOf({ from, to })) ?? { from, to, count: 0, sample: [] }
  movement.count++
  if (movement.sample.length < SAMPLE) movement.sample.push(encodeTypeId('lead', id))
  movements.set(keyOf(movement), movement)
}

function resultOf({ name }: LifecycleSimulation, leads: number, movements: Map<string, Movement>) {
  const moves = [...movements.values()].sort((a, b) => b.count - a.count)
  return { policy: name, leads, changed: moves.reduce((sum, one) => sum + one.count, 0), moves }
}
