/** An explicit edit of one lead, by an API user: it always wins, may clear fields, and moves identities along. */
import type { Tx } from '../db/client.ts'
import { type ExpectedVersion, isExpectedVersion } from '../domain/expected-version.ts'
import { isExclusive } from '../domain/identity.ts'
import { type Identity, identitiesOf } from '../domain/intake.ts'
import type { LeadFacts } from '../domain/lead.ts'
import { type LeadEdit, mergeEdit } from '../domain/merge-edit.ts'
import { newId } from '../domain/new-id.ts'
import { previousOf } from '../domain/survivorship.ts'
import { type Desk, loadDesk, putLead } from './desk.ts'
import {
  claimIdentities,
  findOtherOwner,
  freeIdentities,
  type IdentityBook,
  withoutIdentities,
} from './identity-book.ts'
import { type Teller, tellEdit } from './tell-story.ts'
import { writeDesk } from './write-desk.ts'
import type { WriteResult } from './write-result.ts'

/** Applies an edit inside the caller's transaction. */
export async function editLead(
  tx: Tx,
  teller: Teller,
  id: string,
  edit: LeadEdit,
  expectedVersion: ExpectedVersion,
  now: Date,
): Promise<WriteResult<LeadFacts>> {
  const desk = await loadDesk(tx, identitiesOfEdit(edit), [id])
  const result = editOnDesk(desk, teller, id, edit, expectedVersion, now)
  if (result.outcome === 'updated') await writeDesk(tx, desk, now)
  return result
}

/** Identities that an edit may give to a lead: the desk has to know who has them. */
export function identitiesOfEdit({ fields, replace, add_external_ids }: LeadEdit): Identity[] {
  return identitiesOf(fields, [...(replace.external_ids ?? []), ...add_external_ids])
}

/** Decides an edit on the desk; nothing is changed unless the outcome is `updated`. */
export function editOnDesk(
  desk: Desk,
  teller: Teller,
  id: string,
  edit: LeadEdit,
  expectedVersion: ExpectedVersion,
  now: Date,
): WriteResult<LeadFacts> {
  const entry = desk.leads.get(id)
  if (entry === undefined) return { outcome: 'not_found' }
  const { lead, sources } = entry
  if (!isExpectedVersion(expectedVersion, lead.version)) return { outcome: 'stale' }
  const at = now.toISOString()
  const merged = mergeEdit(lead, sources, edit, { by: 'person', source: 'api', at })
  if (!merged.ok) return { outcome: 'too_many', field: merged.field, limit: merged.limit }
  if (Object.keys(merged.changed).length === 0) return { outcome: 'unchanged', record: lead }
  const next: LeadFacts = { ...lead, ...merged.changed, version: lead.version + 1, updated_at: at }
  const other = moveIdentities(desk.book, lead, next)
  if (other !== undefined) return { outcome: 'duplicate', existing_id: other }
  putLead(desk, next, merged.sources)
  tellEdit(desk, next, previousOf(lead, merged.changed), teller, newId(), now)
  return { outcome: 'updated', record: next }
}

/**
 * Frees the identities of the old values and claims those of the new ones; returns the lead that stands in the way. A
 * shared phone stands in nobody's way: its first owner keeps it.
 */
function moveIdentities(book: IdentityBook, before: LeadFacts, next: LeadFacts): string | undefined {
  const [old, wanted] = [identitiesOfLead(before), identitiesOfLead(next)]
  const added = withoutIdentities(wanted, old)
  const other = findOtherOwner(book, next.id, added.filter(isExclusive))
  if (other !== undefined) return other
  freeIdentities(book, next.id, withoutIdentities(old, wanted))
  claimIdentities(book, next.id, added)
  return undefined
}

const identitiesOfLead = ({ email, phone, external_ids }: LeadFacts) => identitiesOf({ email, phone }, external_ids)
