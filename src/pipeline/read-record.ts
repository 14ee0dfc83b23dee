/** What every kind of record takes from an API user beside its own fields: tags, metadata, custom fields, wishes. */
import type { Customizable } from '../domain/custom-field.ts'
import { readCustomFields } from '../domain/custom-field-map.ts'
import type { IntakeIssue } from '../domain/intake.ts'
import { cleanLine } from '../domain/normalize/text.ts'
import { DEDUPE_POLICIES, type DedupePolicy } from '../domain/workspace-settings.ts'
import { type ProblemItem, validationFailed } from '../errors.ts'
import { rulesOf, type WritePolicy } from './custom-fields.ts'

export interface CollectionsInput {
  tags?: string[]
  custom_fields?: Record<string, unknown>
  metadata?: Record<string, string | null>
}

export interface Collections {
  /** Undefined keeps the tags. */
  tags: string[] | undefined
  /** Values in stored form; null clears. */
  custom_fields: Record<string, unknown>
  metadata: Record<string, string | null>
  faults: ProblemItem[]
}

/** Longest key of metadata in code points. */
const METADATA_KEY_LENGTH = 64

/** Collections in canonical form, with every fault named by its place. */
export function readCollections(policy: WritePolicy, object: Customizable, input: CollectionsInput): Collections {
  const { metadata = {} } = input
  const custom = readCustomFields(rulesOf(policy, object), input.custom_fields ?? {}, '/custom_fields')
  const tags = input.tags?.map(cleanLine)
  return {
    tags: tags && [...new Set(tags)],
    custom_fields: custom.values,
    metadata,
    faults: [
      ...custom.faults.map((fault) => ({ ...fault, parameter: null })),
      ...(tags ?? []).flatMap((tag, i) => (tag === '' ? [faultAt(`/tags/${i}`, 'blank', 'Must not be blank.')] : [])),
      ...(Object.keys(metadata).some(isBadKey) ? [faultAt('/metadata', 'invalid_key', KEY_RULE)] : []),
    ],
  }
}

const KEY_RULE = `A key must have 1 to ${METADATA_KEY_LENGTH} characters.`

const isBadKey = (key: string) => key === '' || [...key].length > METADATA_KEY_LENGTH

/** A fault of a body field. */
export function faultAt(pointer: string, code: string, detail: string): ProblemItem {
  return { code, detail, pointer, parameter: null }
}

/** An API user can correct what a visitor cannot: a value without a canonical form is refused, not kept. */
export function faultsOfIssues(issues: IntakeIssue[]): ProblemItem[] {
  return issues.map(({ field, code, detail }) => faultAt(`/${field}`, code, detail))
}

/** What to do with a known record: as the caller says, else as the workspace does; throws 400 for another word. */
export function readOnDuplicate(policy: WritePolicy, given: string | undefined): DedupePolicy {
  const wanted = given ?? policy.settings.dedupe_policy
  const known = DEDUPE_POLICIES.find((word) => word === wanted)
  if (known !== undefined) return known
  throw validationFailed([faultAt('/on_duplicate', 'invalid_value', `Must be one of: ${DEDUPE_POLICIES.join(', ')}.`)])
}
