/** What a sequence did and brought. */
import type { Ctx } from '../../ctx.ts'
import { withWorkspace } from '../../db/client.ts'
import { difference, wilson } from '../../domain/sequence/wilson.ts'
import { notFound } from '../../errors.ts'
import { findPolicy } from '../../policies/policy-queries.ts'
import { countEnrollments, countSteps, type EnrollmentCount } from './stats-queries.ts'

/** The figures of a sequence as they are now; 404 when there is none. */
export async function readStats(ctx: Ctx, workspaceId: string, sequence_key: string) {
  if ((await findPolicy(ctx.db, workspaceId, 'sequence', sequence_key)) === undefined) throw notFound('sequence')
  const [counts, steps] = await withWorkspace(ctx.db, workspaceId, async (tx) => [
    await countEnrollments(tx, sequence_key),
    await countSteps(tx, sequence_key),
  ])
  const ended = counts.filter(({ status }) => status === 'ended')
  const treated = shareOf(counts, false)
  const held_out = shareOf(counts, true)
  return {
    sequence_key,
    entered: sum(counts),
    running: sum(counts) - sum(ended),
    paused: sum(counts.filter(({ status }) => status === 'paused')),
    ended: sum(ended),
    ended_reasons: reasonsOf(ended),
    treated,
    held_out,
    lift: difference(treated, held_out),
    steps,
  }
}

const sum = (counts: readonly EnrollmentCount[]) => counts.reduce((total, { count }) => total + count, 0)

function shareOf(counts: readonly EnrollmentCount[], heldOut: boolean) {
  const group = counts.filter(({ held_out }) => held_out === heldOut)
  const goals = sum(group.filter(({ reason }) => reason === 'goal'))
  return { goals, ...wilson(goals, sum(group)) }
}

function reasonsOf(ended: readonly EnrollmentCount[]) {
  const counts = new Map<string, number>()
  for (const { reason, count } of ended) {
    const name = reason ?? 'unknown'
    counts.set(name, (counts.get(name) ?? 0) + count)
  }
  return [...counts].map(([reason, count]) => ({ reason, count })).sort((a, b) => b.count - a.count)
}
