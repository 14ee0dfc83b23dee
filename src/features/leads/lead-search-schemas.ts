/** The shape of a search for leads on the wire. */
import { Type } from 'typebox'
import { ConditionSchema } from '../../http/condition-schemas.ts'
import { Flag, Int, input, NullableRef } from '../../http/schema.ts'

export const LeadSearch = input('LeadSearch', 'A filter, an order and a page.', {
  filter: Type.Optional(
    NullableRef(
      ConditionSchema,
      'Which leads; all when left out. Archived ones are found only by a filter that names `archived`.',
    ),
  ),
  sort: Type.Optional(
    Type.String({
      pattern: '^-?[a-z_]{1,40}(,-?[a-z_]{1,40}){0,2}$',
      maxLength: 130,
      description:
        'Up to three fields, `-` means descending: created_at, updated_at, email, first_name, last_name, full_name, company_name, job_title, city, country, stage_key, status, source_key, campaign_key. Blanks come last. `-created_at` when left out.',
      examples: ['last_name,-created_at'],
    }),
  ),
  limit: Type.Optional(Int(1, 200, { description: 'Number of leads on a page; 50 when left out.', examples: [50] })),
  cursor: Type.Optional(
    Type.String({
      minLength: 1,
      maxLength: 16_384,
      pattern: '^[A-Za-z0-9_.-]+$',
      description: '`next_cursor` of the page before; belongs to the same filter and sort.',
      examples: ['c1.WyJvcGFxdWUiXQ.b3BhcXVl'],
    }),
  ),
  include_total: Type.Optional(Flag({ description: 'True counts all matches, up to 10000.', examples: [false] })),
})
