// A suppression says: no mail to this address, or to anybody of this domain. Its scope is all mail (a dead mailbox, a
// complaint), all marketing, or one purpose. Several may hold at once; the widest is the one that is named.
import type { MessageKind } from './message.ts'

export const SUPPRESSION_SCOPES = ['all', 'marketing', 'purpose'] as const
export type SuppressionScope = (typeof SUPPRESSION_SCOPES)[number]

export const SUPPRESSION_REASONS = ['unsubscribed', 'hard_bounce', 'complaint', 'manual', 'imported'] as const
export type SuppressionReason = (typeof SUPPRESSION_REASONS)[number]

export interface SuppressionFacts {
  id: string
  kind: 'address' | 'domain'
  value: string
  scope: string
  /** Only of scope `purpose`, else empty. */
  purpose: string
  reason: string
}

/** Every domain whose suppression covers an address: `mail.example.co` and its parents. */
export function domainsOf(addressKey: string): string[] {
  const labels = addressKey.slice(addressKey.lastIndexOf('@') + 1).split('.')
  return labels.map((_, i) => labels.slice(i).join('.')).slice(0, -1)
}

/** The suppression that forbids a mail, undefined when none does. */
export function findSuppression<S extends SuppressionFacts>(
  suppressions: readonly S[],
  mail: { address_key: string; kind: MessageKind; purpose: string },
): S | undefined {
  const domains = new Set(domainsOf(mail.address_key))
  const covering = suppressions.filter(
    (one) =>
      (one.kind === 'address' ? one.value === mail.address_key : domains.has(one.value)) && coversMail(one, mail),
  )
  return covering.sort(
    (a, b) => SUPPRESSION_SCOPES.indexOf(a.scope as never) - SUPPRESSION_SCOPES.indexOf(b.scope as never),
  )[0]
}

function coversMail(one: SuppressionFacts, { kind, purpose }: { kind: MessageKind; purpose: string }): boolean {
  if (one.scope === 'all') return true
  if (kind === 'transactional') return false
  return one.scope === 'marketing' || one.purpose === purpose
}
