// A company is usually called like its domain: analytical-engines.co.uk is "Analytical Engines". Good enough to show
// until somebody tells the name, and never written over one.
import { domainToUnicode } from 'node:url'
import { getDomainWithoutSuffix } from 'tldts'
import { SHARED_SITES } from '../normalize/shared-sites.ts'

/** Longer labels are nobody's name. */
const MAX_LABEL = 40

/** The name that a registrable domain suggests; null when it suggests none. */
export function guessCompanyName(domain: string | null): string | null {
  if (domain === null || SHARED_SITES.has(domain)) return null
  const label = getDomainWithoutSuffix(domainToUnicode(domain), { allowPrivateDomains: true }) ?? ''
  const words = label.split(/[-_]+/).filter((word) => word !== '')
  if (label.length > MAX_LABEL || label.includes('.') || !/\p{L}/u.test(label)) return null
  return words.map(capitalize).join(' ') || null
}

/** Two or three letters, and letters without any vowel, are initials: IBM, KPMG. */
function capitalize(word: string): string {
  const isInitials = word.length <= 3 || (word.length <= 5 && !/[aeiouyäöü\d]/i.test(word))
  return isInitials && /^[a-z]+$/.test(word) ? word.toUpperCase() : word.charAt(0).toUpperCase() + word.slice(1)
}
