/** What people decide about mail to them: leaving, choosing, agreeing. Ledger, suppressions and events in one transaction. */
import type { Tx } from '../../db/client.ts'
import { decideConsent, EVERY_PURPOSE } from '../../domain/consent.ts'
import { wordingHash } from '../../domain/consent-wording.ts'
import type { LeadFacts } from '../../domain/lead.ts'
import type { MailSettings } from '../../domain/mail/mail-settings.ts'
import type { MessageFacts } from '../../domain/mail/message-row.ts'
import { findSuppression } from '../../domain/mail/suppression.ts'
import { newId } from '../../domain/new-id.ts'
import { encodeTypeId } from '../../domain/type-id.ts'
import { type ConsentRow, listConsentsOf } from '../consent-queries.ts'
import { lockLeads } from '../desk-queries.ts'
import { changeConsents } from '../record-consents.ts'
import { listSuppressionsOf } from './list-suppressions.ts'
import { recordMailEvents } from './record-mail-events.ts'
import { liftSuppressions, suppress } from './suppress.ts'

/** How somebody told us. */
export interface Telling {
  method: 'unsubscribe_link' | 'preference_page' | 'double_opt_in'
  network: string | null
  evidence: Record<string, string>
}

/** Who acts here: the holder of a link that was mailed to the person. */
const ACTOR = 'person'

export interface Choice {
  key: string
  label: string
  description: string
  /** True when mail for this purpose would go. */
  subscribed: boolean
  /** True when something else than the person's own will keeps mail back. */
  blocked: boolean
}

/** Where a person stands with each purpose that the workspace offers, and that of the mail in hand. */
export async function readChoices(tx: Tx, message: MessageFacts, settings: MailSettings, now: Date): Promise<Choice[]> {
  const { lead_id, address_key } = message
  if (address_key === null) return []
  const ledger = lead_id === null ? [] : await listConsentsOf(tx, tx.workspaceId, [lead_id])
  const suppressions = await listSuppressionsOf(tx, tx.workspaceId, [address_key])
  const offered = settings.purposes.some(({ key }) => key === message.purpose)
    ? settings.purposes
    : [...settings.purposes, { key: message.purpose, label: message.purpose, description: '' }]
  return offered.map(({ key, label, description }) => {
    const mail = { address_key, kind: 'marketing' as const, purpose: key }
    const others = suppressions.filter(({ reason }) => reason !== 'unsubscribed')
    const { allowed } = decideConsent(ledger, { purpose: key, channel: 'email', at: now })
    const blocked = findSuppression(others, mail) !== undefined
    return {
      key,
      label,
      description,
      subscribed: allowed && findSuppression(suppressions, mail) === undefined,
      blocked,
    }
  })
}

/** No more mail of one purpose, or of any; told twice it changes nothing. */
export async function leaveMail(
  tx: Tx,
  message: MessageFacts,
  purposes: readonly string[] | 'all',
  telling: Telling,
  now: Date,
): Promise<void> {
  const lead = await lockLead(tx, message)
  const wanted = purposes === 'all' ? [EVERY_PURPOSE] : purposes
  if (lead !== undefined) {
    const ledger = await listConsentsOf(tx, tx.workspaceId, [lead.id])
    const open = wanted.filter((purpose) => !isWithdrawn(ledger, purpose, now))
    const rows = open.map((purpose) => entryOf(lead.id, purpose, 'withdrawn', null, telling, message, now))
    await changeConsents(tx, [{ lead, actor: ACTOR, origin: null, rows }], now)
  }
  const { address_key: value, to_email: shown } = message
  if (value !== null && shown !== null) {
    const base = {
      kind: 'address' as const,
      shown,
      value,
      reason: 'unsubscribed' as const,
      actor: ACTOR,
      message_id: message.id,
    }
    const scopes =
      purposes === 'all'
        ? [{ ...base, scope: 'marketing' as const, purpose: '' }]
        : purposes.map((purpose) => ({ ...base, scope: 'purpose' as const, purpose }))
    await suppress(tx, scopes, null, now)
  }
  const event = { message_id: message.id, type: 'unsubscribed' as const, occurred_at: now.toISOString() }
  await recordMailEvents(tx, [{ ...event, dedupe_key: `left:${message.id}` }], now)
}

/** True when the last word on exactly this is a withdrawal. */
function isWithdrawn(ledger: ConsentRow[], purpose: string, now: Date): boolean {
  const own = ledger.filter((row) => row.purpose === purpose && (row.channel === 'email' || row.channel === 'any'))
  const { reason } = decideConsent(own, { purpose, channel: 'email', at: now })
  // A grant for one purpose after a withdrawal of all is not covered by that withdrawal any more.
  if (purpose !== EVERY_PURPOSE) return reason === 'withdrawn'
  const last = own.at(-1)
  return last !== undefined && !ledger.some((row) => row.action === 'granted' && row.occurred_at > last.occurred_at)
}

/** Mail of a purpose again, with the wording that the person saw; what others have suppressed stays. */
export async function joinMail(
  tx: Tx,
  person: { lead: LeadFacts; address_key: string; message: MessageFacts | null },
  granted: readonly { purpose: string; wording: string; locale: string | null }[],
  telling: Telling,
  now: Date,
): Promise<void> {
  const { lead, address_key, message } = person
  const rows = granted.map(({ purpose, wording, locale }) => ({
    ...entryOf(lead.id, purpose, 'granted', wording, telling, message, now),
    locale,
  }))
  await changeConsents(tx, [{ lead, actor: ACTOR, origin: null, rows }], now)
  const purposes = new Set(granted.map(({ purpose }) => purpose))
  const own = (await listSuppressionsOf(tx, tx.workspaceId, [address_key])).filter(
    ({ kind, reason, scope, purpose }) =>
      kind === 'address' && reason === 'unsubscribed' && (scope === 'marketing' || purposes.has(purpose)),
  )
  await liftSuppressions(
    tx,
    own.map(({ id }) => id),
    ACTOR,
    null,
    now,
  )
}

/** The lead of a message, locked; undefined when there is none. */
export async function lockLead(tx: Tx, { lead_id }: Pick<MessageFacts, 'lead_id'>): Promise<LeadFacts | undefined> {
  return lead_id === null ? undefined : (await lockLeads(tx, [lead_id]))[0]?.lead
}

function entryOf(
  leadId: string,
  purpose: string,
  action: 'granted' | 'withdrawn',
  wording: string | null,
  { method, network, evidence }: Telling,
  message: MessageFacts | null,
  now: Date,
): ConsentRow {
  const at = now.toISOString()
  return {
    id: newId(),
    lead_id: leadId,
    purpose,
    channel: 'email',
    action,
    occurred_at: at,
    recorded_at: at,
    expires_at: null,
    method,
    actor: ACTOR,
    form_key: null,
    consent_key: null,
    submission_id: null,
    wording_hash: wording === null ? null : wordingHash(wording),
    wording_version: null,
    wording,
    locale: message?.locale ?? null,
    ip_prefix: network,
    evidence: { ...evidence, ...(message !== null && { message_id: encodeTypeId('message', message.id) }) },
  }
}
