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

export const OUTREACH_READ_PEOPLE: Access = { ...OUTREACH_READ, pii_out: true }

export const OUTREACH_WRITE: Access = { ...OUTREACH_READ, scope: 'outreach:write' }

/** POST that can be repeated with a key. */
export const OUTREACH_POST: Access = { ...OUTREACH_WRITE, idempotent: true }

export const OUTREACH_POST_PEOPLE: Access = { ...OUTREACH_POST, pii_out: true }

/** Reached by a sealed reference in a mail; nobody has a key. */
export const BY_REFERENCE: Access = {
  auth: 'public',
  scope: null,
  tenant_bound: true,
  idempotent: false,
  rate_class: 'default',
  pii_out: false,
}

export const SETTINGS_READ: Access = { ...OUTREACH_READ, scope: 'settings:read' }

export const SETTINGS_WRITE: Access = { ...OUTREACH_READ, scope: 'settings:write' }
