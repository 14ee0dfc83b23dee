// A lead as the world sees it: the same in answers, in the change feed and in webhooks.
import type { LeadFacts } from './lead.ts'
import { encodeTypeId } from './type-id.ts'

/** The wire form of a lead. */
export function toLead(lead: LeadFacts) {
  return {
    ...lead,
    id: encodeTypeId('lead', lead.id),
    owner_id: lead.owner_id === null ? null : encodeTypeId('user', lead.owner_id),
    account_id: lead.account_id === null ? null : encodeTypeId('account', lead.account_id),
    etag: `"v${lead.version}"`,
  }
}

/** Former values in wire form: ids are the only fields that differ. */
export function toPrevious(previous: Record<string, unknown>): Record<string, unknown> {
  const wire = { ...previous }
  for (const [field, kind] of [
    ['owner_id', 'user'],
    ['account_id', 'account'],
  ] as const) {
    const value = wire[field]
    if (typeof value === 'string') wire[field] = encodeTypeId(kind, value)
  }
  return wire
}
