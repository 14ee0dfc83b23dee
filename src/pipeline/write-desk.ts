/** Writes a desk: leads, sources, identities, search rows and the trail, in an order that all writers share. */
import { recordChanges } from '../changes/record-change.ts'
import type { Tx } from '../db/client.ts'
import { type Identity, identitiesOf } from '../domain/intake.ts'
import { type SearchRow, searchKeyOf, searchRowOf } from '../domain/lead-search.ts'
import { isEqual } from '../domain/survivorship.ts'
import type { Desk, LeadOnDesk } from './desk.ts'
import {
  type ChangedLead,
  deleteIdentities,
  insertRows,
  listLeadsByEmail,
  sendRows,
  updateLeads,
  updateSources,
} from './desk-queries.ts'
import { GIVEN_BACK, listGivenBack } from './given-back.ts'
import { claimIdentities, claimsOf } from './identity-book.ts'
import { followAddresses } from './mail/follow-addresses.ts'
import { markWork } from './mark-work.ts'
import { settleOwners } from './route/settle-owners.ts'
import { writeAssignments } from './route/write-assignments.ts'
import { startSales } from './sell/start-sales.ts'
import { noteDesk } from './sla/note-desk.ts'
import { StaleFacts } from './stale-facts.ts'

/** Writes everything that was decided, and asks that what is new be judged. Throws StaleFacts like `writeDeskRows`. */
export async function writeDesk(tx: Tx, desk: Desk, now: Date): Promise<void> {
  await writeDeskRows(tx, desk, now)
  // Also a lead that is as it was: another submission of it is news to whoever counts them.
  const touched = [...desk.leads.values()].filter(({ lead, stored }) => lead !== stored)
  const seen = desk.trail.touches.map((touch) => String(touch['lead_id']))
  await markWork(tx, [...touched.map(({ lead }) => lead.id), ...seen], 'changed')
  await markWork(tx, listGivenBack(desk), GIVEN_BACK)
}

/**
 * Writes the rows alone, for who judges already. Throws StaleFacts when another writer took an identity meanwhile.
 *
 * Sent without waiting for answers: statements of one transaction run in the order in which they are sent, so a lead is there
 * before what points at it. Only what two writers may want in different order waits for its place.
 */
export async function writeDeskRows(tx: Tx, desk: Desk, now: Date): Promise<void> {
  await settleOwners(tx, desk, now)
  const all = [...desk.leads.values()]
  const created = all.filter((entry) => entry.stored === null)
  const changed = all.flatMap(({ lead, stored }) => (stored === null || stored === lead ? [] : [{ lead, stored }]))
  const { receipts, activities, touches, changes } = desk.trail
  const made = created.map(({ lead }) => lead)
  sendRows(tx, 'leads', made)
  sendRows(tx, 'lead_field_sources', created.map(sourcesOf))
  updateLeads(tx, changed)
  updateSources(tx, all.filter(hasNewSources).map(sourcesOf))
  sendRows(tx, 'lead_search', searchRowsOf([...created, ...changed]))
  sendRows(tx, 'receipts', receipts)
  sendRows(tx, 'activities', activities)
  sendRows(tx, 'touches', touches)
  await writeInTurn(tx, desk, changed, now)
  recordChanges(tx, changes)
}

/** Rows for which writers wait: identities first, then the desks of sellers, so that nobody waits in a circle. */
async function writeInTurn(tx: Tx, desk: Desk, changed: readonly ChangedLead[], now: Date): Promise<void> {
  await writeIdentities(tx, desk, now)
  await followAddresses(tx, changed, now)
  // Clocks look at assignments that are open, so their statements are sent before those end.
  await Promise.all([noteDesk(tx, desk, now), writeAssignments(tx, desk, now)])
  await startSales(tx, desk, now)
}

const hasNewSources = ({ lead, stored, sources, storedSources }: LeadOnDesk) =>
  stored !== null && stored !== lead && sources !== storedSources

const sourcesOf = ({ lead, sources }: LeadOnDesk) => ({ lead_id: lead.id, sources })

async function writeIdentities(tx: Tx, desk: Desk, now: Date): Promise<void> {
  const { book } = desk
  await handOverEmails(tx, desk, await deleteIdentities(tx, book.freed))
  const claims = claimsOf(book).map(({ kind, value, owner }) => ({ kind, value, lead_id: owner }))
  const inserted = await insertRows(
    tx,
    'identities',
    claims.map((claim) => ({ ...claim, created_at: now.toISOString() })),
  )
  if (inserted < claims.length) throw new StaleFacts('an identity was taken meanwhile')
}

/** An e-mail that a lead gives up goes to the oldest other lead that shows it: a second lead made on purpose. */
async function handOverEmails(tx: Tx, { book, leads }: Desk, deleted: Identity[]): Promise<void> {
  const freed = deleted.filter(({ kind }) => kind === 'email')
  const keys = freed.map(({ value }) => searchKeyOf(value)).filter((key) => key !== null)
  for (const { id, email } of await listLeadsByEmail(tx, keys)) {
    // What is on the desk may have changed since it was stored, and its own claims are made already.
    if (leads.has(id)) continue
    const shown = identitiesOf({ email }, [])
    const given = shown.filter(({ value }) => freed.some((identity) => identity.value === value))
    claimIdentities(book, id, given)
  }
}

/** Search rows that differ from what is stored. */
function searchRowsOf(entries: Pick<LeadOnDesk, 'lead' | 'stored'>[]): (SearchRow & { lead_id: string })[] {
  return entries
    .map(({ lead, stored }) => ({ lead, row: searchRowOf(lead), before: stored === null ? null : searchRowOf(stored) }))
    .filter(({ row, before }) => !isEqual(row, before))
    .map(({ lead, row }) => ({ lead_id: lead.id, ...row }))
}
