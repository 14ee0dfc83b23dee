// Exact match on capture. Strong: an external id. Medium: a typed e-mail, then a phone. A phone alone never joins two
// people with different e-mails: a shared line (family, switchboard) is no proof (domain.md 2).
import type { Identity } from './intake.ts'
import type { LeadFacts } from './lead.ts'

/** Version of this rule, written to receipts. */
export const IDENTITY_POLICY = 'identity@1'

export interface RejectedCandidate {
  lead_id: string
  identity: string
  reason: string
}

export interface MatchVerdict {
  lead_id: string | null
  /** Kind of the identity that decided, null for a new lead. */
  rule: string | null
  rejected: RejectedCandidate[]
}

/** Who this is: the lead of the strongest identity that is not contradicted, or nobody yet. */
export function matchIdentity(
  identities: Identity[],
  leadOf: (identity: Identity) => LeadFacts | undefined,
): MatchVerdict {
  const rejected: RejectedCandidate[] = []
  let match: { lead: LeadFacts; rule: string } | undefined
  const hasEmail = identities.some((identity) => identity.kind === 'email')
  for (const identity of identities) {
    const lead = leadOf(identity)
    if (lead === undefined || lead.id === match?.lead.id) continue
    const refuse = (reason: string) => rejected.push({ lead_id: lead.id, identity: identity.kind, reason })
    if (match !== undefined) refuse(`weaker_than_${match.rule}`)
    else if (identity.kind === 'phone' && hasEmail && lead.email !== null) refuse('same_phone_other_email')
    else match = { lead, rule: identity.kind }
  }
  return { lead_id: match?.lead.id ?? null, rule: match?.rule ?? null, rejected }
}
