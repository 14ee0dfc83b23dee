/** Writes to the consent ledger: the entry, its line on the timeline and its change, all in the caller's transaction. */
import type { PendingChange } from '../changes/change.ts'
import { recordChanges } from '../changes/record-change.ts'
import type { Tx } from '../db/client.ts'
import { decideConsent } from '../domain/consent.ts'
import type { LeadFacts } from '../domain/lead.ts'
import { toLead } from '../domain/lead-wire.ts'
import { type ConsentRow, insertConsents, listConsentsOf } from './consent-queries.ts'
import { insertRows } from './desk-queries.ts'
import { lockMailGate } from './mail/mail-gate.ts'
import { markWork } from './mark-work.ts'

/** Who caused the entries, for the change feed. */
export interface ConsentEvent {
  lead: LeadFacts
  actor: string
  origin: string | null
  rows: ConsentRow[]
}

/** Adds entries of leads of which nothing else is written, and has them judged by what they agree to now. */
export async function changeConsents(tx: Tx, events: ConsentEvent[], now: Date): Promise<void> {
  await recordConsents(tx, events, now)
  const leads = events.filter(({ rows }) => rows.length > 0).map(({ lead }) => lead.id)
  await markWork(tx, leads, 'consent')
}

/**
 * Adds entries of several leads; those that are in the ledger already change nothing. Whoever writes the leads as well has
 * marked them as work.
 */
export async function recordConsents(tx: Tx, events: ConsentEvent[], now: Date): Promise<void> {
  const all = events.flatMap((event) => event.rows)
  if (all.length === 0) return
  // A withdrawal and a hand-over have one order: who commits first wins.
  if (all.some(({ action }) => action === 'withdrawn')) await lockMailGate(tx)
  const fresh = await insertConsents(tx, all)
  const added = all.filter((row) => fresh.has(row.id))
  if (added.length === 0) return
  await insertRows(tx, 'activities', added.map(activityOf))
  const ledger = await listConsentsOf(tx, tx.workspaceId, [...new Set(added.map((row) => row.lead_id))])
  const changes = events.flatMap((event) => {
    const own = event.rows.filter((row) => fresh.has(row.id))
    return own.length === 0 ? [] : [changeOf(event, own, ledger, fresh, now)]
  })
  recordChanges(tx, changes)
}

function activityOf(row: ConsentRow) {
  return {
    id: row.id,
    lead_id: row.lead_id,
    type: row.action === 'granted' ? 'consent_granted' : 'consent_withdrawn',
    occurred_at: row.occurred_at,
    actor: row.actor,
    subject: `${row.purpose}/${row.channel}`,
    data: {
      purpose: row.purpose,
      channel: row.channel,
      method: row.method,
      wording_hash: row.wording_hash,
      ...(row.submission_id !== null && { submission_id: row.submission_id }),
    },
    receipt_id: null,
  }
}

/** Standing of one purpose on one channel, as the change feed tells it before and after. */
interface Standing {
  purpose: string
  channel: string
  allowed: boolean
  reason: string
}

function changeOf(
  { lead, actor, origin }: ConsentEvent,
  own: ConsentRow[],
  ledger: ConsentRow[],
  fresh: ReadonlySet<string>,
  now: Date,
): PendingChange {
  const entries = ledger.filter((row) => row.lead_id === lead.id)
  const pairs = [...new Map(own.map((row) => [`${row.purpose}/${row.channel}`, row])).values()]
  const standings = (rows: ConsentRow[]): Standing[] =>
    pairs.map(({ purpose, channel }) => {
      const { allowed, reason } = decideConsent(rows, { purpose, channel, at: now })
      return { purpose, channel, allowed, reason }
    })
  return {
    type: 'lead.consent_changed',
    object_id: lead.id,
    actor,
    origin,
    occurred_at: now.toISOString(),
    object: { ...toLead(lead), consents: standings(entries) },
    changed_fields: ['consents'],
    previous: { consents: standings(entries.filter((row) => !fresh.has(row.id))) },
  }
}
