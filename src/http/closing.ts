/** The wish of a service to end, for requests that only wait: they answer at once with what there is (P24). */
import { perCtx } from '../ctx.ts'

/** Aborted when the service begins to stop. */
export const closing = perCtx(() => new AbortController())
