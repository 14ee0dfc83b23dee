/** Behaviour owns what leads and visitors do: events, visitors, and the counters that conditions and scores read. */
import type { Room } from '../../http/route.ts'
import { registerTracker } from './pages/tracker.ts'
import { batchCreateEvents } from './routes/batch-create-events.ts'
import { captureVisitorEvents } from './routes/capture-visitor-events.ts'
import { createVisitorToken } from './routes/create-visitor-token.ts'
import { getEvent } from './routes/get-event.ts'
import { getLeadEventTotals } from './routes/get-lead-event-totals.ts'
import { getVisitor } from './routes/get-visitor.ts'
import { identifyVisitor } from './routes/identify-visitor.ts'
import { judgeEvents } from './routes/judge-events.ts'
import { listEvents } from './routes/list-events.ts'
import { listVisitors } from './routes/list-visitors.ts'
import { unlinkVisitor } from './routes/unlink-visitor.ts'
import { addEventCors } from './site-key.ts'

export const behaviour: Room = {
  folder: 'behaviour',
  tag: 'Behaviour',
  description: 'What leads and visitors do: events in bulk, who a visitor is, and how often somebody did what.',
  cors: addEventCors,
  pages: registerTracker,
  routes: [
    captureVisitorEvents,
    batchCreateEvents,
    listEvents,
    getEvent,
    judgeEvents,
    getLeadEventTotals,
    listVisitors,
    getVisitor,
    identifyVisitor,
    unlinkVisitor,
    createVisitorToken,
  ],
}
