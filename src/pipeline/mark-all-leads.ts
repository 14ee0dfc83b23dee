/** After a policy was published every lead is to be judged by it: marks for all of them, a page at a time. */
import { withWorkspace } from '../db/client.ts'
import type { OperationRunner } from '../operations/run-operations.ts'
import { markWork } from './mark-work.ts'
import { countLeads, FIRST_ID, pageLeadIds } from './page-leads.ts'

/** Marks in one transaction: half a second at most. */
const PAGE = 5_000

/** Marks every lead; `input.reason` is what the marks say. */
export const markAllLeads: OperationRunner = {
  kind: 'lead_evaluation',
  run: async (ctx, { workspaceId, checkpoint, processed, input }, report) => {
    let after = String(checkpoint?.['after'] ?? FIRST_ID)
    let marked = processed
    const total = await withWorkspace(ctx.db, workspaceId, countLeads)
    for (;;) {
      const page = await withWorkspace(ctx.db, workspaceId, async (tx) => {
        const ids = await pageLeadIds(tx, after, PAGE)
        await markWork(tx, ids, String(input['reason'] ?? 'policy'))
        await report(tx, { processed: marked + ids.length, total, checkpoint: { after: ids.at(-1) ?? after } })
        return ids
      })
      marked += page.length
      after = page.at(-1) ?? after
      if (page.length < PAGE) return { marked }
    }
  },
}
