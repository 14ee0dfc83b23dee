/** The filters of the list of accounts, as query parameters and as what the statement takes. */
import { type Static, Type } from 'typebox'
import { searchKeyOf } from '../../domain/lead-search.ts'
import { normalizeWebsite } from '../../domain/normalize/website.ts'
import { ApiError } from '../../errors.ts'
import { requireMoment } from '../../http/moment-parameter.ts'
import {
  CursorParameter,
  LimitParameter,
  query,
  Repeated,
  Slug,
  SortParameter,
  Text,
  Timestamp,
} from '../../http/schema.ts'
import { IncludeTotalParameter } from '../../http/total.ts'
import { ACCOUNT_SORTS, type AccountFilter } from './account-queries.ts'

const moment = (description: string) => Type.Optional(Timestamp({ description }))

export const AccountFilterParameters = query({
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

/** What the statement takes; 400 names the parameter that cannot be. */
export function readAccountFilter(given: Static<typeof AccountFilterParameters>): AccountFilter {
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
