/**
 * Monthly partitions of the events: made ahead, so that no event ever waits for one, and dropped by retention. Made at the
 * start, by a job each hour, and before a write that would find none (a worker may have slept for months).
 */
import { type Ctx, perCtx } from '../../ctx.ts'
import type { Statement } from '../../db/client.ts'
import { keptFrom } from '../../domain/behaviour/place-in-time.ts'
import { DAY_MS } from '../../domain/condition/moment.ts'

/** A job that fails for a whole month still leaves another month to notice it. */
const AHEAD_DAYS = 62
/** What a write must find ahead of it: less than is made, so that making is nearly always the job's. */
const NEEDED_MS = 31 * DAY_MS

const createStatement: Statement = {
  name: 'create_event_partitions',
  text: 'SELECT create_event_partitions($1, $2) AS count',
}
const dropStatement: Statement = { name: 'drop_event_partitions', text: 'SELECT drop_event_partitions($1) AS count' }

/** The first moment whose raw events are kept in this installation. */
export function eventsKeptFrom({ config, now }: Pick<Ctx, 'config' | 'now'>): number {
  return keptFrom(now(), config.EVENT_RETENTION_DAYS)
}

const dayOf = (time: number) => new Date(time).toISOString().slice(0, 10)

async function createPartitions({ db }: Ctx, from: number, to: number): Promise<number> {
  const [row] = await db.query<{ count: number }>(createStatement, [dayOf(from), dayOf(to)])
  return row?.count ?? 0
}

/** The span of time that is known to have partitions. */
const prepared = perCtx((ctx) => ({ service: ctx, from: Infinity, to: -Infinity }))

/** Makes what is missing between the oldest event that is taken and two months from now; returns how many. */
export async function prepareEventPartitions(ctx: Ctx): Promise<number> {
  const known = prepared(ctx)
  const [from, to] = [eventsKeptFrom(ctx), ctx.now().getTime() + AHEAD_DAYS * DAY_MS]
  // Outside the transaction of the request: a lock on the table of all events must not last as long as one.
  const made = await createPartitions(known.service, from, to)
  Object.assign(known, { from, to })
  return made
}

/** Prepares partitions unless this process knows that they are there. */
export async function requireEventPartitions(ctx: Ctx): Promise<void> {
  const { from, to } = prepared(ctx)
  const isReady = from <= eventsKeptFrom(ctx) && ctx.now().getTime() + NEEDED_MS <= to
  if (!isReady) await prepareEventPartitions(ctx)
}

/** The job: makes partitions ahead and drops those whose events are all too old. */
export async function keepEventPartitions(ctx: Ctx): Promise<{ made: number; dropped: number }> {
  const made = await prepareEventPartitions(ctx)
  const [row] = await ctx.db.query<{ count: number }>(dropStatement, [dayOf(eventsKeptFrom(ctx))])
  return { made, dropped: row?.count ?? 0 }
}
