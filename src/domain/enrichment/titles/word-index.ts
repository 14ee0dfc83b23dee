// The words of all languages, ready to be looked up: phrases by their folded text, stems by what they begin or end with.
import { foldForMatch } from '../../normalize/text.ts'
import { splitList } from '../../normalize/word-list.ts'

export interface WordIndex<Value extends string> {
  readonly phrases: ReadonlyMap<string, Value>
  /** Longest first, so that `datenschutz*` is found before `daten*`. */
  readonly stems: readonly { readonly text: string; readonly atStart: boolean; readonly value: Value }[]
}

/** Words of the longest phrase. */
export const LONGEST_PHRASE = 4

/** Builds an index; where languages disagree about a word, the value that comes first in `order` wins. */
export function indexWords<Value extends string>(
  order: readonly Value[],
  languages: readonly Readonly<Partial<Record<Value, readonly string[]>>>[],
): WordIndex<Value> {
  const phrases = new Map<string, Value>()
  const stems = new Map<string, { text: string; atStart: boolean; value: Value }>()
  for (const value of order) {
    for (const word of languages.flatMap((language) => splitList(...(language[value] ?? [])))) {
      const folded = foldForMatch(word)
      if (!folded.includes('*')) {
        if (!phrases.has(folded)) phrases.set(folded, value)
      } else if (!stems.has(folded)) {
        stems.set(folded, { text: folded.replace('*', ''), atStart: folded.endsWith('*'), value })
      }
    }
  }
  return { phrases, stems: [...stems.values()].sort((a, b) => b.text.length - a.text.length) }
}

/** What a list of words says, phrase by phrase from the left, the longest first. */
export function findWords<Value extends string>(index: WordIndex<Value>, words: readonly string[]): Value[] {
  const found: Value[] = []
  for (let at = 0; at < words.length; ) {
    const [value, length] = matchAt(index, words, at)
    if (value !== undefined) found.push(value)
    at += length
  }
  return found
}

function matchAt<Value extends string>(
  { phrases, stems }: WordIndex<Value>,
  words: readonly string[],
  at: number,
): [Value | undefined, number] {
  for (let length = Math.min(LONGEST_PHRASE, words.length - at); length > 0; length--) {
    const value = phrases.get(words.slice(at, at + length).join(' '))
    if (value !== undefined) return [value, length]
  }
  const word = words[at] ?? ''
  const stem = stems.find(
    ({ text, atStart }) => word.length > text.length && (atStart ? word.startsWith(text) : word.endsWith(text)),
  )
  return [stem?.value, 1]
}
