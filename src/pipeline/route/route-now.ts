/**
 * Leads that are to be routed at once. All decisions of a workspace are made one after the other under one lock that is
 * held until the commit, so whoever comes while a transaction is under way waits for it in any case: those who wait in
 * this process are decided together in the next one, which costs little more than a transaction for one of them.
 */
import type { Ctx } from '../../ctx.ts'
import { type Db, isConnectionFault, type Tx } from '../../db/client.ts'
import type { LeadFacts } from '../../domain/lead.ts'
import { isWorkable } from '../../domain/routing/workable.ts'
import { followPolicies } from '../../policies/published-policies.ts'
import { lockLeads } from '../desk-queries.ts'
import { endWork } from '../judge/end-work.ts'
import { openJudgeDesk, readDeskPolicies } from '../judge/open-judge-desk.ts'
import { runStages } from '../judge/run-stages.ts'
import type { Stage } from '../judge/stage.ts'
import { markWork } from '../mark-work.ts'
import { withJourney } from '../with-journey.ts'
import { ROUTE_NOW } from './route-stage.ts'

/** What became of the wish; `judged` says nothing about whether somebody could take the lead. */
export type RouteNowOutcome = 'judged' | 'unknown_lead' | 'at_rest' | 'no_policy'

/** Leads of one transaction: as many as a batch of the judge. */
const LARGEST_GROUP = 200

interface Waiting {
  leadId: string
  resolve(outcome: RouteNowOutcome): void
  reject(error: unknown): void
}

/** Those who wait, by workspace; a workspace is here while a transaction of it is under way. */
const queues = new WeakMap<Db, Map<string, Waiting[]>>()

/** Has the stages decide about a lead at once, whoever has it; resolves after the commit. */
export async function routeNow(
  { db, now }: Pick<Ctx, 'db' | 'now'>,
  stages: readonly Stage[],
  workspaceId: string,
  leadId: string,
): Promise<RouteNowOutcome> {
  const run = async (leadIds: string[]) =>
    await withJourney(db, workspaceId, (tx) => judgeTogether(tx, stages, leadIds, now()))
  // A request that is one transaction must not wait for another's commit, nor commit for another.
  if (db.joined !== undefined) return (await run([leadId])).get(leadId) ?? 'unknown_lead'
  const byWorkspace = queues.get(db) ?? new Map<string, Waiting[]>()
  queues.set(db, byWorkspace)
  return await new Promise((resolve, reject) => {
    const waiting = { leadId, resolve, reject }
    const queue = byWorkspace.get(workspaceId)
    if (queue !== undefined) {
      queue.push(waiting)
      return
    }
    const fresh = [waiting]
    byWorkspace.set(workspaceId, fresh)
    const workOff = async () => {
      while (fresh.length > 0) await answer(takeGroup(fresh), run)
      byWorkspace.delete(workspaceId)
    }
    // After this turn of the loop: what the network has brought in by now goes along.
    setImmediate(() => void workOff())
  })
}

type Run = (leadIds: string[]) => Promise<Map<string, RouteNowOutcome>>

/** The oldest of those who wait; a lead that is asked for twice is routed twice, one after the other. */
function takeGroup(queue: Waiting[]): Waiting[] {
  const group = new Map<string, Waiting>()
  const rest: Waiting[] = []
  for (const waiting of queue) {
    if (group.size < LARGEST_GROUP && !group.has(waiting.leadId)) group.set(waiting.leadId, waiting)
    else rest.push(waiting)
  }
  queue.splice(0, queue.length, ...rest)
  return [...group.values()]
}

async function answer(group: Waiting[], run: Run): Promise<void> {
  try {
    const outcomes = await run(group.map(({ leadId }) => leadId))
    for (const { leadId, resolve } of group) resolve(outcomes.get(leadId) ?? 'unknown_lead')
  } catch (error) {
    if (group.length > 1 && !isConnectionFault(error)) {
      // One lead that cannot be judged must not take its neighbours along.
      for (const waiting of group) await answer([waiting], run)
      return
    }
    for (const { reject } of group) reject(error)
  }
}

async function judgeTogether(
  tx: Tx,
  stages: readonly Stage[],
  leadIds: string[],
  now: Date,
): Promise<Map<string, RouteNowOutcome>> {
  const [, locked, policies] = await Promise.all([followPolicies(tx), lockLeads(tx, leadIds), readDeskPolicies(tx)])
  const hasPolicy = policies.published.of('routing').length > 0
  const outcomeOf = (lead: LeadFacts): RouteNowOutcome => {
    if (!isWorkable(lead)) return 'at_rest'
    return hasPolicy ? 'judged' : 'no_policy'
  }
  const outcomes = new Map(locked.map(({ lead }) => [lead.id, outcomeOf(lead)]))
  const due = locked.filter(({ lead }) => outcomes.get(lead.id) === 'judged')
  if (due.length === 0) return outcomes
  // Marked as well, and before the routing lock: a worker that judges one of them now is waited for.
  const [desk] = await Promise.all([
    openJudgeDesk(
      tx,
      due.map((entry) => ({ ...entry, reasons: [ROUTE_NOW] })),
      now,
      {},
      policies,
    ),
    markWork(
      tx,
      due.map(({ lead }) => lead.id),
      ROUTE_NOW,
    ),
  ])
  await runStages(tx, stages, desk, () => endWork(tx, desk))
  return outcomes
}
