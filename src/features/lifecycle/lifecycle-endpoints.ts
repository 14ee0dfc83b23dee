/** The lifecycle as a policy: one for each workspace, under one key. */
import type { Ctx } from '../../ctx.ts'
import { type Tx, withWorkspace } from '../../db/client.ts'
import { completeLifecycle } from '../../domain/lifecycle/compile-lifecycle.ts'
import { DEFAULT_LIFECYCLE } from '../../domain/lifecycle/default-lifecycle.ts'
import { findLifecycleFaults } from '../../domain/lifecycle/lifecycle-faults.ts'
import type { LifecyclePolicy } from '../../domain/lifecycle/lifecycle-policy.ts'
import { ApiError, type ProblemItem } from '../../errors.ts'
import type { Answer, Call } from '../../http/route.ts'
import { startOperation } from '../../operations/operation-store.ts'
import { makeCatalogue } from '../../pipeline/condition-catalogue.ts'
import { findWritePolicy } from '../../pipeline/custom-fields.ts'
import { LIFECYCLE_KEY } from '../../pipeline/lifecycle/find-lifecycle.ts'
import { inUse, listKeyUses } from '../../pipeline/names/find-key-uses.ts'
import { findMissingKeys } from '../../pipeline/names/find-missing-keys.ts'
import { policyEndpoints } from '../../policies/endpoints/policy-endpoints.ts'
import { findPolicy, lockPolicy } from '../../policies/policy-queries.ts'
import { publishDraft, saveDraft } from '../../policies/policy-store.ts'
import { findCriterionInUse, findStageInUse } from './lifecycle-queries.ts'
import { type LifecycleBody, toLifecycle } from './to-lifecycle.ts'

/** The handlers of the lifecycle. */
export const lifecycles = policyEndpoints<LifecyclePolicy, LifecycleBody>({
  kind: 'lifecycle',
  noun: 'lifecycle',
  path: '/settings/lifecycle',
  parameter: 'lifecycle_key',
  scopes: { read: 'settings:read', write: 'settings:write' },
  toDefinition: toLifecycle,
  complete: completeLifecycle,
  findFaults: findFaultsIn,
  findMissing: findMissingKeys,
  onPublish: async (ctx, tx, { actor }, { definition }, previous) => {
    const stage = await findStageInUse(
      tx,
      definition.stages.map(({ key }) => key),
    )
    if (stage !== undefined) {
      throw new ApiError(
        'in_use',
        `Leads are in the stage "${stage}", which the draft leaves out: keep it or move them.`,
      )
    }
    await requireUnusedStages(tx, definition, previous?.definition)
    const asked = await findCriterionInUse(
      tx,
      definition.criteria.map(({ key }) => key),
    )
    if (asked !== undefined) {
      const detail = `The form "${asked.form_key}" answers the criterion "${asked.criterion}", which the draft leaves out: keep it or change the form.`
      throw new ApiError('in_use', detail)
    }
    const wanted = { kind: 'lead_evaluation', input: { reason: 'lifecycle' }, actor, resource_id: LIFECYCLE_KEY }
    await startOperation(tx, wanted, ctx.now())
  },
})

/** Conditions and sequences would ask for a stage that nobody can be in any more. What was never there is not missed. */
async function requireUnusedStages(tx: Tx, { stages }: LifecyclePolicy, previous?: LifecyclePolicy): Promise<void> {
  const kept = new Set(stages.map(({ key }) => key))
  const gone = new Set(previous?.stages.map(({ key }) => key).filter((key) => !kept.has(key)))
  if (gone.size === 0) return
  const uses = (await listKeyUses(tx, 'stage')).filter(({ name }) => gone.has(name))
  if (uses.length > 0) throw inUse('stage', uses)
}

async function findFaultsIn(tx: Tx, definition: LifecyclePolicy): Promise<ProblemItem[]> {
  const { customFields } = await findWritePolicy(tx, tx.workspaceId)
  const qualification = {
    frameworks: definition.frameworks.map(({ key }) => key),
    criteria: definition.criteria.map(({ key }) => key),
  }
  const faults = findLifecycleFaults(definition, makeCatalogue({ customFields, qualification }))
  return faults.map((fault) => ({ ...fault, parameter: null }))
}

const SYSTEM = { actor: 'system', origin: null }

/** Publishes the built-in lifecycle where there is none yet, so that there is one to read and to change. */
export async function ensureLifecycle(ctx: Ctx, workspaceId: string): Promise<void> {
  if ((await findPolicy(ctx.db, workspaceId, 'lifecycle', LIFECYCLE_KEY)) !== undefined) return
  const place = { kind: 'lifecycle', key: LIFECYCLE_KEY, now: ctx.now() } as const
  await withWorkspace(ctx.db, workspaceId, async (tx) => {
    const expected = { ifMatchVersion: null }
    try {
      await saveDraft(tx, SYSTEM, place, DEFAULT_LIFECYCLE, expected)
    } catch (error) {
      // Another request made it meanwhile.
      if (error instanceof ApiError && (await lockPolicy(tx, 'lifecycle', LIFECYCLE_KEY)) !== undefined) return
      throw error
    }
    await publishDraft(tx, SYSTEM, place)
  })
}

/** A handler of the one lifecycle of a workspace; its path has no key. */
export function ofWorkspace<Q, B>(handle: (ctx: Ctx, call: Call<Record<string, unknown>, Q, B>) => Promise<Answer>) {
  return async (ctx: Ctx, call: Call<unknown, Q, B>): Promise<Answer> => {
    await ensureLifecycle(ctx, call.caller.workspaceId)
    const params = { ...(call.params as object | undefined), lifecycle_key: LIFECYCLE_KEY }
    return await handle(ctx, { ...call, params })
  }
}
