/** What a pattern asks for, in words where there are some: who sent a wrong id should not have to read an expression. */

/** The part of an example id behind its kind. */
const EXAMPLE = '01k8r5x4q3e7vb2c9m6h0n1d5s'

const WORDS: Readonly<Record<string, string>> = {
  '^[a-z][a-z0-9_-]{0,63}$':
    'Must be a key: a lower-case letter, then lower-case letters, digits, "_" and "-", at most 64 characters.',
  '^[^\\x00]*$': 'Must not hold the character U+0000.',
  '^[\\x20-\\x7e]*$': 'Must be printable ASCII characters.',
  '^[A-Z]{2}$': 'Must be two capital letters.',
  '^[A-Z]{3}$': 'Must be three capital letters.',
}

/** A sentence about a pattern of the contract. */
export function sayPattern(pattern: string): string {
  const [, prefix] = /^\^([a-z]+)_\[0-7\]/.exec(pattern) ?? []
  if (prefix !== undefined) return `Must be an id such as ${prefix}_${EXAMPLE}.`
  const [, choice] = /^\^\(([\w|-]+)\)\$$/.exec(pattern) ?? []
  if (choice !== undefined) return `Must be one of: ${choice.split('|').join(', ')}.`
  return WORDS[pattern] ?? `Must match the pattern ${pattern}.`
}
