import { type Static, Type } from 'typebox'
import { toAccount } from '../../../domain/account-wire.ts'
import { searchKeyOf } from '../../../domain/lead-search.ts'
import { normalizeWebsite } from '../../../domain/normalize/website.ts'
import { ApiError } from '../../../errors.ts'
import { ok } from '../../../http/answers.ts'
import { requireMoment } from '../../../http/moment-parameter.ts'
import { readCursor, toPage, writeCursor } from '../../../http/paging.ts'
import { defineRoute } from '../../../http/route.ts'
import {
  CursorParameter,
  LimitParameter,
  query,
  Repeated,
  ref,
  Slug,
  SortParameter,
  Text,
  Timestamp,
} from '../../../http/schema.ts'
import { IncludeTotalParameter, toTotal } from '../../../http/total.ts'
import {
  ACCOUNT_SORTS,
  type AccountFilter,
  type AccountSort,
  countAccounts,
  listAccounts as listRows,
} from '../account-queries.ts'
import { AccountPage } from '../account-schemas.ts'

const moment = (description: string) => Type.Optional(Timestamp({ description }))

const Filter = query({
  domain: Type.Optional(Text(253, { description: 'The account of this domain.', examples: ['engines.test'] })),
  external_system: Type.Optional(
    Slug({ description: 'With `external_id`: the account with this id there.', examples: ['hubspot'] }),
  ),
  external_id: Type.Optional(Text(255, { description: 'Id in `external_system`.', examples: ['0015f00001abcde'] })),
  tag: Repeated(Text(100, { description: 'A tag.', examples: ['partner'] }), { description: 'Any of these tags.' }),
  q: Type.Optional(
    Text(100, {
      description: 'Beginning of the name; case and accents do not matter.',
      examples: ['analyt'],
      minLength: 1,
    }),
  ),
  created_after: moment('Made at or after this moment.'),
  created_before: moment('Made before this moment.'),
  updated_after: moment('Changed at or after this moment.'),
  updated_before: moment('Changed before this moment.'),
  archived: Type.Optional(
    Type.Boolean({ description: 'True lists the archived accounts instead.', examples: [false] }),
  ),
  sort: SortParameter(ACCOUNT_SORTS, '-created_at'),
  include_total: IncludeTotalParameter,
  limit: LimitParameter,
  cursor: CursorParameter,
})

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
  query: Filter,
  responses: { 200: { description: 'A page of accounts.', schema: ref(AccountPage) } },
  handle: async (ctx, { caller, query: given }) => {
    const { limit, cursor, sort } = given
    const { workspaceId } = caller
    const filter = filterOf(given)
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

function filterOf(given: Static<typeof Filter>): AccountFilter {
  const { external_system, external_id } = given
  if ((external_system === undefined) !== (external_id === undefined)) {
    throw faultyParameter('external_id', 'required', 'external_system and external_id go together.')
  }
  return {
    domain: given.domain === undefined ? null : requireDomain(given.domain),
    external_id:
      external_system === undefined || external_id === undefined ? null : { system: external_system, external_id },
    tag: given.tag ?? [],
    created_after: requireMoment('created_after', given.created_after),
    created_before: requireMoment('created_before', given.created_before),
    updated_after: requireMoment('updated_after', given.updated_after),
    updated_before: requireMoment('updated_before', given.updated_before),
    archived: given.archived ?? false,
    q: given.q === undefined ? null : requireSearchKey(given.q),
  }
}

function requireDomain(text: string): string {
  const site = normalizeWebsite(text)
  if (site.ok && site.registrable_domain !== null) return site.registrable_domain
  throw faultyParameter('domain', 'invalid_format', 'Must be a domain name such as example.com.')
}

/** A text of which nothing is left (a lone accent) would find every account. */
function requireSearchKey(text: string): string {
  const key = searchKeyOf(text)
  if (key !== null) return key
  throw faultyParameter('q', 'blank', 'Must hold a letter or digit.')
}

function faultyParameter(parameter: string, code: string, detail: string): ApiError {
  return new ApiError('validation_failed', detail, { items: [{ code, detail, pointer: null, parameter }] })
}
