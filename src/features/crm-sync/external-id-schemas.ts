/** Shapes of the look-up by external id on the wire. */
import { component, List, OpenEnum, ref, Text } from '../../http/schema.ts'

export const ExternalIdMatch = component('ExternalIdMatch', 'A record that has the id.', {
  object: OpenEnum(['lead', 'account'], { description: 'Kind of record.' }),
  id: Text(64, { description: 'Id of the record.', examples: ['lead_01k8r5x4q3e7vb2c9m6h0n1d5s'] }),
})

export const ExternalIdMatches = component('ExternalIdMatches', 'Records that have the id.', {
  data: List(ref(ExternalIdMatch), 10, { description: 'At most one of each kind.' }),
})
