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
  /** Has answered a mail of the enrollment. */
  hasReplied(enrollmentId: string): boolean
}

const repliesStatement: Statement = {
  name: 'list_replies_to_enrollments',
  text: `SELECT DISTINCT enrollment_id AS id FROM messages
    WHERE workspace_id = $1 AND enrollment_id = ANY($2::uuid[]) AND tally ->> 'replied_at' IS NOT NULL`,
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
