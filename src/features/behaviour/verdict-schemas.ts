/** Shapes of verdicts on events. */
import { Type } from 'typebox'
import { component, Flag, Id, Int, input, List, ref, Timestamp } from '../../http/schema.ts'
import { EventName, VisitorId } from './event-schemas.ts'

/** Most events that are changed by one request. */
export const VERDICT_LIMIT = 5_000
/** Most events that a request names one by one. */
const MOST_NAMED = 200

const EventChoice = input(
  'EventChoice',
  'Which events; what is given narrows the choice. One of the first three is needed.',
  {
    event_ids: Type.Optional(
      List(Id('event', { description: 'An event.' }), MOST_NAMED, { description: 'These events.', minItems: 1 }),
    ),
    visitor_id: Type.Optional(VisitorId('Events of this visitor.')),
    lead_id: Type.Optional(Id('lead', { description: 'Events of this lead.' })),
    name: Type.Optional(EventName),
    occurred_after: Type.Optional(Timestamp({ description: 'At this moment or later.' })),
    occurred_before: Type.Optional(Timestamp({ description: 'Before this moment.' })),
  },
  { examples: [{ visitor_id: '4f1c0e7ab3d94f6c8f21d7a9c35be204' }] },
)

export const EventVerdict = input('EventVerdict', 'What somebody has found out about events.', {
  events: ref(EventChoice),
  bot_probability: Type.Number({
    description: 'How likely a machine did it, kept to three decimals; from 0.6 on they count as a bot’s.',
    minimum: 0,
    maximum: 1,
    format: 'double',
    examples: [1],
  }),
})

export const EventVerdictResult = component('EventVerdictResult', 'What was changed.', {
  changed: Int(0, VERDICT_LIMIT, { description: 'Events whose verdict changed.', examples: [12] }),
  has_more: Flag({ description: 'True when further events wait for the same request.', examples: [false] }),
})
