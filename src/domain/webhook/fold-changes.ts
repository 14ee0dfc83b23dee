// Several updates of one object within the window of an endpoint become one: the last of them, with every field that
// changed since the window began and the values from before it. Only updates fold: what happened once (created,
// assigned, archived) is told once.

/** Types that only say "it is different now", so that the last of them says it all. */
export const isFoldable = (type: string): boolean => type.endsWith('.updated')

interface Foldable {
  data: Record<string, unknown>
}

/** One change of several of one object and type, in the order of the feed. */
export function foldChanges<T extends Foldable>(changes: readonly T[]): T | undefined {
  const last = changes.at(-1)
  if (last === undefined || changes.length === 1) return last
  const changedFields = new Set(changes.flatMap(({ data }) => data['changed_fields'] as string[]))
  const previous = Object.assign({}, ...changes.toReversed().map(({ data }) => data['previous']))
  return { ...last, data: { ...last.data, changed_fields: [...changedFields], previous } }
}
