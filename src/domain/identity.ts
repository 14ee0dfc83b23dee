// Exact match on capture. Strong: an external id. Medium: a typed e-mail, then a phone. A phone alone never joins two
// people with different e-mails: a shared line (family, switchboard) is no proof (domain.md 2).
import type { Identity } from './intake.ts'
import type { LeadFacts } from './lead.ts'

/** Version of this rule, written to receipts. */
export const IDENTITY_POLICY = 'identity@2'

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
  /** Another lead that has an identity which only one lead can have: what came contradicts itself. */
  conflict: string | null
}

/** Whether only one lead can have this identity; several people may share a phone. */
export function isExclusive(identity: Identity): boolean {
  return identity.kind === 'email' || identity.kind.startsWith('external:')
}

/** Who this is: the lead of the strongest identity that is not contradicted, or nobody yet. */
export function matchIdentity(
  identities: Identity[],
  leadOf: (identity: Identity) => LeadFacts | undefined,
): MatchVerdict {
  const rejected: RejectedCandidate[] = []
  let match: { lead: LeadFacts; rule: string } | undefined
  let conflict: string | null = null
  const hasEmail = identities.some((identity) => identity.kind === 'email')
  for (const identity of identities) {
    const lead = leadOf(identity)
    if (lead === undefined || lead.id === match?.lead.id) continue
    const refuse = (reason: string) => rejected.push({ lead_id: lead.id, identity: identity.kind, reason })
    if (match !== undefined) {
      refuse(`weaker_than_${match.rule}`)
      if (isExclusive(identity)) conflict ??= lead.id
    } else if (identity.kind === 'phone' && hasEmail && lead.email !== null) refuse('same_phone_other_email')
    else match = { lead, rule: identity.kind }
  }
  return { lead_id: match?.lead.id ?? null, rule: match?.rule ?? null, rejected, conflict }
}

/** A second lead on purpose: it takes no identity of another, so ids of other systems must be free. */
export function matchNobody(
  identities: Identity[],
  leadOf: (identity: Identity) => LeadFacts | undefined,
): MatchVerdict {
  const taken = identities.find((identity) => identity.kind.startsWith('external:') && leadOf(identity) !== undefined)
  return { lead_id: null, rule: null, rejected: [], conflict: (taken && leadOf(taken)?.id) ?? null }
}
