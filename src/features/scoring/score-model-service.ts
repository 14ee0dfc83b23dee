/** What follows from score models: publishing scores everybody anew, a simulation tries a draft. */

import type { Caller, Ctx } from '../../ctx.ts'
import { withWorkspace } from '../../db/client.ts'
import type { Condition } from '../../domain/condition/condition-shape.ts'
import { validateCondition } from '../../domain/condition/validate-condition.ts'
import type { ExpectedVersion } from '../../domain/expected-version.ts'
import type { ScoreModel } from '../../domain/scoring/score-model.ts'
import { ApiError, notFound } from '../../errors.ts'
import type { Operation } from '../../operations/operation-queries.ts'
import { startOperation } from '../../operations/operation-store.ts'
import { catalogueOf } from '../../pipeline/condition-catalogue.ts'
import { findWritePolicy } from '../../pipeline/custom-fields.ts'
import { RESCORE } from '../../pipeline/score/rescore-leads.ts'
import { SIMULATION, type SimulationInput } from '../../pipeline/score/simulate-scores.ts'
import { lockPolicy } from '../../policies/policy-queries.ts'
import { scoreModels } from './score-model-policy.ts'

/** Publishes the draft and starts scoring all leads anew, in one transaction. */
export async function publishScoreModel(
  ctx: Ctx,
  caller: Caller,
  key: string,
  ifMatchVersion: ExpectedVersion,
): Promise<Operation> {
  return await withWorkspace(ctx.db, caller.workspaceId, async (tx) => {
    const { published } = await scoreModels.publishIn(ctx, tx, caller, key, ifMatchVersion)
    const input = { model_key: key, version: published.version }
    return await startOperation(tx, { kind: RESCORE, input, actor: caller.actor, resource_id: key }, ctx.now())
  })
}

/** Starts a simulation of the draft as it is now. Throws 404 without a model, 409 without a draft, 400 for the filter. */
export async function simulateScoreModel(
  ctx: Ctx,
  caller: Caller,
  key: string,
  filter: Condition | null,
): Promise<Operation> {
  return await withWorkspace(ctx.db, caller.workspaceId, async (tx) => {
    const policy = await lockPolicy(tx, 'score_model', key)
    if (policy === undefined) throw notFound('score model')
    if (policy.draft === null) throw new ApiError('conflict', 'There is no draft to try.')
    const catalogue = catalogueOf(tx.workspaceId, await findWritePolicy(tx, tx.workspaceId))
    const verdict = validateCondition(filter, catalogue, '/filter')
    if (!verdict.ok) {
      const items = verdict.faults.map((fault) => ({ ...fault, parameter: null }))
      throw new ApiError('invalid_filter', items[0]?.detail ?? '', { items })
    }
    const { version } = policy.draft
    const definition = policy.draft.definition as unknown as ScoreModel // score models are stored as such
    const input: SimulationInput = { model_key: key, version, definition, filter }
    return await startOperation(
      tx,
      { kind: SIMULATION, input: { ...input }, actor: caller.actor, resource_id: key },
      ctx.now(),
    )
  })
}
