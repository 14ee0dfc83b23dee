// What a condition names by key or id and the language cannot know: segments, stages, territories, bands, sellers and
// companies of the workspace. A name that leads nowhere is no fault of the language - the term is simply false - but it is
// always a slip: whoever writes `segments contains "dahc"` waits for ever. Only whole values count: a beginning of a text
// or a place in an order names nothing.
import type { ConditionOperator } from './condition-shape.ts'
import { foldText } from './fold-text.ts'

/** `past_stage`: a stage that a lead may have been in; one that was taken out since is asked about rightly. */
export const KEY_KINDS = ['segment', 'stage', 'past_stage', 'territory', 'band', 'user', 'account'] as const
export type KeyKind = (typeof KEY_KINDS)[number]

/** One name, and where it stands. */
export interface NamedKey {
  kind: KeyKind
  name: string
  pointer: string
}

const KIND_OF_FIELD: Readonly<Record<string, KeyKind>> = {
  segments: 'segment',
  stage_key: 'stage',
  'lifecycle.previous_stage_key': 'past_stage',
  'lifecycle.stages': 'past_stage',
  territories: 'territory',
  'score.band': 'band',
  owner_id: 'user',
  'account.owner_id': 'user',
  account_id: 'account',
}

/** Lists of texts, of which `contains` compares whole elements. */
const LISTS: ReadonlySet<string> = new Set(['segments', 'lifecycle.stages', 'territories'])

const WHOLE: ReadonlySet<string> = new Set<ConditionOperator>(['eq', 'neq', 'in', 'not_in'])
const WHOLE_IN_LIST: ReadonlySet<string> = new Set<ConditionOperator>(['contains', 'not_contains'])

/** What the conditions anywhere in a document name; `pointer` is the place of the document. */
export function keysInConditions(document: unknown, pointer = ''): NamedKey[] {
  if (typeof document !== 'object' || document === null) return []
  if ('field' in document && 'op' in document) return keysOfTerm(document, pointer)
  return Object.entries(document).flatMap(([name, part]) =>
    keysInConditions(part, `${pointer}/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`),
  )
}

interface Term {
  field: unknown
  op: unknown
  value?: unknown
  values?: unknown
}

function keysOfTerm({ field, op, value, values }: Term, pointer: string): NamedKey[] {
  const kind = typeof field === 'string' && Object.hasOwn(KIND_OF_FIELD, field) ? KIND_OF_FIELD[field] : undefined
  if (kind === undefined || typeof op !== 'string') return []
  if (!WHOLE.has(op) && !(WHOLE_IN_LIST.has(op) && LISTS.has(String(field)))) return []
  const listed = Array.isArray(values) ? values.map((name, i) => ({ name, pointer: `${pointer}/values/${i}` })) : []
  return [{ name: value, pointer: `${pointer}/value` }, ...listed].flatMap(({ name, pointer: place }) =>
    // Compared without case, as keys and ids are in conditions.
    typeof name === 'string' ? [{ kind, name: foldText(name), pointer: place }] : [],
  )
}
