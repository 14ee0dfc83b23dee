/** Privacy owns what people have agreed to, the answer whether they may be contacted, and their erasure. */
import type { Room } from '../../http/route.ts'
import { eraseLead } from './routes/erase-lead.ts'
import { getConsent } from './routes/get-consent.ts'
import { getContactPermission } from './routes/get-contact-permission.ts'
import { listLeadConsents } from './routes/list-lead-consents.ts'
import { recordLeadConsent } from './routes/record-lead-consent.ts'

export const privacy: Room = {
  folder: 'privacy',
  tag: 'Privacy',
  description:
    'Consent by purpose and channel, with proof, the decision that follows from it, and the erasure of people.',
  routes: [listLeadConsents, recordLeadConsent, getConsent, getContactPermission, eraseLead],
}
