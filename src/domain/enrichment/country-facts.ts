// What a country tells about a person in it, looked up by its ISO 3166-1 alpha-2 code.
import { COUNTRY_TABLE } from './country-table.ts'

/** Sales regions: each country is in one. */
export const WORLD_REGIONS = [
  'europe',
  'north_america',
  'latin_america',
  'middle_east',
  'africa',
  'asia',
  'oceania',
] as const

/** Null where nothing can be said that holds for nearly everybody there. */
export interface CountryFacts {
  world_region: string | null
  currency: string | null
  language: string | null
  time_zone: string | null
}

const NOTHING: CountryFacts = { world_region: null, currency: null, language: null, time_zone: null }

const FACTS = new Map(
  COUNTRY_TABLE.map((row) => {
    const [code = '', world_region, currency, language, time_zone] = row
      .split(' ')
      .map((word) => (word === '-' ? null : word))
    const facts = { world_region, currency, language, time_zone } as CountryFacts // each row has five words, by a test
    return [code, facts]
  }),
)

/** The facts of a country; all null for none or an unknown one. */
export function factsOfCountry(country: string | null): CountryFacts {
  return (country === null ? undefined : FACTS.get(country)) ?? NOTHING
}
