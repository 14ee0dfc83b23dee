// A country is an ISO 3166-1 alpha-2 code. People type codes, and names in their own language; anything that
// is not clearly one country is null, because a wrong country routes a lead to the wrong people.
import { createRequire } from 'node:module'
import { COUNTRY_ALIASES } from './country-aliases.ts'
import { foldForMatch } from './text.ts'

// Long enough for the longest official name (75 letters) with some ornament.
const MAX_NAME_LENGTH = 120

const COUNTRY_BY_NAME = buildIndex()

/**
 * Normalizes a country: alpha-2 or alpha-3 code, or its name in English, German, French, Spanish or
 * Portuguese, plus common other names (UK, Holland, Suomi). Null when it is not known. Case, accents and
 * punctuation do not matter.
 */
export function normalizeCountry(raw: string): string | null {
  if (raw.length > MAX_NAME_LENGTH) return null
  return COUNTRY_BY_NAME.get(toNameKey(raw)) ?? null
}

function toNameKey(name: string): string {
  const words = foldForMatch(name)
    .replace(/\./g, '')
    .replace(/[^\p{L}\p{M}]+/gu, ' ')
    .trim()
  return words.startsWith('the ') ? words.slice(4) : words
}

// Read once when the module loads. A name that means two countries (Congo) is kept as null. `require`, because JSON imports print a warning on Node 20, and because
// the package's own entry point would load 80 languages.
function buildIndex(): ReadonlyMap<string, string | null> {
  const require = createRequire(import.meta.url)
  const index = new Map<string, string | null>()
  for (const language of ['en', 'de', 'fr', 'es', 'pt']) {
    // The package documents this shape (LocaleData); `require` itself is untyped.
    const data = require(`i18n-iso-countries/langs/${language}.json`) as {
      countries: Record<string, string | string[]>
    }
    for (const [code, names] of Object.entries(data.countries)) {
      for (const key of [names].flat().map(toNameKey)) {
        const known = index.get(key)
        index.set(key, known === undefined || known === code ? code : null)
      }
    }
  }
  // Each row starts with alpha-2, alpha-3. Codes come after names, so that they win.
  const codes = require('i18n-iso-countries/codes.json') as [string, string, ...string[]][]
  for (const [alpha2, alpha3] of codes) index.set(alpha2.toLowerCase(), alpha2).set(alpha3.toLowerCase(), alpha2)
  for (const [code, aliases] of Object.entries(COUNTRY_ALIASES)) {
    for (const alias of aliases) index.set(toNameKey(alias), code)
  }
  return index
}
