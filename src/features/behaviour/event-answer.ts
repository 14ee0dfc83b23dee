/** Events as answers show them. */
import type { StoredEvent } from '../../domain/behaviour/event.ts'
import { encodeTypeId } from '../../domain/type-id.ts'
import type { VisitorRow } from '../../pipeline/events/visitor-queries.ts'

/** The wire form of an event. */
export function toEvent(event: StoredEvent) {
  return {
    ...event,
    id: encodeTypeId('event', event.id),
    lead_id: event.lead_id === null ? null : encodeTypeId('lead', event.lead_id),
    bot_signs: event.bot_signs ?? [],
  }
}

/** The wire form of a visitor. */
export function toVisitor(visitor: VisitorRow) {
  return { ...visitor, lead_id: visitor.lead_id === null ? null : encodeTypeId('lead', visitor.lead_id) }
}
