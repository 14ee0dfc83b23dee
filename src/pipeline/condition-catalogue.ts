/** What conditions of a workspace may name: the same object until its custom fields change, so that compiled conditions last. */
import { LRUCache } from 'lru-cache'
import { type FieldCatalogue, leadFieldCatalogue } from '../domain/condition/field-catalogue.ts'
import { FIELD_FAMILIES } from '../domain/condition/field-families.ts'
import { type CustomFieldDocument, toConditionFields } from '../domain/custom-field.ts'
import { isEqual } from '../domain/survivorship.ts'
import type { WritePolicy } from './custom-fields.ts'

/** Workspaces whose catalogue is kept; one is some tens of kilobytes. */
const MOST_KEPT = 2_000

const kept = new LRUCache<string, { document: CustomFieldDocument; catalogue: FieldCatalogue }>({ max: MOST_KEPT })

/** The catalogue of a workspace whose policy was just read. */
export function catalogueOf(workspaceId: string, { customFields }: WritePolicy): FieldCatalogue {
  const known = kept.get(workspaceId)
  if (known !== undefined && isEqual(known.document, customFields)) return known.catalogue
  const catalogue = leadFieldCatalogue(toConditionFields(customFields.lead), FIELD_FAMILIES)
  kept.set(workspaceId, { document: customFields, catalogue })
  return catalogue
}
