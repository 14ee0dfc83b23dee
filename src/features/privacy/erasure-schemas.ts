/** Shapes of erasure on the wire. */
import { encodeTypeId } from '../../domain/type-id.ts'
import { component, Id, Int, Text, Timestamp } from '../../http/schema.ts'
import type { ErasureRow } from '../../pipeline/erase/erase-lead.ts'

export const Erasure = component('Erasure', 'Proof that a person was erased, without anything about the person.', {
  lead_id: Id('lead', { description: 'The lead that is empty now.' }),
  erased_at: Timestamp({ description: 'When it was done.' }),
  actor: Text(100, { description: 'Who did it.', examples: ['key_01k8r5x4q3e7vb2c9m6h0n1d5s'] }),
  records: Int(0, 2_147_483_647, {
    description: 'Rows that were deleted or blanked, those of the change feed not counted.',
    examples: [57],
  }),
})

/** The wire form of an erasure. */
export function toErasure({ lead_id, ...row }: ErasureRow) {
  return { lead_id: encodeTypeId('lead', lead_id), ...row }
}
