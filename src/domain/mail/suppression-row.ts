// A suppression as it is stored, and as the world sees it.
import { encodeTypeId } from '../type-id.ts'
import type { SuppressionReason, SuppressionScope } from './suppression.ts'

export interface SuppressionRow {
  id: string
  kind: 'address' | 'domain'
  shown: string
  value: string
  scope: SuppressionScope
  /** Empty unless the scope is one purpose. */
  purpose: string
  reason: SuppressionReason
  note: string | null
  message_id: string | null
  actor: string
  created_at: string
  lifted_at: string | null
  lifted_by: string | null
}

/** The wire form of a suppression. */
export function toSuppression(row: SuppressionRow) {
  return {
    id: encodeTypeId('suppression', row.id),
    kind: row.kind,
    value: row.shown,
    scope: row.scope,
    purpose: row.purpose === '' ? null : row.purpose,
    reason: row.reason,
    note: row.note,
    message_id: row.message_id === null ? null : encodeTypeId('message', row.message_id),
    actor: row.actor,
    created_at: row.created_at,
    lifted_at: row.lifted_at,
    lifted_by: row.lifted_by,
  }
}
