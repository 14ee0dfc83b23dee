/** What a route must declare about itself; the server does not start when one of these is missing. */

/** Areas and rights that a key may hold. */
export const SCOPES = [
  'leads:read',
  'leads:write',
  'enrichment:read',
  'enrichment:write',
  'activities:read',
  'activities:write',
  'events:read',
  'events:write',
  'accounts:read',
  'accounts:write',
  'forms:read',
  'forms:write',
  'users:read',
  'users:write',
  'routing:read',
  'routing:write',
  'outreach:read',
  'outreach:write',
  'scoring:read',
  'scoring:write',
  'buyers:read',
  'buyers:write',
  'integrations:read',
  'webhooks:read',
  'webhooks:write',
  'keys:read',
  'keys:write',
  'audit:read',
  'privacy:write',
  'segments:read',
  'segments:write',
  'settings:read',
  'settings:write',
] as const

export type Scope = (typeof SCOPES)[number]

/** What is refused first under overload, and how much of it one caller may ask for. */
export const RATE_CLASSES = ['capture', 'events', 'default', 'search', 'export', 'unlimited'] as const
export type RateClass = (typeof RATE_CLASSES)[number]

export interface Access {
  /** `secret`: a secret or restricted key. `public`: no secret, a publishable key is optional. `open`: nobody is asked. */
  auth: 'secret' | 'public' | 'open'
  /** Right that a restricted key needs; null where any key will do. */
  scope: Scope | null
  /** True when the answer depends on the workspace of the caller. */
  tenant_bound: boolean
  /** True when `Idempotency-Key` is honoured. */
  idempotent: boolean
  rate_class: RateClass
  /** True when the answer holds personal data: it is never cached. */
  pii_out: boolean
}

const FIELDS = ['auth', 'scope', 'tenant_bound', 'idempotent', 'rate_class', 'pii_out'] as const

/** Names of the declarations that are missing. */
export function missingAccess(access: Partial<Access> | undefined): string[] {
  return FIELDS.filter((field) => access?.[field] === undefined)
}
