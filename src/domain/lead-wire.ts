// A lead as the world sees it: the same in answers, in the change feed and in webhooks.
import { hash } from 'node:crypto'
import type { AccountOnWire } from './account-wire.ts'
import type { LeadFacts } from './lead.ts'
import { encodeTypeId, type IdKind } from './type-id.ts'

/** The wire form of a lead. */
export function toLead(lead: LeadFacts) {
  // First: one more member behind forty would make a dictionary of the copy, at four times the cost.
  return { etag: `"v${lead.version}"`, ...lead, ...toWireIdsOf(lead) }
}

const toWireIdsOf = ({ id, owner_id, account_id }: LeadFacts) => ({
  id: encodeTypeId('lead', id),
  owner_id: owner_id === null ? null : encodeTypeId('user', owner_id),
  account_id: account_id === null ? null : encodeTypeId('account', account_id),
})

export type LeadOnWire = ReturnType<typeof toLead>

/** The score that a lead is shown with. */
export interface ShownScore {
  total: number
  fit: number
  engagement: number
  grade: string
  band: string | null
}

/** A seller beside a lead. */
export interface OwnerOnWire {
  id: string
  name: string
  email: string | null
}

/** A lead as answers show it; the company and the seller in full where asked for. */
export type ShownLeadOnWire = LeadOnWire & {
  score: ShownScore | null
  account: AccountOnWire | null
  owner: OwnerOnWire | null
}

/** The wire form of a lead that is read: with its score, which changes by itself. */
export function toShownLead(
  lead: LeadFacts & { score: ShownScore | null },
  account: AccountOnWire | null = null,
  owner: OwnerOnWire | null = null,
): ShownLeadOnWire {
  return { etag: tagWith(lead.version, lead.score), account, owner, ...lead, ...toWireIdsOf(lead) }
}

/** What was read is told apart by the score too, while a change that names the tag asks for the version alone. */
function tagWith(version: number, score: ShownScore | null): string {
  if (score === null) return `"v${version}"`
  const digest = hash('sha256', JSON.stringify(score), 'base64url')
  return `"v${version}.${digest.slice(0, 8)}"`
}

/** Members of stored details that hold a uuid, and what it is the id of. */
const ID_KINDS: Record<string, IdKind> = {
  lead_id: 'lead',
  existing_id: 'lead',
  owner_id: 'user',
  user_id: 'user',
  assignment_id: 'assignment',
  account_id: 'account',
  submission_id: 'submission',
  receipt_id: 'receipt',
  form_id: 'form',
  consent_id: 'consent',
  message_id: 'message',
  suppression_id: 'suppression',
  enrollment_id: 'enrollment',
  enrichment_run_id: 'enrichment_run',
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/

/** Stored details (former values, data of an activity, parts of a receipt) with their ids in wire form; one level deep. */
export function toWireIds(details: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(details).map(([name, value]) => {
      const kind = ID_KINDS[name]
      return [name, kind !== undefined && isUuid(value) ? encodeTypeId(kind, value) : value]
    }),
  )
}

const isUuid = (value: unknown): value is string => typeof value === 'string' && UUID.test(value)
