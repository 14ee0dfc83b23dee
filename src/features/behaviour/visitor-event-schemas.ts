/** Shapes of what browsers send, and of visitors. */
import { Type } from 'typebox'
import { EVENT_ID_LENGTH } from '../../domain/behaviour/event.ts'
import {
  component,
  Flag,
  Id,
  Int,
  input,
  List,
  Nullable,
  OpenEnum,
  pageOf,
  ref,
  Text,
  Timestamp,
} from '../../http/schema.ts'
import { EventName, EventProperties, VisitorId } from './event-schemas.ts'

/** Most events of one request of a browser: it sends what has gathered in a second or two. */
export const VISITOR_EVENT_LIMIT = 50
/** Browsers let a request outlive its page up to 64 KiB. */
export const VISITOR_EVENT_BYTES = 65_536
/** Events may wait for the network as long as a laptop is closed over a long weekend. */
const LONGEST_WAIT_MS = 7 * 86_400_000

const VisitorEvent = input('VisitorEvent', 'What a visitor did in the browser.', {
  name: EventName,
  event_id: Type.Optional(
    Text(EVENT_ID_LENGTH, {
      description: 'Random id of the event: sent again, it is the same event.',
      minLength: 1,
      examples: ['6f2b1c'],
    }),
  ),
  age_ms: Type.Optional(
    Int(0, LONGEST_WAIT_MS, {
      description: 'Milliseconds from the event to this request. A duration, because clocks of visitors are wrong.',
      examples: [1200],
    }),
  ),
  url: Type.Optional(Text(2000, { description: 'Page.', examples: ['https://shop.test/pricing'] })),
  properties: Type.Optional(EventProperties),
})

export const VisitorEvents = input(
  'VisitorEvents',
  'What one visitor did, and who that is where the website knows it.',
  {
    visitor_id: VisitorId('Id that this browser keeps; random, made by the page.'),
    events: List(ref(VisitorEvent), VISITOR_EVENT_LIMIT, {
      description: 'Events, possibly none with an identification.',
    }),
    identity: Type.Optional(
      Text(100, {
        description: 'A visitor token (`createVisitorToken`): who this is. What is expired or forged is ignored.',
        pattern: '^[A-Za-z0-9_.-]*$',
        examples: [''],
      }),
    ),
    automated: Type.Optional(Flag({ description: 'True when a program drives the browser.', examples: [false] })),
  },
)

export const VisitorReceipt = component('VisitorReceipt', 'The events are stored.', {
  visitor_id: VisitorId('Id to go on with: another one when another person has taken over the browser.'),
  accepted: Int(0, VISITOR_EVENT_LIMIT, {
    description: 'Events that are stored; none when the browser asks not to be tracked.',
    examples: [1],
  }),
})

export const VisitorSchema = component('Visitor', 'A browser, and whose it is.', {
  visitor_id: VisitorId('Id that the browser keeps.'),
  lead_id: Nullable(Id('lead', { description: 'The lead; null while anonymous.' })),
  successor_id: Nullable(VisitorId('The visitor who continues after another person took over the browser.')),
  first_seen_at: Timestamp({ description: 'First event or identification.' }),
  last_seen_at: Timestamp({ description: 'Last event or identification.' }),
  identified_at: Nullable(Timestamp({ description: 'When it was recognized.' })),
  identified_by: Nullable(
    Text(200, { description: 'What told: `form:<key>`, `token`, or an API key.', examples: ['form:demo'] }),
  ),
})

export const VisitorPage = pageOf('VisitorPage', 'A page of visitors.', VisitorSchema)

export const VisitorIdentify = input('VisitorIdentify', 'Who uses this browser.', {
  lead_id: Id('lead', { description: 'The lead.' }),
})

export const VisitorLink = component('VisitorLink', 'What became of an identification.', {
  decision: OpenEnum(['link', 'known', 'hand_over'], {
    description:
      '`link`: its earlier events are the lead’s now. `known`: it was theirs. `hand_over`: it is another lead’s, so a new visitor continues.',
  }),
  visitor_id: VisitorId('Id under which the browser goes on.'),
  lead_id: Id('lead', { description: 'The lead.' }),
})

export const VisitorUnlinked = component('VisitorUnlinked', 'The visitor is anonymous.', {
  visitor_id: VisitorId('The visitor.'),
  former_lead_id: Nullable(Id('lead', { description: 'Whose it was; null when it was anonymous already.' })),
  detached: Int(0, 2_147_483_647, { description: 'Events that are anonymous again.', examples: [12] }),
})

export const VisitorTokenCreate = input('VisitorTokenCreate', 'For whom, and for how long.', {
  lifetime_seconds: Type.Optional(
    Int(60, 2_592_000, { description: 'Seconds until it expires; an hour when left out.', examples: [3600] }),
  ),
})

export const VisitorToken = component('VisitorToken', 'Tells a browser of a website who its user is.', {
  identity: Text(100, {
    description: 'Hand it to `leadwell.identify` in the page.',
    pattern: '^[A-Za-z0-9_.-]*$',
    examples: ['v1.AZyJ8cXoAABBkM7pLk1jc5h0Q2vV4w.kq3V0b5cT0eY1yJm1p6D2A'],
  }),
  expires_at: Timestamp({ description: 'When it is good no more.' }),
})
