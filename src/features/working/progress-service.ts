/** How far the work on an assignment is, with the promise that it is under. */
import type { Ctx } from '../../ctx.ts'
import { type Tx, withWorkspace } from '../../db/client.ts'
import { toAssignmentProgress } from '../../domain/assignment-wire.ts'
import { notFound } from '../../errors.ts'
import type { AssignmentRow } from '../../pipeline/route/assignment-queries.ts'
import { findClock } from '../../pipeline/sla/clock-queries.ts'
import { type DescribedClock, describeClock } from '../../pipeline/sla/describe-clock.ts'
import { findAssignment } from './working-queries.ts'

export type AssignmentView = ReturnType<typeof toAssignmentProgress> & { sla: DescribedClock | null }

/** An assignment with its promise, as this transaction sees it. */
export async function viewAssignment(tx: Tx, assignment: AssignmentRow, now: Date): Promise<AssignmentView> {
  const clock = await findClock(tx, tx.workspaceId, assignment.id)
  const sla = clock === undefined ? null : await describeClock(tx, clock, now.getTime())
  return { ...toAssignmentProgress(assignment), sla }
}

/** One assignment; 404 when there is none. */
export async function readAssignmentProgress(ctx: Ctx, workspaceId: string, id: string): Promise<AssignmentView> {
  return await withWorkspace(ctx.db, workspaceId, async (tx) => {
    const assignment = await findAssignment(tx, workspaceId, id)
    if (assignment === undefined) throw notFound('assignment')
    return await viewAssignment(tx, assignment, ctx.now())
  })
}
