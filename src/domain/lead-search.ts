// What the search box finds a lead by: the beginning of its e-mail address, last name, full name or company, whatever
// the case and the accents. The folded beginnings stand in a table of their own with an index for each.
import type { LeadFacts } from './lead.ts'
import { foldForMatch } from './normalize/text.ts'

/** Characters that are kept: nobody types more, and an index entry has to stay small. */
export const SEARCH_LENGTH = 100

/** Columns of the search table, in the order of the fields that they are made of. */
export const SEARCH_COLUMNS = ['email', 'last_name', 'full_name', 'company_name'] as const

export type SearchRow = Record<(typeof SEARCH_COLUMNS)[number], string | null>

/** The search row of a lead. */
export function searchRowOf(lead: LeadFacts): SearchRow {
  return {
    email: searchKeyOf(lead.email),
    last_name: searchKeyOf(lead.last_name),
    full_name: searchKeyOf(lead.full_name),
    company_name: searchKeyOf(lead.company_name),
  }
}

/** Text as the search compares it, null when nothing is left. */
export function searchKeyOf(text: string | null): string | null {
  if (text === null) return null
  const folded = foldForMatch(text).trim()
  return (folded.length <= SEARCH_LENGTH ? folded : [...folded].slice(0, SEARCH_LENGTH).join('')) || null
}
