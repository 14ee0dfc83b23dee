/** What the decision about a hand-over needs to know, for many messages at once. */
import type { Statement, Tx } from '../../db/client.ts'
import type { SendFacts } from '../../domain/mail/decide-send.ts'
import type { MailSettings } from '../../domain/mail/mail-settings.ts'
import type { MessageFacts } from '../../domain/mail/message-row.ts'
import { listConsentsOfLeads } from '../facts/family-queries.ts'
import { listSuppressionsOf } from './list-suppressions.ts'

export interface FactBook {
  /** Facts of one message; mails that were allowed meanwhile count against the cap. */
  of(message: MessageFacts): SendFacts
  /** A marketing mail to this address goes now. */
  count(addressKey: string, at: Date): void
}

const leadsStatement: Statement = {
  name: 'list_mail_leads',
  text: 'SELECT id, archived, time_zone FROM leads WHERE workspace_id = $1 AND id = ANY($2::uuid[])',
}
const pausedStatement: Statement = {
  name: 'list_paused_enrollments',
  text: `SELECT id FROM enrollments WHERE workspace_id = $1 AND id = ANY($2::uuid[]) AND status = 'paused'`,
}
const recentStatement: Statement = {
  name: 'list_recent_mails',
  text: `SELECT address_key, handed_at FROM messages WHERE workspace_id = $1 AND address_key = ANY($2::text[]) AND handed_at > $3
    AND kind = 'marketing' AND state IN ('handed', 'sent', 'in_doubt') AND id <> ALL($4::uuid[])`,
}

const DAY_MS = 86_400_000

/** Loads the facts as they are committed now. */
export async function loadFacts(
  tx: Tx,
  messages: MessageFacts[],
  settings: MailSettings,
  timeZone: string,
  now: Date,
): Promise<FactBook> {
  const leadIds = [...new Set(messages.flatMap((message) => message.lead_id ?? []))]
  const addresses = [...new Set(messages.flatMap((message) => message.address_key ?? []))]
  const days = Math.max(0, ...settings.caps.map((cap) => cap.days))
  const since = new Date(now.getTime() - days * DAY_MS).toISOString()
  const ids = messages.map(({ id }) => id)
  // What a seller is told about a lead goes all the same.
  const enrollmentIds = messages.flatMap(({ lead_id, enrollment_id }) => (lead_id && enrollment_id) || [])
  const [leads, paused, consents, suppressions, recent] = await Promise.all([
    tx.query<{ id: string; archived: boolean; time_zone: string | null }>(leadsStatement, [tx.workspaceId, leadIds]),
    enrollmentIds.length === 0
      ? []
      : tx.query<{ id: string }>(pausedStatement, [tx.workspaceId, [...new Set(enrollmentIds)]]),
    leadIds.length === 0 ? [] : listConsentsOfLeads(tx, tx.workspaceId, leadIds),
    listSuppressionsOf(tx, tx.workspaceId, addresses),
    days === 0
      ? []
      : tx.query<{ address_key: string; handed_at: string }>(recentStatement, [tx.workspaceId, addresses, since, ids]),
  ])
  const pausedIds = new Set(paused.map(({ id }) => id))
  const leadOf = new Map(leads.map((lead) => [lead.id, lead]))
  const consentsOf = groupBy(consents, ({ lead_id }) => lead_id)
  const handed = new Map<string, Date[]>()
  const count = (key: string, at: Date) => handed.set(key, [...(handed.get(key) ?? []), at])
  for (const { address_key, handed_at } of recent) count(address_key, new Date(handed_at))
  return {
    count,
    of: (message) => {
      const lead = message.lead_id === null ? undefined : leadOf.get(message.lead_id)
      return {
        kind: message.kind,
        purpose: message.purpose,
        address_key: message.address_key,
        lead: lead ?? null,
        since: new Date(message.due_at > message.created_at ? message.due_at : message.created_at),
        is_paused: message.lead_id !== null && pausedIds.has(message.enrollment_id ?? ''),
        consents: consentsOf.get(message.lead_id ?? '') ?? [],
        suppressions,
        handed_at: handed.get(message.address_key ?? '') ?? [],
        time_zone: lead?.time_zone ?? timeZone,
        rules: settings,
      }
    },
  }
}

function groupBy<Row>(rows: Row[], keyOf: (row: Row) => string): Map<string, Row[]> {
  const groups = new Map<string, Row[]>()
  for (const row of rows) {
    const group = groups.get(keyOf(row))
    if (group === undefined) groups.set(keyOf(row), [row])
    else group.push(row)
  }
  return groups
}
