/** CRM sync owns the reading side of the change feed, and the look-up by ids of other systems. */
import type { Room } from '../../http/route.ts'
import { listChanges } from './routes/list-changes.ts'
import { listExternalIds } from './routes/list-external-ids.ts'

export const crmSync: Room = {
  folder: 'crm-sync',
  tag: 'Integrations',
  description: 'What keeps other systems in step.',
  routes: [listChanges, listExternalIds],
}
