/** The score model of a new workspace: published, so that scoring works out of the box. */
import type { Ctx } from '../../ctx.ts'
import { withWorkspace } from '../../db/client.ts'
import { DEFAULT_SCORE_MODEL } from '../../domain/scoring/default-model.ts'
import { DEFAULT_MODEL_KEY } from '../../domain/scoring/score-model.ts'
import { ApiError } from '../../errors.ts'
import { findPolicy } from '../../policies/policy-queries.ts'
import { publishDraft, saveDraft } from '../../policies/policy-store.ts'

/** Makes it unless the workspace has a model of that key. */
export async function ensureDefaultScoreModel(ctx: Ctx, workspaceId: string): Promise<void> {
  if ((await findPolicy(ctx.db, workspaceId, 'score_model', DEFAULT_MODEL_KEY)) !== undefined) return
  const system = { actor: 'system', origin: null }
  const place = { kind: 'score_model' as const, key: DEFAULT_MODEL_KEY, now: ctx.now() }
  try {
    await withWorkspace(ctx.db, workspaceId, async (tx) => {
      await saveDraft(tx, system, place, DEFAULT_SCORE_MODEL, { ifMatchVersion: null, createOnly: true })
      await publishDraft(tx, system, place)
    })
  } catch (error) {
    // Another process that starts at the same moment was first.
    if (!(error instanceof ApiError && error.code === 'precondition_failed')) throw error
  }
}
