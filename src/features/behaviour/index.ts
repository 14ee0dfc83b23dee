/** Behaviour owns what leads and visitors do: events, visitors, and the counters that conditions and scores read. */
import type { Room } from '../../http/route.ts'
import { batchCreateEvents } from './routes/batch-create-events.ts'
import { getEvent } from './routes/get-event.ts'
import { getLeadEventTotals } from './routes/get-lead-event-totals.ts'
import { listEvents } from './routes/list-events.ts'

export const behaviour: Room = {
  folder: 'behaviour',
  tag: 'Behaviour',
  description: 'What leads and visitors do: events in bulk, who a visitor is, and how often somebody did what.',
  routes: [batchCreateEvents, listEvents, getEvent, getLeadEventTotals],
}
