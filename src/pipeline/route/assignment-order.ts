/** What is to become of the assignment of a lead: the open one ends, a new one begins, or both. */
import type { Explanation } from '../../domain/routing/explanation.ts'

/** Who gets the lead: a seller, whoever pulls next from a pool, or a buyer outside. */
export type AssignmentTarget =
  | { kind: 'user'; user_id: string }
  | { kind: 'queue' }
  | { kind: 'buyer'; buyer_key: string }

/** Why an assignment was made. */
export const ASSIGNMENT_CAUSES = ['rule', 'default', 'explicit', 'manual', 'pull', 'reassign', 'reopened'] as const
export type AssignmentCause = (typeof ASSIGNMENT_CAUSES)[number]

/** What the router decided, for the receipt; absent where a person decided. */
export interface RoutingFacts {
  policy_version: number
  teams_version: number
  rule_key: string | null
  strategy: string | null
  decision: number
  pass_before: number | null
  pass_after: number | null
  explanation: Explanation
  score: number | null
  worth: number | null
  receipt_id: string
}

export interface NewAssignment {
  /** Made by who orders, so that it can be answered and referred to. */
  id: string
  target: AssignmentTarget
  /** The pool that it comes from, or in whose pull queue it waits. */
  pool_key: string | null
  cause: AssignmentCause
  note: string | null
  facts: RoutingFacts | null
}

export interface AssignmentEnd {
  /** `declined`, `released`, `reassigned`, `owner_changed`, `closed`, `pulled`, ... */
  reason: string
  note: string | null
  /** True gives the turn back: the seller is next again as if the lead had never come. */
  credit: boolean
}

/** What the router has read already under the lock of the lead; others leave it to be looked up. */
export interface KnownFacts {
  /** Whether an assignment is open that has to end. */
  isOpen: boolean
  /** Whether the lead is listed as one without an owner. */
  isUnrouted: boolean
  /** Whether the workspace promises anything. */
  isPromised: boolean
  /** When the lead last came by itself; null when it never did. */
  arrived_at: string | null
  /** Time zone of the seller who gets it. */
  zone: string | null
}

/** Whether something may have to end before an order is carried out: the open assignment, its clock, its sale. */
export const mayHaveOpen = ({ known }: AssignmentOrder): boolean => known === null || known.isOpen

export interface AssignmentOrder {
  actor: string
  /** How the open assignment ends, if there is one. */
  end: AssignmentEnd
  start: NewAssignment | null
  known: KnownFacts | null
}
