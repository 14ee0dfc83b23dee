// Seniority and department as somebody gives them: a word of ours, however it is written.
import { foldForMatch } from '../normalize/text.ts'
import { DEPARTMENTS, SENIORITIES } from './titles/title-words.ts'

const toCode = (text: string) => foldForMatch(text.trim()).replace(/[\s-]+/g, '_')

/** The seniority that a text names, or null. */
export function normalizeSeniority(text: string): string | null {
  return SENIORITIES.find((level) => level === toCode(text)) ?? null
}

/** The department that a text names, or null. */
export function normalizeDepartment(text: string): string | null {
  return DEPARTMENTS.find((place) => place === toCode(text)) ?? null
}
