/** Settings owns the documents of settings that are not of one capability: the definitions of custom fields. */
import type { Room } from '../../http/route.ts'
import { getCustomFields } from './routes/get-custom-fields.ts'
import { putCustomFields } from './routes/put-custom-fields.ts'

export const settings: Room = {
  folder: 'settings',
  tag: 'Settings',
  description: 'What a workspace decides about its records.',
  routes: [getCustomFields, putCustomFields],
}
