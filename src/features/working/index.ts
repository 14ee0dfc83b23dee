/** Working owns what sellers do with their assignments, and how fast it goes. */
import type { Room } from '../../http/route.ts'
import { getAssignmentProgress } from './routes/get-assignment-progress.ts'
import { getSpeedToLead } from './routes/get-speed-to-lead.ts'
import { handOverLeads } from './routes/hand-over-leads.ts'
import { pullNextLead } from './routes/pull-next-lead.ts'
import { reassignAssignment } from './routes/reassign-assignment.ts'
import { releaseAssignment } from './routes/release-assignment.ts'
import { respondToAssignment } from './routes/respond-to-assignment.ts'

export const working: Room = {
  folder: 'working',
  tag: 'Working',
  description: 'Accepting, answering, giving back, handing over and pulling leads, and how fast it goes.',
  routes: [
    getAssignmentProgress,
    respondToAssignment,
    releaseAssignment,
    reassignAssignment,
    handOverLeads,
    pullNextLead,
    getSpeedToLead,
  ],
}
