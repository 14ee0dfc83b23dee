/** Create or change, whichever it takes: what CRMs call upsert. One write, or up to 200 on one desk. */

import type { Tx } from '../db/client.ts'
import type { ExpectedVersion } from '../domain/expected-version.ts'
import { externalIdentity, type Identity, type Intake, identitiesOf } from '../domain/intake.ts'
import type { LeadFacts } from '../domain/lead.ts'
import type { LeadEdit } from '../domain/merge-edit.ts'
import { type Aim, aimUpsert, restoring, type UpsertAddress } from './aim-upsert.ts'
import { type Desk, leadOf, loadDesk } from './desk.ts'
import { editOnDesk, identitiesOfEdit } from './edit-lead.ts'
import { findOtherOwner } from './identity-book.ts'
import { createFromIntake } from './resolve-lead.ts'
import { type Teller, tellResolution } from './tell-story.ts'
import { writeDesk } from './write-desk.ts'
import type { WriteResult } from './write-result.ts'

export interface LeadUpsert {
  address: UpsertAddress
  /** What a known lead is changed by. */
  edit: LeadEdit
  /** What a new lead is made of; null when none may be made. */
  intake: Intake | null
  expectedVersion: ExpectedVersion
}

/** Does one upsert inside the caller's transaction. */
export async function upsertLead(
  tx: Tx,
  teller: Teller,
  upsert: LeadUpsert,
  now: Date,
): Promise<WriteResult<LeadFacts>> {
  const desk = await loadLeadsOf(tx, [upsert])
  const result = upsertOnDesk(desk, teller, upsert, now)
  if (result.outcome === 'created' || result.outcome === 'updated') await writeDesk(tx, desk, now)
  return result
}

/** The desk for a batch of upserts. */
export async function loadLeadsOf(tx: Tx, upserts: LeadUpsert[]): Promise<Desk> {
  const ids = upserts.map(({ address }) => address.id).filter((id) => id !== null)
  return await loadDesk(tx, upserts.flatMap(identitiesOfUpsert), ids)
}

function identitiesOfUpsert({ address, edit }: LeadUpsert): Identity[] {
  return [...identitiesOf({}, address.externalIds), ...identitiesOfEdit(edit)]
}

/** Which lead an upsert is about, as far as the desk knows. */
export function aimOnDesk(desk: Desk, { address }: LeadUpsert): Aim {
  return aimUpsert(desk.book, address, (id) => desk.leads.get(id)?.lead.external_ids)
}

/** Decides an upsert on the desk; a refused one leaves it as it was. */
export function upsertOnDesk(desk: Desk, teller: Teller, upsert: LeadUpsert, now: Date): WriteResult<LeadFacts> {
  const { address, edit, intake, expectedVersion } = upsert
  const aim = aimOnDesk(desk, upsert)
  if (aim.outcome === 'edit') return editOnDesk(desk, teller, aim.id, restoring(address, edit), expectedVersion, now)
  if (aim.outcome !== 'create') return aim
  if (intake === null) return { outcome: 'not_found' }
  // If-Match asks for a version of something that is not there.
  if (expectedVersion !== null) return { outcome: 'stale' }
  const other = findOtherOwner(desk.book, intake.new_lead_id, intake.external_ids.map(externalIdentity))
  if (other !== undefined) return { outcome: 'duplicate', existing_id: other }
  const owner = address.description.map((identity) => leadOf(desk, identity)).find((lead) => lead !== undefined)
  const rejected = owner === undefined ? [] : [{ lead_id: owner.id, identity: 'email', reason: 'second_lead_wanted' }]
  const resolution = createFromIntake(desk, intake, { lead_id: null, rule: null, rejected, conflict: null }, now)
  tellResolution(desk, resolution, now)
  return { outcome: 'created', record: resolution.lead }
}
