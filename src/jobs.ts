/** Contents page of the background: every kind of due work and every scheduled job, by hand. */
import type { Ctx } from './ctx.ts'
import { processSubmissions } from './pipeline/process-submissions.ts'
import { sweepDueSubmissions } from './pipeline/submission-queries.ts'
import type { DueWork } from './queue/due-work.ts'

/** Due rows and what to do with them. */
export function dueWork(ctx: Ctx): DueWork[] {
  return [
    { kind: 'submissions', sweep: sweepDueSubmissions, drain: (workspaceId) => processSubmissions(ctx, workspaceId) },
  ]
}
