/** The languages that problems are titled in, and which of them a caller reads (RFC 9110, 12.5.4). */

export const LANGUAGES = ['en', 'de', 'fr', 'es', 'pt'] as const
export type Language = (typeof LANGUAGES)[number]

/** Longest header that is read; browsers send under 100 characters. */
const LONGEST = 300

/** The best of our languages for an Accept-Language header; English when none fits. */
export function chooseLanguage(header: string | undefined): Language {
  if (header === undefined) return 'en'
  const wishes = header
    .slice(0, LONGEST)
    .split(',')
    .map((part) => {
      const [range = '', ...parameters] = part.toLowerCase().split(';')
      const quality = parameters.map((parameter) => /^\s*q=([01](?:\.\d{0,3})?)\s*$/.exec(parameter)?.[1])[0]
      return {
        language: LANGUAGES.find((language) => range.trim().split('-')[0] === language),
        quality: quality ?? '1',
      }
    })
    .filter(({ language, quality }) => language !== undefined && Number(quality) > 0)
    .sort((a, b) => Number(b.quality) - Number(a.quality))
  return wishes[0]?.language ?? 'en'
}
