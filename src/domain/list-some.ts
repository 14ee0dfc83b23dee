/** Most words of a list in a sentence: keys have up to 64 characters, and a fault is told in 1,000. */
const MOST = 12

/** Words for a sentence, the first dozen of them: `a, b, c`. */
export function listSome(words: readonly string[]): string {
  const more = words.length > MOST ? ` and ${words.length - MOST} more` : ''
  return words.slice(0, MOST).join(', ') + more
}
