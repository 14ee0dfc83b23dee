/** Workspaces of which this process knows that nobody listens, and when it looked: their changes cost one look a second. */
import { perCtx } from '../../../ctx.ts'

/** Milliseconds until the next look: an endpoint that another process makes hears its first change that much later. */
export const EMPTY_MS = 1_000

/** Workspace -> time of the last look (performance.now). */
export const knownEmpty = perCtx(() => new Map<string, number>())
