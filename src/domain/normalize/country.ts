// A country is an ISO 3166-1 alpha-2 code. People type codes, and names in their own language; anything that
// is not clearly one country is null, because a wrong country routes a lead to the wrong people.
import { createRequire } from 'node:module'
import { COUNTRY_ALIASES } from './country-aliases.ts'
import { foldForMatch } from './text.ts'

// Long enough for the longest official name (75 letters) with some ornament.
const MAX_NAME_LENGTH = 120

// JSON imports print a warning on Node 20, and the package's own entry point would load 80 languages.
const require = createRequire(import.meta.url)

type CountryNames = { countries: Record<string, string | string[]> }

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

// Built once when the module loads: names, then codes, then aliases, so that the later ones win.
function buildIndex(): ReadonlyMap<string, string | null> {
  const index = new Map<string, string | null>()
  for (const [name, code] of readNames()) {
    const key = toNameKey(name)
    const known = index.get(key) ?? code
    // A name that means two countries (Congo) is nobody's.
    index.set(key, index.get(key) === null || known !== code ? null : code)
  }
  for (const [alpha2, alpha3] of readCodes()) index.set(alpha2.toLowerCase(), alpha2).set(alpha3.toLowerCase(), alpha2)
  for (const [code, aliases] of Object.entries(COUNTRY_ALIASES)) {
    for (const alias of aliases) index.set(toNameKey(alias), code)
  }
  return index
}

// The casts below repeat the documented shapes of the package's files; `require` itself is untyped.

function readNames(): [name: string, code: string][] {
  return ['en', 'de', 'fr', 'es', 'pt'].flatMap((language) => {
    const file = require(`i18n-iso-countries/langs/${language}.json`) as CountryNames
    return Object.entries(file.countries).flatMap(([code, names]) =>
      [names].flat().map((name): [string, string] => [name, code]),
    )
  })
}

function readCodes(): [alpha2: string, alpha3: string][] {
  return require('i18n-iso-countries/codes.json') as [string, string][]
}
