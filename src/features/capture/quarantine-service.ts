/** Quarantine: what is probably spam waits here, whole. A person lets it go on, or puts more of it here. */
import { recordChanges } from '../../changes/record-change.ts'
import { afterCommit, type Caller, type Ctx } from '../../ctx.ts'
import { withWorkspace } from '../../db/client.ts'
import { ApiError, notFound } from '../../errors.ts'
import { changeOfEnd } from '../../pipeline/end-submission.ts'
import { requireSubmission } from './capture-service.ts'
import {
  listStates,
  quarantineRow,
  releaseRows,
  reopenSubmission,
  type StoredSubmission,
} from './submission-queries.ts'

/** What became of one of the submissions that were asked for. */
export type ReleaseOutcome = { id: string; error: null } | { id: string; error: ApiError }

/** Lets submissions out: each is processed as if it had just arrived, at the time when it did. In the order of `ids`. */
export async function releaseSubmissions(ctx: Ctx, caller: Caller, ids: string[]): Promise<ReleaseOutcome[]> {
  const at = ctx.now().toISOString()
  const { released, states } = await withWorkspace(ctx.db, caller.workspaceId, async (tx) => {
    const freed = new Set(await releaseRows(tx, ids, caller.actor, at))
    const left = ids.filter((id) => !freed.has(id))
    return { released: freed, states: left.length === 0 ? new Map<string, string>() : await listStates(tx, left) }
  })
  if (released.size > 0) afterCommit(ctx, () => ctx.hints.give('submissions', caller.workspaceId))
  return ids.map((id) => (released.has(id) ? { id, error: null } : { id, error: refusalOf(states.get(id)) }))
}

function refusalOf(state: string | undefined): ApiError {
  if (state === undefined) return notFound('submission')
  return new ApiError('conflict', `The submission is not in quarantine; its state is ${state}.`)
}

/** Marks a submission as spam after all. A lead that it has made stays: others may have to do with it by now. */
export async function quarantineSubmission(ctx: Ctx, caller: Caller, id: string): Promise<StoredSubmission> {
  const now = ctx.now()
  await withWorkspace(ctx.db, caller.workspaceId, async (tx) => {
    const before = await quarantineRow(tx, id, now.toISOString())
    if (before === undefined) return
    const end = { id, state: 'quarantined' as const, reasons: [MARKED_BY_PERSON], form_key: before.form_key }
    recordChanges(tx, [changeOfEnd(end, before.state, caller.actor, caller.origin, now)])
  })
  return await requireSubmission(ctx, caller.workspaceId, id)
}

/** Reason of a submission that a person has put into quarantine. */
export const MARKED_BY_PERSON = 'marked_by_person'

/** Runs a submission through the pipeline again, the spam verdict included, with the form version that received it. */
export async function reprocessSubmission(ctx: Ctx, workspaceId: string, id: string): Promise<StoredSubmission> {
  await withWorkspace(ctx.db, workspaceId, (tx) => reopenSubmission(tx, workspaceId, id, ctx.now().toISOString()))
  afterCommit(ctx, () => ctx.hints.give('submissions', workspaceId))
  return await requireSubmission(ctx, workspaceId, id)
}
