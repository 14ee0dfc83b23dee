/** Events as answers show them. */
import type { StoredEvent } from '../../domain/behaviour/event.ts'
import { encodeTypeId } from '../../domain/type-id.ts'

/** The wire form of an event. */
export function toEvent(event: StoredEvent) {
  return {
    ...event,
    id: encodeTypeId('event', event.id),
    lead_id: event.lead_id === null ? null : encodeTypeId('lead', event.lead_id),
    bot_signs: event.bot_signs ?? [],
  }
}
