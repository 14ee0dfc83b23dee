/** Distribution owns sellers, teams and pools, the rules of routing, and the record of who got which lead. */
import type { Room } from '../../http/route.ts'
import { createUser } from './routes/create-user.ts'
import { getTeamSettings } from './routes/get-team-settings.ts'
import { getUser } from './routes/get-user.ts'
import { listUsers } from './routes/list-users.ts'
import { putTeamSettings } from './routes/put-team-settings.ts'
import { updateUser } from './routes/update-user.ts'

export const distribution: Room = {
  folder: 'distribution',
  tag: 'Distribution',
  description: 'Who gets which lead, at once, fairly, and provably.',
  routes: [listUsers, createUser, getUser, updateUser, getTeamSettings, putTeamSettings],
}
