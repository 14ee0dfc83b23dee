// A segment is a named group of leads. Dynamic: its members are whoever its condition holds for, archived leads left out;
// they come and go by themselves. Static: somebody puts them in and takes them out. A condition may ask about other
// segments, but no chain of questions may come back to where it began.
import { compileStored } from '../condition/compile-once.ts'
import type { CompiledCondition } from '../condition/compiled-condition.ts'
import type { Condition } from '../condition/condition-shape.ts'
import type { FieldCatalogue } from '../condition/field-catalogue.ts'
import { validateCondition } from '../condition/validate-condition.ts'

export const SEGMENT_KINDS = ['dynamic', 'static'] as const
export type SegmentKind = (typeof SEGMENT_KINDS)[number]

export interface SegmentDefinition {
  title: string
  description: string
  kind: SegmentKind
  /** Of a dynamic segment; null for a static one. */
  condition: Condition | null
}

export interface KeyedSegment {
  key: string
  definition: SegmentDefinition
}

/** A dynamic segment ready to be evaluated. */
export interface CompiledSegment {
  key: string
  version: number
  condition: CompiledCondition
}

export interface SegmentFault {
  code: string
  detail: string
  pointer: string
}

/** Every fault of a segment beside the others of its workspace. */
export function findSegmentFaults(
  { key, definition }: KeyedSegment,
  others: readonly KeyedSegment[],
  catalogue: FieldCatalogue,
): SegmentFault[] {
  const { kind, condition } = definition
  const at = '/condition'
  if (kind === 'static') {
    return condition === null
      ? []
      : [{ code: 'not_allowed', detail: 'A static segment has no condition.', pointer: at }]
  }
  if (condition === null) return [{ code: 'required', detail: 'A dynamic segment needs a condition.', pointer: at }]
  const verdict = validateCondition(condition, catalogue, at)
  if (!verdict.ok) return verdict.faults
  const all = new Map(others.map((other) => [other.key, other.definition]))
  all.set(key, definition)
  if (!asksAboutItself(key, all)) return []
  return [{ code: 'circle', detail: 'Asks about itself, directly or through other segments.', pointer: at }]
}

function asksAboutItself(key: string, all: ReadonlyMap<string, SegmentDefinition>): boolean {
  const seen = new Set<string>()
  const open = [...keysIn(all.get(key))]
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (next === key) return true
    if (seen.has(next)) continue
    seen.add(next)
    open.push(...keysIn(all.get(next)))
  }
  return false
}

/** Keys of the segments that a condition asks about. Keys are lower case, and so is what conditions compare. */
function keysIn(definition: SegmentDefinition | undefined): string[] {
  const terms = definition?.condition?.any.flatMap(({ all }) => all) ?? []
  return terms
    .filter(({ field }) => field === 'segments')
    .flatMap(({ value, values }) => [...(values ?? []), ...(value == null ? [] : [value])])
    .map((key) => key.toLowerCase())
}

/** The dynamic segments, each after those that it asks about. One that no longer compiles is left out: it rests. */
export function compileSegments(
  segments: readonly (KeyedSegment & { version: number })[],
  catalogue: FieldCatalogue,
): CompiledSegment[] {
  const byKey = new Map(segments.map((segment) => [segment.key, segment]))
  const ordered = new Map<string, CompiledSegment>()
  const visited = new Set<string>()
  const visit = (key: string): void => {
    const segment = byKey.get(key)
    if (segment === undefined || visited.has(key)) return
    visited.add(key)
    for (const other of keysIn(segment.definition)) visit(other)
    const condition =
      segment.definition.kind === 'dynamic' ? compileStored(catalogue, segment.definition.condition) : null
    if (condition !== null) ordered.set(key, { key, version: segment.version, condition })
  }
  for (const { key } of segments) visit(key)
  return [...ordered.values()]
}
