/** Shapes of touches on the wire. */
import { encodeTypeId } from '../../domain/type-id.ts'
import { component, Flag, Id, Nullable, OpenEnum, pageOf, Slug, Text, TextMap, Timestamp } from '../../http/schema.ts'
import type { TouchRow } from './touch-queries.ts'

export const Touch = component('Touch', 'An interaction that attribution counts, with what brought the person here.', {
  id: Id('touch', { description: 'Id.' }),
  occurred_at: Timestamp({ description: 'When it happened.' }),
  kind: OpenEnum(['form_submitted', 'lead_created'], {
    description: 'What happened.',
    examples: ['form_submitted'],
  }),
  is_first: Flag({ description: 'Whether it is the first touch of the lead.' }),
  is_last: Flag({ description: 'Whether it is the latest touch of the lead.' }),
  source_key: Nullable(Slug({ description: 'Source of this touch.', examples: ['newsletter'] })),
  campaign_key: Nullable(Slug({ description: 'Campaign of this touch.', examples: ['spring'] })),
  parameters: TextMap(100, 500, {
    description: 'Campaign parameters and click ids, as they came.',
    examples: [{ utm_source: 'newsletter', utm_campaign: 'spring', gclid: 'Cj0KCQ' }],
  }),
  referrer: Nullable(Text(2000, { description: 'Page before.', examples: ['https://search.test/'] })),
  page_url: Nullable(Text(2000, { description: 'Page of the form.', examples: ['https://shop.test/contact'] })),
  landing_page: Nullable(
    Text(2000, { description: 'First page of the visit.', examples: ['https://shop.test/?utm_source=newsletter'] }),
  ),
  visitor_id: Nullable(Text(200, { description: 'Visitor id of the page.', examples: [null] })),
  submission_id: Nullable(Id('submission', { description: 'The submission, if it was one.' })),
})

export const TouchPage = pageOf('TouchPage', 'A page of touches, oldest first.', Touch)

/** The wire form of a touch. */
export function toTouch({ attribution, ...row }: TouchRow) {
  const { referrer = null, page_url = null, landing_page = null, visitor_id = null, ...parameters } = attribution
  return {
    ...row,
    id: encodeTypeId('touch', row.id),
    parameters,
    referrer,
    page_url,
    landing_page,
    visitor_id,
    submission_id: row.submission_id === null ? null : encodeTypeId('submission', row.submission_id),
  }
}
