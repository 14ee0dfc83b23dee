/**
 * The desk of one batch: the facts that its decisions need, loaded once, and the working copies that they change.
 * Two submissions of one person in one batch meet here, so the second sees the lead that the first made.
 */

import type { Tx } from '../db/client.ts'
import type { Identity, Intake } from '../domain/intake.ts'
import type { FieldSources, LeadFacts } from '../domain/lead.ts'
import { listIdentities, lockLeads } from './desk-queries.ts'

export interface LeadOnDesk {
  lead: LeadFacts
  sources: FieldSources
  state: 'stored' | 'new' | 'changed'
}

export interface Desk {
  leads: Map<string, LeadOnDesk>
  /** Identity -> lead id, those stored and those new. */
  owners: Map<string, string>
  newIdentities: (Identity & { lead_id: string })[]
}

const keyOf = (identity: Identity) => `${identity.kind}\u0000${identity.value}`

/** Loads and locks every lead that the intakes could be about; `leadIds` adds leads addressed directly. */
export async function loadDesk(tx: Tx, intakes: Intake[], leadIds: string[] = []): Promise<Desk> {
  const identities = intakes.flatMap((intake) => intake.identities)
  const desk: Desk = { leads: new Map(), owners: new Map(), newIdentities: [] }
  for (const row of await listIdentities(tx, identities)) desk.owners.set(keyOf(row), row.lead_id)
  for (const row of await lockLeads(tx, [...new Set([...desk.owners.values(), ...leadIds])])) {
    desk.leads.set(row.lead.id, { ...row, state: 'stored' })
  }
  return desk
}

/** The lead that an identity belongs to. */
export function leadOf(desk: Desk, identity: Identity): LeadFacts | undefined {
  const id = desk.owners.get(keyOf(identity))
  return id === undefined ? undefined : desk.leads.get(id)?.lead
}

/** Puts a new lead on the desk. */
export function addLead(desk: Desk, lead: LeadFacts, sources: FieldSources): void {
  desk.leads.set(lead.id, { lead, sources, state: 'new' })
}

/** Replaces the working copy of a lead. */
export function changeLead(desk: Desk, lead: LeadFacts, sources: FieldSources): void {
  const before = desk.leads.get(lead.id)
  desk.leads.set(lead.id, { lead, sources, state: before?.state === 'new' ? 'new' : 'changed' })
}

/** Gives a lead the identities that nobody has yet; those of another lead stay where they are. */
export function claimIdentities(desk: Desk, leadId: string, identities: Identity[]): void {
  for (const identity of identities) {
    if (desk.owners.has(keyOf(identity))) continue
    desk.owners.set(keyOf(identity), leadId)
    desk.newIdentities.push({ kind: identity.kind, value: identity.value, lead_id: leadId })
  }
}
