/** The simple filters of the list of leads, as query parameters and as what the statement takes. */
import { type Static, Type } from 'typebox'
import { searchKeyOf } from '../../domain/lead-search.ts'
import { normalizeEmail } from '../../domain/normalize/email.ts'
import { ApiError } from '../../errors.ts'
import { requireId } from '../../http/id-parameter.ts'
import { requireMoment } from '../../http/moment-parameter.ts'
import {
  CursorParameter,
  Id,
  LimitParameter,
  query,
  Repeated,
  Slug,
  SortParameter,
  Text,
  Timestamp,
} from '../../http/schema.ts'
import { IncludeTotalParameter } from '../../http/total.ts'
import { LEAD_SORTS, type LeadFilter } from './lead-queries.ts'
import { ExpandParameter } from './lead-schemas.ts'

const moment = (description: string) => Type.Optional(Timestamp({ description }))

export const LeadFilterParameters = query({
  status: Repeated(Slug({ description: 'A status.', examples: ['new'] }), { description: 'Any of these statuses.' }),
  stage_key: Repeated(Slug({ description: 'A stage.', examples: ['lead'] }), { description: 'Any of these stages.' }),
  source_key: Repeated(Slug({ description: 'A source.', examples: ['website'] }), {
    description: 'Any of these sources.',
  }),
  campaign_key: Repeated(Slug({ description: 'A campaign.', examples: ['spring'] }), {
    description: 'Any of these campaigns.',
  }),
  tag: Repeated(Text(100, { description: 'A tag.', examples: ['webinar'] }), { description: 'Any of these tags.' }),
  owner_id: Type.Optional(Id('user', { description: 'Owned by this seller.' })),
  account_id: Type.Optional(Id('account', { description: 'Belonging to this company.' })),
  q: Type.Optional(
    Text(100, {
      description: 'Beginning of the e-mail address, last name, full name or company; case and accents do not matter.',
      examples: ['lovel'],
      minLength: 1,
    }),
  ),
  email: Type.Optional(Text(320, { description: 'The lead with this e-mail address.', examples: ['ada@example.org'] })),
  external_system: Type.Optional(
    Slug({ description: 'With `external_id`: the lead with this id there.', examples: ['hubspot'] }),
  ),
  external_id: Type.Optional(Text(255, { description: 'Id in `external_system`.', examples: ['0015f00001abcde'] })),
  created_after: moment('Made at or after this moment.'),
  created_before: moment('Made before this moment.'),
  updated_after: moment('Changed at or after this moment.'),
  updated_before: moment('Changed before this moment.'),
  archived: Type.Optional(Type.Boolean({ description: 'True lists the archived leads instead.', examples: [false] })),
  sort: SortParameter(LEAD_SORTS, '-created_at'),
  include_total: IncludeTotalParameter,
  expand: ExpandParameter,
  limit: LimitParameter,
  cursor: CursorParameter,
})

/** What the statement takes; 400 names the parameter that cannot be. */
export function readLeadFilter(given: Static<typeof LeadFilterParameters>): LeadFilter {
  const { external_system, external_id } = given
  if ((external_system === undefined) !== (external_id === undefined)) {
    throw new ApiError('validation_failed', 'external_system and external_id go together.', {
      items: [{ code: 'required', detail: 'Give both or neither.', pointer: null, parameter: 'external_id' }],
    })
  }
  return {
    status: given.status ?? [],
    stage_key: given.stage_key ?? [],
    source_key: given.source_key ?? [],
    tag: given.tag ?? [],
    campaign_key: given.campaign_key ?? [],
    account_id: given.account_id === undefined ? null : requireId('account', given.account_id),
    q: given.q === undefined ? null : requireSearchKey(given.q),
    owner_id: given.owner_id === undefined ? null : requireId('user', given.owner_id),
    email: emailKeyOf(given.email),
    external_id:
      external_system === undefined || external_id === undefined ? null : { system: external_system, external_id },
    created_after: requireMoment('created_after', given.created_after),
    created_before: requireMoment('created_before', given.created_before),
    updated_after: requireMoment('updated_after', given.updated_after),
    updated_before: requireMoment('updated_before', given.updated_before),
    archived: given.archived ?? false,
  }
}

/** A text of which nothing is left (a lone accent) would find everybody. */
function requireSearchKey(text: string): string {
  const key = searchKeyOf(text)
  if (key !== null) return key
  throw new ApiError('validation_failed', 'q must hold a letter or digit.', {
    items: [{ code: 'blank', detail: 'Must hold a letter or digit.', pointer: null, parameter: 'q' }],
  })
}

function emailKeyOf(text: string | undefined): string | null {
  if (text === undefined) return null
  const email = normalizeEmail(text)
  if (email.ok) return email.match_key
  throw new ApiError('validation_failed', email.detail, {
    items: [{ code: email.code, detail: email.detail, pointer: null, parameter: 'email' }],
  })
}
