/** What decisions about enrollments look at beyond the lead itself: whether it may get mail of a purpose, and answered. */
import type { Statement, Tx } from '../../db/client.ts'
import { type ConsentFacts, decideConsent } from '../../domain/consent.ts'
import type { LeadFacts } from '../../domain/lead.ts'
import { findSuppression } from '../../domain/mail/suppression.ts'
import { normalizeEmail } from '../../domain/normalize/email.ts'
import type { SequenceDefinition } from '../../domain/sequence/sequence.ts'
import { listConsentsOfLeads } from '../facts/family-queries.ts'
import { listSuppressionsOf } from '../mail/list-suppressions.ts'

export interface ContactFacts {
  /** Has withdrawn what the sequence needs, or gets no such mail at all. Who never agreed is no opt-out: mail is withheld. */
  hasOptedOut(lead: LeadFacts, definition: SequenceDefinition, now: Date): boolean
  /** Has answered a mail of the sequence since the enrollment began: also one of an earlier time in there. */
  hasReplied(enrollmentId: string): boolean
}

const repliesStatement: Statement = {
  name: 'list_replies_to_enrollments',
  text: `SELECT DISTINCT e.id FROM enrollments e
    JOIN messages m ON m.workspace_id = e.workspace_id AND m.lead_id = e.lead_id AND m.sequence_key = e.sequence_key
      AND m.tally->>'replied_at' IS NOT NULL
    JOIN message_events v ON v.workspace_id = m.workspace_id AND v.message_id = m.id AND v.type = 'replied'
      AND v.occurred_at >= e.started_at
    WHERE e.workspace_id = $1 AND e.id = ANY($2::uuid[])`,
}

/** Loads them for some leads and enrollments. */
export async function loadContactFacts(
  tx: Tx,
  leads: readonly LeadFacts[],
  enrollmentIds: readonly string[],
): Promise<ContactFacts> {
  const addresses = new Map(leads.flatMap((lead) => addressOf(lead)))
  const ids = leads.map(({ id }) => id)
  const [suppressions, consents, replies] = await Promise.all([
    listSuppressionsOf(tx, tx.workspaceId, [...addresses.values()]),
    listConsentsOfLeads(tx, tx.workspaceId, ids),
    enrollmentIds.length === 0 ? [] : tx.query<{ id: string }>(repliesStatement, [tx.workspaceId, enrollmentIds]),
  ])
  const replied = new Set(replies.map(({ id }) => id))
  const consentsOf = new Map<string, ConsentFacts[]>()
  for (const consent of consents) consentsOf.set(consent.lead_id, [...(consentsOf.get(consent.lead_id) ?? []), consent])
  return {
    hasOptedOut: ({ id }, { purpose, mail_kind }, now) => {
      const address_key = addresses.get(id)
      const mail = { address_key: address_key ?? '', kind: mail_kind, purpose }
      if (address_key !== undefined && findSuppression(suppressions, mail) !== undefined) return true
      if (mail_kind === 'transactional') return false
      const { reason } = decideConsent(consentsOf.get(id) ?? [], { purpose, channel: 'email', at: now })
      return reason === 'withdrawn'
    },
    hasReplied: (id) => replied.has(id),
  }
}

function addressOf({ id, email }: LeadFacts): [string, string][] {
  const normalized = email === null ? null : normalizeEmail(email)
  return normalized?.ok === true ? [[id, normalized.match_key]] : []
}
