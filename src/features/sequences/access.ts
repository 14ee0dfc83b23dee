/** Who may do what in this room. */
import type { Access } from '../../http/access.ts'

export const OUTREACH_READ: Access = {
  auth: 'secret',
  scope: 'outreach:read',
  tenant_bound: true,
  idempotent: false,
  rate_class: 'default',
  pii_out: false,
}

export const OUTREACH_WRITE: Access = { ...OUTREACH_READ, scope: 'outreach:write' }

/** POST that can be repeated with a key. */
export const OUTREACH_POST: Access = { ...OUTREACH_WRITE, idempotent: true }
