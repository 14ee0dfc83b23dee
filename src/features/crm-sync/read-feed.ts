/** Reading the change feed: where a cursor begins, how far one request looks, and how it waits for what comes next. */
import type { ChangeRow } from '../../changes/change-event.ts'
import { typesMeant } from '../../changes/type-pattern.ts'
import type { Ctx } from '../../ctx.ts'
import { ApiError } from '../../errors.ts'
import { type FeedFilter, findFeedEnds, listChanges } from './change-queries.ts'
import { feedWatch } from './feed-watch.ts'

/** Windows that one request looks through for the first match: some 0.3 s of the database; the caller goes on from there. */
const MAX_WINDOWS = 10

/** The types that patterns such as `lead.*` mean, null for all; 400 for a pattern that means none. */
export function typesOf(patterns: string[] | undefined): string[] | null {
  if (patterns === undefined || patterns.length === 0) return null
  const types = patterns.map(typesMeant)
  const unknown = types.findIndex((meant) => meant.length === 0)
  if (unknown < 0) return [...new Set(types.flat())]
  const detail = `No change is of type ${patterns[unknown]}.`
  throw new ApiError('validation_failed', detail, {
    items: [{ code: 'unknown_type', detail, pointer: null, parameter: `types.${unknown}` }],
  })
}

/** The number after which a cursor begins; 410 when changes behind it have expired, 400 when it is ahead of the feed. */
export async function startOf(ctx: Ctx, workspaceId: string, cursor: string | undefined): Promise<number> {
  const { first, last } = await findFeedEnds(ctx.db, workspaceId)
  if (cursor === undefined || cursor === 'earliest') return first - 1
  if (cursor === 'latest') return last
  const after = Number(cursor)
  if (after > last)
    throw faultyCursor('invalid_cursor', 'The feed has not come that far; use next_cursor of an answer.')
  if (after >= first - 1) return after
  throw expired(first)
}

/** Says what still can be read; what is gone has to be read from the objects themselves. */
function expired(first: number): ApiError {
  return faultyCursor(
    'cursor_expired',
    `Changes after this cursor have expired. Start again from earliest, which is now sequence ${first}, and read anew the objects that you mirror: what happened before is in them.`,
  )
}

function faultyCursor(code: 'invalid_cursor' | 'cursor_expired', detail: string): ApiError {
  return new ApiError(code, detail, { items: [{ code, detail, pointer: null, parameter: 'cursor' }] })
}

export interface FeedPage {
  rows: ChangeRow[]
  has_more: boolean
  next_cursor: string
}

/** What follows a number; waits when there is nothing, until something comes, the time is over or the caller is gone. */
export async function readFeed(
  ctx: Ctx,
  workspaceId: string,
  after: number,
  filter: FeedFilter,
  { limit, waitMs, signal }: { limit: number; waitMs: number; signal: AbortSignal },
): Promise<FeedPage> {
  const deadline = performance.now() + waitMs
  let from = after
  for (let windows = 1; ; windows++) {
    const { rows, seen, last, first } = await listChanges(ctx.db, workspaceId, from, filter, limit + 1)
    if (from < first - 1) throw expired(first)
    if (rows.length > 0) return pageOf(rows, limit, seen, last)
    from = seen
    const left = deadline - performance.now()
    const isDone = seen < last ? windows >= MAX_WINDOWS : left <= 0
    if (isDone || signal.aborted) return { rows, has_more: seen < last, next_cursor: String(seen) }
    if (seen < last) continue
    windows = 0
    await feedWatch(ctx)(workspaceId, seen, left, signal)
  }
}

/** A full page ends at its last change; any other has seen everything up to the end of the window. */
function pageOf(rows: ChangeRow[], limit: number, seen: number, last: number): FeedPage {
  const shown = rows.slice(0, limit)
  const end = shown.at(-1)?.sequence ?? seen
  if (rows.length > limit) return { rows: shown, has_more: true, next_cursor: String(end) }
  const next = Math.max(end, seen)
  return { rows: shown, has_more: next < last, next_cursor: String(next) }
}
