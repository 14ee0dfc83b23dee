// A policy is a versioned document that decisions follow: a score model, a lifecycle, a segment. One draft may be
// changed; publishing freezes it and retires the version before, which stays readable for ever.

/** Kinds of policies; adding one is additive. */
export const POLICY_KINDS = ['score_model', 'lifecycle', 'segment', 'enrichment', 'routing', 'sla', 'sequence'] as const

export type PolicyKind = (typeof POLICY_KINDS)[number]

export const POLICY_STATES = ['draft', 'published', 'retired'] as const

export type PolicyState = (typeof POLICY_STATES)[number]

/** What decisions follow now. The definition never changes: it may be kept, and be the key of what is made of it. */
export interface PublishedPolicy<Definition extends object = Record<string, unknown>> {
  readonly key: string
  readonly version: number
  readonly definition: Definition
}

/** A policy version as receipts name it, such as `score_model:default@3`. */
export function nameVersion(kind: PolicyKind, { key, version }: { key: string; version: number }): string {
  return `${kind}:${key}@${version}`
}
