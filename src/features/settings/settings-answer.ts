/** Settings between their wire form and the one that is stored. */
import type { Static } from 'typebox'
import type { CustomField, CustomFieldType } from '../../domain/custom-field.ts'
import { etagOf } from '../../http/etag.ts'
import type { StoredDocument } from './settings-queries.ts'
import type { CustomFieldSettingsUpdate } from './settings-schemas.ts'

/** The wire form of the definitions. */
export function toCustomFieldSettings({ document, version, updated_at }: StoredDocument) {
  return { ...document, version, etag: etagOf(version), updated_at }
}

/** Definitions with their defaults filled in. */
export function toFields(given: Static<typeof CustomFieldSettingsUpdate>['lead']): CustomField[] {
  return given.map(({ key, type, label, options, archived }) => ({
    key,
    label: label ?? key,
    // What is no type of ours is a fault that the service names.
    type: type as CustomFieldType,
    options: (options ?? []).map((option) => ({
      value: option.value,
      label: option.label ?? option.value,
      archived: option.archived ?? false,
    })),
    archived: archived ?? false,
  }))
}
