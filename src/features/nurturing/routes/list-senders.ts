import { ok } from '../../../http/answers.ts'
import { readCursor, toPage, writeCursor } from '../../../http/paging.ts'
import { defineRoute } from '../../../http/route.ts'
import { CursorParameter, LimitParameter, query, ref } from '../../../http/schema.ts'
import { SETTINGS_READ } from '../access.ts'
import { listSenders as listRows } from '../sender-queries.ts'
import { SenderList, toSender } from '../sender-schemas.ts'

export const listSenders = defineRoute({
  method: 'GET',
  url: '/settings/senders',
  operationId: 'listSenders',
  summary: 'List senders',
  description: 'Identities that mail comes from, in the order of their keys. Secrets are never shown.',
  access: SETTINGS_READ,
  query: query({ limit: LimitParameter, cursor: CursorParameter }),
  responses: { 200: { description: 'A page of senders.', schema: ref(SenderList) } },
  handle: async (ctx, { caller, query: { limit, cursor } }) => {
    const scope = { secret: ctx.secret, workspaceId: caller.workspaceId, operation: 'listSenders', query: null }
    const [after] = cursor === undefined ? [null] : readCursor(scope, cursor)
    const rows = await listRows(ctx.db, caller.workspaceId, after as string | null, limit + 1)
    return ok(toPage(rows, limit, toSender, (row) => writeCursor(scope, [row.sender_key])))
  },
})
