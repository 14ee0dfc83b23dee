/** Runs replays as operations. One is begun anew after a crash: it reads only, and takes less than a minute. */
import { withWorkspace } from '../../db/client.ts'
import { encodeTypeId } from '../../domain/type-id.ts'
import { ApiError, notFound } from '../../errors.ts'
import type { OperationRunner } from '../../operations/run-operations.ts'
import {
  MOST_ARRIVALS,
  type ReplayOutcome,
  replayRouting,
  TooManyArrivals,
} from '../../pipeline/route/replay-routing.ts'
import { findReplay, finishReplay } from './rehearsal-queries.ts'

export const REPLAY_KIND = 'routing_replay'

export const replayRunner: OperationRunner = {
  kind: REPLAY_KIND,
  run: async (ctx, operation, report) => {
    const { workspaceId, input } = operation
    const replay = await findReplay(ctx.db, workspaceId, String(input['replay_id']))
    if (replay === undefined) throw notFound('replay')
    const request = {
      definition: replay.definition,
      from: replay.from_at,
      to: replay.to_at,
      asOf: new Date(replay.created_at),
    }
    try {
      const outcome = await replayRouting(ctx.db, workspaceId, request, (processed, total) =>
        withWorkspace(ctx.db, workspaceId, (tx) => report(tx, { processed, total })),
      )
      const result = toResult(outcome)
      await withWorkspace(ctx.db, workspaceId, async (tx) => {
        await finishReplay(tx, replay.id, result)
        await report(tx, { processed: outcome.book.arrivals })
      })
      return { arrivals: result.arrivals, changed_owners: result.changed_owners }
    } catch (error) {
      if (!(error instanceof TooManyArrivals)) throw error
      throw new ApiError('unprocessable', `More than ${MOST_ARRIVALS} arrivals; replay fewer days.`)
    }
  },
}

function toResult({ book, digest, startedAt }: ReplayOutcome) {
  const users = new Set([...book.before.keys(), ...book.after.keys(), ...book.fairness.keys()])
  const idOf = (id: string | null) => (id === null ? null : encodeTypeId('user', id))
  return {
    started_at: startedAt,
    arrivals: book.arrivals,
    changed_owners: book.changed,
    unroutable: book.unroutable,
    waiting: book.waiting,
    queued: book.queued,
    sold: book.sold,
    owners_digest: digest,
    members: [...users].sort().map((id) => ({
      user_id: encodeTypeId('user', id),
      received: book.before.get(id) ?? 0,
      replayed: book.after.get(id) ?? 0,
      expected: book.fairness.get(id)?.expected ?? 0,
      breaches: book.breaches.get(id)?.total ?? 0,
      breaches_elsewhere: book.breaches.get(id)?.elsewhere ?? 0,
    })),
    changed: book.examples.map(({ lead_id, assigned_at, from, to, rule_key }) => ({
      lead_id: encodeTypeId('lead', lead_id),
      assigned_at: new Date(assigned_at).toISOString(),
      from_user_id: idOf(from),
      to_user_id: idOf(to),
      rule_key,
    })),
  }
}
