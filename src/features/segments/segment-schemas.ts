/** Shapes of segments on the wire. */
import { type TSchema, Type } from 'typebox'
import { SEGMENT_KINDS } from '../../domain/segment/segment.ts'
import { ConditionExplanationSchema } from '../../http/condition-explanation.ts'
import { ConditionSchema } from '../../http/condition-schemas.ts'
import {
  component,
  Flag,
  Id,
  Int,
  input,
  List,
  Nullable,
  NullableRef,
  OpenEnum,
  ref,
  Slug,
  Text,
  Timestamp,
} from '../../http/schema.ts'
import { countedPageOf, Total } from '../../http/total.ts'
import { PolicyKey, policySchemas } from '../../policies/endpoints/policy-schemas.ts'

/** Most leads that one request puts in or takes out. */
export const MOST_MEMBERS = 1_000
/** Leads that a preview shows. */
export const SAMPLE = 10

const title = Text(200, { description: 'What people read.', examples: ['German-speaking countries'] })
const description = Text(2_000, { description: 'What it is for.', examples: ['For the regional newsletter.'] })
const kind = OpenEnum(SEGMENT_KINDS, {
  description: 'Members of a `dynamic` segment follow its condition; those of a `static` one are put in and taken out.',
})
const condition = NullableRef(ConditionSchema, 'Who belongs to a dynamic segment; null for a static one.')

export const SegmentDefinitionSchema = component('SegmentDefinition', 'What a segment is.', {
  title,
  description,
  kind,
  condition,
})

export const SegmentUpdate = input(
  'SegmentUpdate',
  'The whole segment as it shall be.',
  { title, description: Type.Optional(description), kind: Type.Optional(kind), condition: Type.Optional(condition) },
  {
    examples: [
      {
        title: 'German-speaking countries',
        condition: { any: [{ all: [{ field: 'country', op: 'in', values: ['DE', 'AT', 'CH'] }] }] },
      },
    ],
  },
)

/** The segment that examples name. */
export const SEGMENT_EXAMPLE = 'dach'
export const SegmentKey = PolicyKey('segment', SEGMENT_EXAMPLE)
export const segmentSchemas = policySchemas('Segment', 'segment', SEGMENT_EXAMPLE, SegmentDefinitionSchema)

/** Rooms never import each other; a component of another room is referred to by its name. */
const leadComponent = { $id: 'Lead' } as unknown as TSchema

export const SegmentMember = component('SegmentMember', 'A lead in a segment.', {
  lead: ref(leadComponent),
  entered_at: Timestamp({ description: 'Since when.' }),
})
export const SegmentMemberPage = countedPageOf(
  'SegmentMemberPage',
  'A page of members, the newest leads first.',
  SegmentMember,
)

export const SegmentPreviewRequest = input('SegmentPreviewRequest', 'A condition to try.', {
  condition: Type.Optional(
    NullableRef(ConditionSchema, 'The condition; that of the draft, else the published one, when left out.'),
  ),
})

export const SegmentPreview = component('SegmentPreview', 'Who a condition would let in.', {
  matches: ref(Total),
  sample: List(ref(leadComponent), SAMPLE, { description: 'The newest of them.' }),
})

export const SegmentMembersChange = input('SegmentMembersChange', 'Leads of a static segment.', {
  lead_ids: List(Id('lead', { description: 'A lead.' }), MOST_MEMBERS, { description: 'Leads.', minItems: 1 }),
})

export const SegmentMembersChanged = component('SegmentMembersChanged', 'What became of the leads.', {
  changed: Int(0, MOST_MEMBERS, { description: 'Leads that came in or went out.', examples: [1] }),
  unchanged: Int(0, MOST_MEMBERS, { description: 'Leads that were there, or were not, already.', examples: [0] }),
  not_found: List(Id('lead', { description: 'An id.' }), MOST_MEMBERS, {
    description: 'Ids of no lead.',
    examples: [[]],
  }),
})

export const SegmentExplanation = component('SegmentExplanation', 'Why a lead is in a segment or not.', {
  segment_key: Slug({ description: 'The segment.', examples: [SEGMENT_EXAMPLE] }),
  lead_id: Id('lead', { description: 'The lead.' }),
  member: Flag({ description: 'Whether it is in the segment.' }),
  entered_at: Nullable(Timestamp({ description: 'Since when; null when it is not.' })),
  archived: Flag({ description: 'True for an archived lead: no dynamic segment lets one in.', examples: [false] }),
  resting: Flag({
    description: 'True while the condition names a field that is no longer there: everybody stays in or out.',
    examples: [false],
  }),
  condition: NullableRef(
    ConditionExplanationSchema,
    'The condition now, term by term; null for a static segment and for one that rests.',
  ),
})
