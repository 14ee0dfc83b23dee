// Families of fields beyond the lead's own. A family is its definitions here, its values on the judge's desk
// (`setFamily` under the kind of their source) and its SQL in db/condition-families.ts; the agreement of both is tested.
import type { FieldDefinition } from './field-catalogue.ts'

/** Every field of every family. */
export const FIELD_FAMILIES: readonly FieldDefinition[] = []
