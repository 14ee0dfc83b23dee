/**
 * Waiting for the next change without holding a connection: one look at the workspace's counter for all who wait for
 * it, four times a second, and none at all while nobody waits.
 */
import { type Ctx, perCtx } from '../../ctx.ts'
import { closing } from '../../http/closing.ts'
import { findFeedEnds } from './change-queries.ts'

/** Pause between two looks, in milliseconds: a change is told within a third of a second. */
const LOOK_MS = 250

interface Waiter {
  after: number
  wake(): void
}

interface Watched {
  waiters: Set<Waiter>
  timer: NodeJS.Timeout
}

function createFeedWatch(ctx: Ctx) {
  const watched = new Map<string, Watched>()
  const stop = closing(ctx).signal
  stop.addEventListener('abort', () => {
    for (const { waiters } of watched.values()) for (const waiter of waiters) waiter.wake()
  })

  const look = async (workspaceId: string) => {
    // When the database cannot tell, the waiting look for themselves and answer what they find.
    const last = await findFeedEnds(ctx.db, workspaceId).then(
      (ends) => ends.last,
      () => Number.POSITIVE_INFINITY,
    )
    const place = watched.get(workspaceId)
    if (place === undefined) return
    for (const waiter of place.waiters) if (waiter.after < last) waiter.wake()
    if (place.waiters.size === 0) watched.delete(workspaceId)
    else place.timer = setTimeout(look, LOOK_MS, workspaceId)
  }

  /** Resolves when there is a change after this number, the time is over, or the signal or a stop of the service ends the wait. */
  return (workspaceId: string, after: number, milliseconds: number, signal: AbortSignal): Promise<void> =>
    new Promise((resolve) => {
      const place = watched.get(workspaceId) ?? {
        waiters: new Set<Waiter>(),
        timer: setTimeout(look, LOOK_MS, workspaceId),
      }
      watched.set(workspaceId, place)
      const wake = () => {
        clearTimeout(limit)
        signal.removeEventListener('abort', wake)
        place.waiters.delete(waiter)
        resolve()
      }
      const waiter: Waiter = { after, wake }
      const limit = setTimeout(wake, milliseconds)
      place.waiters.add(waiter)
      signal.addEventListener('abort', wake, { once: true })
      if (signal.aborted || stop.aborted) wake()
    })
}

/** The watch of a service. */
export const feedWatch = perCtx(createFeedWatch)
