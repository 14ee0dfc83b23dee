/** Shapes of the speed report on the wire. */
import { Type } from 'typebox'
import { encodeTypeId } from '../../domain/type-id.ts'
import { ClosedEnum, component, Int, List, Nullable, ref, Text, Timestamp } from '../../http/schema.ts'
import { MOST_SPEED_GROUPS, type SpeedGroup, type SpeedRow } from './speed-queries.ts'

const DEFINITION =
  'Seconds of the clock from the arrival of a lead (its submission, else its creation) to the first touch recorded by any ' +
  'seller, over leads that arrived in the period and were assigned. n counts touched leads; untouched ones are in `untouched` ' +
  'and in no percentile. Percentiles are interpolated between neighbours. A lead that arrives again counts again.'

const seconds = (description: string, example: number) =>
  Nullable(Type.Number({ format: 'double', minimum: 0, maximum: 1e12, description, examples: [example] }))

const measures = {
  n: Int(0, 2_147_483_647, { description: 'Leads that were touched.', examples: [128] }),
  untouched: Int(0, 2_147_483_647, { description: 'Leads that nobody has touched yet.', examples: [3] }),
  median_seconds: seconds('Half of them were touched within it; null when none was.', 240),
  p90_seconds: seconds('Nine of ten were touched within it; null when none was.', 1800),
}

const SpeedGroupSchema = component('SpeedToLeadGroup', 'Speed of one seller or source.', {
  key: Nullable(
    Text(200, {
      description: 'Id of the seller or key of the source; null is nobody or unknown.',
      examples: ['user_01k8r5x4q3e7vb2c9m6h0n1d5s'],
    }),
  ),
  ...measures,
})

export const SpeedToLead = component('SpeedToLead', 'How fast leads are touched.', {
  definition: Text(1_000, { description: 'What is measured.', examples: [DEFINITION] }),
  definition_version: Int(1, 1_000, { description: 'Grows when the definition changes.', examples: [1] }),
  from: Timestamp({ description: 'Begin of the period.' }),
  to: Timestamp({ description: 'End of the period, excluded.' }),
  by: ClosedEnum(['none', 'member', 'source'], { description: 'What the groups are.' }),
  ...measures,
  groups: List(ref(SpeedGroupSchema), MOST_SPEED_GROUPS, {
    description: `Groups, the largest first; at most ${MOST_SPEED_GROUPS}.`,
    examples: [[]],
  }),
})

const toMeasures = ({ arrivals, touched, median_seconds, p90_seconds }: SpeedRow) => ({
  n: touched,
  untouched: arrivals - touched,
  median_seconds,
  p90_seconds,
})

/** The wire form of a report. */
export function toSpeedToLead(
  { all, groups }: { all: SpeedRow; groups: SpeedRow[] },
  { from, to, by }: { from: string; to: string; by: SpeedGroup | null },
) {
  return {
    definition: DEFINITION,
    definition_version: 1,
    from,
    to,
    by: by ?? ('none' as const),
    ...toMeasures(all),
    groups: groups.map((row) => ({
      key: by === 'member' && row.key !== null ? encodeTypeId('user', row.key) : row.key,
      ...toMeasures(row),
    })),
  }
}
