/**
 * The desk of one batch: the facts that its decisions need, loaded once, the working copies that they change, and the
 * trail that they leave. Two submissions of one person in one batch meet here, so the second sees what the first made.
 */
import type { PendingChange } from '../changes/change.ts'
import type { Tx } from '../db/client.ts'
import type { Identity } from '../domain/intake.ts'
import type { FieldSources, LeadFacts } from '../domain/lead.ts'
import { listIdentities, lockLeads } from './desk-queries.ts'
import { type IdentityBook, openBook, ownerOf } from './identity-book.ts'
import type { AssignmentOrder } from './route/assignment-order.ts'
import { StaleFacts } from './stale-facts.ts'

export interface LeadOnDesk {
  lead: LeadFacts
  sources: FieldSources
  /** As it was loaded, null for a new one. */
  stored: LeadFacts | null
  /** The sources as they were loaded, null for a new lead. */
  storedSources: FieldSources | null
}

/** A lead as it was loaded. */
export const asLoaded = ({ lead, sources }: { lead: LeadFacts; sources: FieldSources }): [string, LeadOnDesk] => [
  lead.id,
  { lead, sources, stored: lead, storedSources: sources },
]

type Row = Record<string, unknown>

export interface Desk {
  leads: Map<string, LeadOnDesk>
  book: IdentityBook
  /** What tells the story afterwards; written with the leads. */
  trail: { receipts: Row[]; activities: Row[]; touches: Row[]; changes: PendingChange[] }
  /** What becomes of the assignment of a lead, by its id; written with the leads. */
  orders: Map<string, AssignmentOrder>
}

/** Loads and locks every lead that these identities lead to, and those addressed directly by `leadIds`. */
export async function loadDesk(tx: Tx, identities: Identity[], leadIds: string[] = []): Promise<Desk> {
  const seen = await listIdentities(tx, identities)
  const ids = [...new Set([...seen.map(({ owner }) => owner), ...leadIds])]
  // Owners may have changed until the locks were there; the second look travels right behind the lock.
  const [rows, owned] = await Promise.all([
    lockLeads(tx, ids),
    seen.length === 0 ? seen : listIdentities(tx, identities),
  ])
  const leads = new Map(rows.map(asLoaded))
  if (owned.some(({ owner }) => !leads.has(owner))) throw new StaleFacts('an identity changed hands meanwhile')
  return {
    leads,
    book: openBook(owned),
    trail: { receipts: [], activities: [], touches: [], changes: [] },
    orders: new Map(),
  }
}

/** The lead that an identity belongs to. */
export function leadOf(desk: Desk, identity: Identity): LeadFacts | undefined {
  const id = ownerOf(desk.book, identity)
  return id === undefined ? undefined : desk.leads.get(id)?.lead
}

/** The lead of an id that is known to be on the desk. */
export function onDesk(desk: Desk, id: string): LeadOnDesk {
  const found = desk.leads.get(id)
  if (found === undefined) throw new Error('the lead is not on the desk')
  return found
}

/** Puts a new lead on the desk, or replaces the working copy of one. */
export function putLead(desk: Desk, lead: LeadFacts, sources: FieldSources): void {
  const known = desk.leads.get(lead.id)
  const { stored, storedSources } = known ?? { stored: null, storedSources: null }
  desk.leads.set(lead.id, { lead, sources, stored, storedSources })
}
