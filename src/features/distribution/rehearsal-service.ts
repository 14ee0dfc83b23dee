/** Rules tried before they are followed: on leads of now, and on the arrivals of past days. */
import type { Caller, Ctx } from '../../ctx.ts'
import { withWorkspace } from '../../db/client.ts'
import { newId } from '../../domain/new-id.ts'
import { packTrial } from '../../domain/routing/explanation.ts'
import type { RoutingDefinition } from '../../domain/routing/routing-policy.ts'
import { encodeTypeId } from '../../domain/type-id.ts'
import { ApiError, notFound } from '../../errors.ts'
import type { Operation } from '../../operations/operation-queries.ts'
import { startOperation } from '../../operations/operation-store.ts'
import { type Rehearsal, rehearseRouting } from '../../pipeline/route/rehearse-routing.ts'
import { findPolicy } from '../../policies/policy-queries.ts'
import { toExplanation } from './assignment-answer.ts'
import { listTeamVersions } from './assignment-queries.ts'
import { insertReplay, listNewestLeadIds } from './rehearsal-queries.ts'
import { REPLAY_KIND } from './replay-runner.ts'
import { ROUTING_KEY } from './routing-policy.ts'

const DAY_MS = 86_400_000
const SAMPLE = 20

/** Which version decides: the draft where there is one and nothing else is wanted. */
async function chooseVersion(ctx: Ctx, workspaceId: string, uses: string | undefined) {
  const policy = await findPolicy(ctx.db, workspaceId, 'routing', ROUTING_KEY)
  const version =
    uses === 'published' ? policy?.published : uses === 'draft' ? policy?.draft : (policy?.draft ?? policy?.published)
  if (version == null) throw new ApiError('unprocessable', 'There is no such version of the routing policy.')
  // Only this room writes policies of this kind.
  return { version: version.version, definition: version.definition as unknown as RoutingDefinition }
}

/** Where leads would go now, one after the other; nothing is changed. */
export async function simulateRouting(
  ctx: Ctx,
  workspaceId: string,
  wish: { leadId: string | null; sample: number | undefined; uses: string | undefined },
) {
  const { version, definition } = await chooseVersion(ctx, workspaceId, wish.uses)
  const rehearsals = await withWorkspace(ctx.db, workspaceId, async (tx) => {
    const ids = wish.leadId === null ? await listNewestLeadIds(tx, wish.sample ?? SAMPLE) : [wish.leadId]
    return await rehearseRouting(tx, definition, ids, ctx.now())
  })
  if (wish.leadId !== null && rehearsals.length === 0) throw notFound('lead')
  const teams = await listTeamVersions(ctx.db, workspaceId, [...new Set(rehearsals.map((one) => one.teamsVersion))])
  const data = rehearsals.map(({ lead, isDue, teamsVersion, verdict }: Rehearsal) => ({
    lead_id: encodeTypeId('lead', lead.id),
    is_due: isDue,
    outcome: verdict.outcome,
    rule_key: verdict.rule_key,
    user_id: verdict.user_id === null ? null : encodeTypeId('user', verdict.user_id),
    pool_key: verdict.pool_key,
    buyer_key: verdict.buyer_key,
    owner_id: lead.owner_id === null ? null : encodeTypeId('user', lead.owner_id),
    explanation: toExplanation(
      { rules: verdict.rules, trials: verdict.trials.map(packTrial) },
      teams.get(teamsVersion),
    ),
  }))
  return { policy_version: version, data }
}

/** Starts a replay of past days; the definition is taken as it is now. */
export async function startReplay(
  ctx: Ctx,
  caller: Caller,
  wish: { days: number; uses: string | undefined },
): Promise<Operation> {
  const { version, definition } = await chooseVersion(ctx, caller.workspaceId, wish.uses)
  const now = ctx.now()
  const to = now.toISOString()
  const first = new Date(now.getTime() - wish.days * DAY_MS).toISOString().slice(0, 10)
  const id = newId()
  return await withWorkspace(ctx.db, caller.workspaceId, async (tx) => {
    const resource_id = encodeTypeId('replay', id)
    const operation = await startOperation(
      tx,
      { kind: REPLAY_KIND, input: { replay_id: id }, actor: caller.actor, resource_id },
      now,
    )
    await insertReplay(tx, {
      id,
      operation_id: operation.id,
      policy_version: version,
      definition,
      from_at: `${first}T00:00:00.000Z`,
      to_at: to,
      created_at: to,
      created_by: caller.actor,
    })
    return operation
  })
}
