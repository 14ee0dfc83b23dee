/** CRM sync owns the reading side of the change feed. */
import type { Room } from '../../http/route.ts'
import { listChanges } from './routes/list-changes.ts'

export const crmSync: Room = {
  folder: 'crm-sync',
  tag: 'Integrations',
  description: 'What keeps other systems in step.',
  routes: [listChanges],
}
