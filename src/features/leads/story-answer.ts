/** Receipts as answers show them: their ids, and those inside their details, in wire form. */
import { toWireIds } from '../../domain/lead-wire.ts'
import { encodeTypeId } from '../../domain/type-id.ts'
import type { ReceiptRow } from './story-queries.ts'

/** The wire form of a receipt. */
export function toReceipt(row: ReceiptRow) {
  return {
    ...row,
    id: encodeTypeId('receipt', row.id),
    lead_id: row.lead_id === null ? null : encodeTypeId('lead', row.lead_id),
    inputs: toWireIds(row.inputs),
    outcome: toWireIds(row.outcome),
    rejected: row.rejected.map(toWireIds),
  }
}
