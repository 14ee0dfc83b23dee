import { toAccount } from '../../../domain/account-wire.ts'
import { ok } from '../../../http/answers.ts'
import { readCursor, toPage, writeCursor } from '../../../http/paging.ts'
import { defineRoute } from '../../../http/route.ts'
import { ref } from '../../../http/schema.ts'
import { toTotal } from '../../../http/total.ts'
import { AccountFilterParameters, readAccountFilter } from '../account-filter.ts'
import { type AccountSort, countAccounts, listAccounts as listRows } from '../account-queries.ts'
import { AccountPage } from '../account-schemas.ts'

export const listAccounts = defineRoute({
  method: 'GET',
  url: '/accounts',
  operationId: 'listAccounts',
  summary: 'List accounts',
  description: 'Companies page by page. Different filters narrow the list (AND); a repeated one widens it (OR).',
  access: {
    auth: 'secret',
    scope: 'accounts:read',
    tenant_bound: true,
    idempotent: false,
    rate_class: 'default',
    pii_out: true,
  },
  query: AccountFilterParameters,
  responses: { 200: { description: 'A page of accounts.', schema: ref(AccountPage) } },
  handle: async (ctx, { caller, query: given }) => {
    const { limit, cursor, sort } = given
    const { workspaceId } = caller
    const filter = readAccountFilter(given)
    const scope = { secret: ctx.secret, workspaceId, operation: 'listAccounts', query: [filter, sort] }
    const after = cursor === undefined ? null : (readCursor(scope, cursor) as [string, string])
    const column = sort.replace('-', '') as 'created_at' | 'updated_at'
    const [rows, counted] = await Promise.all([
      listRows(ctx.db, workspaceId, filter, sort as AccountSort, after, limit + 1),
      given.include_total ? countAccounts(ctx.db, workspaceId, filter) : null,
    ])
    const page = toPage(rows, limit, toAccount, (row) => writeCursor(scope, [row[column], row.id]))
    return ok({ ...page, total: toTotal(counted) })
  },
})
