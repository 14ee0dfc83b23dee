// Word lists are written as lines of words separated by commas: a thousand quotation marks hide what is
// in a list, and a reviewer should see at a glance what was added.

/** Splits lines such as `'van, von, der'` into their entries. */
export function splitList(...lines: readonly string[]): string[] {
  return lines.flatMap((line) => line.split(', '))
}

/** The entries of such lines as a set. */
export function toWordSet(...lines: readonly string[]): ReadonlySet<string> {
  return new Set(splitList(...lines))
}
