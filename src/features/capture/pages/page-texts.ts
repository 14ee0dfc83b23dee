/** The sentences of the service itself in the languages that it speaks; forms may replace each of them. */
import { da } from './texts/da.ts'
import { de } from './texts/de.ts'
import { en, type FormTexts } from './texts/en.ts'
import { es } from './texts/es.ts'
import { fr } from './texts/fr.ts'
import { it } from './texts/it.ts'
import { nl } from './texts/nl.ts'
import { pl } from './texts/pl.ts'
import { pt } from './texts/pt.ts'
import { sv } from './texts/sv.ts'

export const PAGE_LANGUAGES: Readonly<Record<string, FormTexts>> = { da, de, en, es, fr, it, nl, pl, pt, sv }

/** Languages that are written from right to left (ISO 639). */
const RIGHT_TO_LEFT = new Set(['ar', 'ckb', 'dv', 'fa', 'he', 'ps', 'sd', 'ug', 'ur', 'yi'])

/** The sentences for a locale; English where its language is not spoken. */
export function pageTexts(locale: string): FormTexts {
  return PAGE_LANGUAGES[spokenLanguage([locale])] ?? en
}

/** The first language of some tags that is spoken, else English. */
export function spokenLanguage(wanted: readonly string[]): string {
  return wanted.map(languageOf).find((language) => Object.hasOwn(PAGE_LANGUAGES, language)) ?? 'en'
}

/** Direction of writing, for the `dir` attribute. */
export function directionOf(locale: string): 'ltr' | 'rtl' {
  return RIGHT_TO_LEFT.has(languageOf(locale)) ? 'rtl' : 'ltr'
}

const languageOf = (locale: string) => locale.toLowerCase().split('-')[0] ?? ''
