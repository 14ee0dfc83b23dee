// Families of fields that are the same in every workspace, beyond the lead's own and those of lead-families.ts. A family
// is its definitions here, its values on the judge's desk (`setFamily` under the kind of their source) and its SQL in
// db/condition-families-sql.ts; the agreement of both is tested.
import type { FieldDefinition } from './field-catalogue.ts'

const score = (name: string, type: 'integer' | 'text', field = name): FieldDefinition => ({
  name: name === '' ? 'score' : `score.${name}`,
  type,
  source: { kind: 'score', name: field },
})

/** The score of the default model; `score` alone is its total. A lead that was never scored has none. */
const SCORE_FIELDS = [
  score('', 'integer', 'total'),
  score('total', 'integer'),
  score('fit', 'integer'),
  score('engagement', 'integer'),
  score('grade', 'text'),
  score('band', 'text'),
]

/** Every field of every such family. */
export const FIELD_FAMILIES: readonly FieldDefinition[] = [...SCORE_FIELDS]
