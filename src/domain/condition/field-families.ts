// Families of fields that are the same in every workspace, beyond the lead's own and those of lead-families.ts. A family
// is its definitions here, its values on the judge's desk (`setFamily` under the kind of their source) and its SQL in
// db/condition-families-sql.ts; the agreement of both is tested.
import type { FieldDefinition } from './field-catalogue.ts'

/** Every field of every such family. */
export const FIELD_FAMILIES: readonly FieldDefinition[] = []
