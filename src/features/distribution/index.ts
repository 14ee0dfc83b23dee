/** Distribution owns sellers, teams and pools, the rules of routing, and the record of who got which lead. */

import type { Room } from '../../http/route.ts'
import { createUser } from './routes/create-user.ts'
import { diffRouting } from './routes/diff-routing.ts'
import { getAssignment } from './routes/get-assignment.ts'
import { getRouting } from './routes/get-routing.ts'
import { getRoutingFairness } from './routes/get-routing-fairness.ts'
import { getRoutingReplay } from './routes/get-routing-replay.ts'
import { getRoutingVersion } from './routes/get-routing-version.ts'
import { getTeamSettings } from './routes/get-team-settings.ts'
import { getUser } from './routes/get-user.ts'
import { listAssignments } from './routes/list-assignments.ts'
import { listRoutingVersions } from './routes/list-routing-versions.ts'
import { listUnroutedLeads } from './routes/list-unrouted-leads.ts'
import { listUsers } from './routes/list-users.ts'
import { publishRouting } from './routes/publish-routing.ts'
import { putRouting } from './routes/put-routing.ts'
import { putTeamSettings } from './routes/put-team-settings.ts'
import { replayRouting } from './routes/replay-routing.ts'
import { routeLead } from './routes/route-lead.ts'
import { simulateRouting } from './routes/simulate-routing.ts'
import { updateUser } from './routes/update-user.ts'

export const distribution: Room = {
  folder: 'distribution',
  tag: 'Distribution',
  description: 'Who gets which lead, at once, fairly, and provably.',
  routes: [
    listUsers,
    createUser,
    getUser,
    updateUser,
    getTeamSettings,
    putTeamSettings,
    getRouting,
    putRouting,
    publishRouting,
    listRoutingVersions,
    getRoutingVersion,
    diffRouting,
    simulateRouting,
    replayRouting,
    getRoutingReplay,
    getRoutingFairness,
    routeLead,
    listUnroutedLeads,
    listAssignments,
    getAssignment,
  ],
}
