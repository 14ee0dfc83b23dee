/**
 * What conditions of a workspace may name: the same object until its custom fields or its criteria change, so that
 * compiled conditions last.
 */
import { LRUCache } from 'lru-cache'
import { BEHAVIOUR_FIELD, type FieldCatalogue, leadFieldCatalogue } from '../domain/condition/field-catalogue.ts'
import { FIELD_FAMILIES } from '../domain/condition/field-families.ts'
import { leadFieldFamilies, withConsentFields } from '../domain/condition/lead-families.ts'
import { toConditionFields } from '../domain/custom-field.ts'
import { STANDARD_CRITERIA, STANDARD_FRAMEWORKS } from '../domain/lifecycle/frameworks.ts'
import { isEqual } from '../domain/survivorship.ts'
import type { QualificationNames, WritePolicy } from './custom-fields.ts'

/** Workspaces whose catalogue is kept; one is some tens of kilobytes. */
const MOST_KEPT = 2_000

type Source = Pick<WritePolicy, 'customFields' | 'qualification'>

const kept = new LRUCache<string, Source & { catalogue: FieldCatalogue }>({ max: MOST_KEPT })

const STANDARD_NAMES: QualificationNames = {
  frameworks: STANDARD_FRAMEWORKS.map(({ key }) => key),
  criteria: STANDARD_CRITERIA.map(({ key }) => key),
}

/** The catalogue of a workspace whose policy was just read. */
export function catalogueOf(workspaceId: string, { customFields, qualification }: Source): FieldCatalogue {
  const known = kept.get(workspaceId)
  if (known !== undefined && isEqual(known.customFields, customFields) && isEqual(known.qualification, qualification)) {
    return known.catalogue
  }
  const catalogue = makeCatalogue({ customFields, qualification })
  kept.set(workspaceId, { customFields, qualification, catalogue })
  return catalogue
}

/** A catalogue of its own, for a draft that brings names along. */
export function makeCatalogue({ customFields, qualification }: Source): FieldCatalogue {
  const families = leadFieldFamilies({
    ...(qualification ?? STANDARD_NAMES),
    accountFields: toConditionFields(customFields.account),
  })
  return withConsentFields(
    leadFieldCatalogue(toConditionFields(customFields.lead), [BEHAVIOUR_FIELD, ...FIELD_FAMILIES, ...families]),
  )
}
