import t from 'tap'
import { normalizeCountry } from '../../src/domain/normalize/country.ts'
import { COUNTRY_ALIASES } from '../../src/domain/normalize/country-aliases.ts'
import { normalizeLanguage } from '../../src/domain/normalize/language.ts'

t.test('a country is found by code, by name in five languages and by its common names', async (t) => {
  const groups: [code: string, ...typed: string[]][] = [
    ['DE', 'DE', 'de', ' De ', 'DEU', 'Germany', 'GERMANY', 'Deutschland', 'Allemagne', 'Alemania', 'Alemanha', 'BRD'],
    ['GB', 'GB', 'UK', 'U.K.', 'uk', 'United Kingdom', 'Great Britain', 'England', 'Großbritannien', 'Reino Unido'],
    [
      'US',
      'US',
      'USA',
      'U.S.A.',
      'United States',
      'the United States of America',
      'Etats-Unis',
      'États‑Unis',
      'EE. UU.',
    ],
    ['NL', 'Holland', 'The Netherlands', 'Netherlands', 'Niederlande', 'Pays-Bas', 'Nederland'],
    ['AT', 'Austria', 'Österreich', 'O\u0308sterreich', 'OESTERREICH', 'Autriche'],
    ['CH', 'Schweiz', 'Suisse', 'Svizzera', 'Switzerland'],
    ['CI', "Côte d'Ivoire", 'Cote d’Ivoire', 'Ivory Coast', 'Elfenbeinküste'],
    ['CZ', 'Czechia', 'Czech Republic', 'Česko', 'Tschechien'],
    ['TR', 'Türkiye', 'Turkiye', 'Turkey', 'Türkei', 'TÜRKİYE'],
    ['KR', 'South Korea', 'Korea', 'Südkorea', '대한민국'],
    ['CN', 'China', '中国', "People's Republic of China"],
    ['JP', '日本', 'Japan', 'Japón'],
    ['GR', 'EL', 'Greece', 'Ελλάδα', 'ΕΛΛΑΔΑ', 'Griechenland'],
    ['AE', 'UAE', 'United Arab Emirates', 'الإمارات'],
    ['SZ', 'Swaziland', 'Eswatini'],
  ]
  for (const [code, ...typed] of groups) {
    for (const name of typed) t.equal(normalizeCountry(name), code, name)
  }
})

t.test('what is not clearly one country is null', async (t) => {
  const unclear = [
    '',
    ' ',
    'Congo',
    'XX',
    'EN',
    'Europe',
    'Atlantis',
    '276',
    '__proto__',
    'constructor',
    '\0',
    '\ud800',
  ]
  for (const typed of [...unclear, 'DE'.repeat(100)]) t.equal(normalizeCountry(typed), null, JSON.stringify(typed))
})

t.test('every alias leads to its country and no alias to two', async (t) => {
  for (const [code, aliases] of Object.entries(COUNTRY_ALIASES)) {
    t.equal(normalizeCountry(code), code)
    for (const alias of aliases) t.equal(normalizeCountry(alias), code, alias)
  }
})

t.test('a language tag is put into canonical form', async (t) => {
  const cases: [typed: string, tag: string][] = [
    ['de', 'de'],
    ['DE-at', 'de-AT'],
    ['de_AT', 'de-AT'],
    ['de_AT.UTF-8', 'de-AT'],
    ['sr_RS@latin', 'sr-RS'],
    [' zh-hant-tw ', 'zh-Hant-TW'],
    ['iw', 'he'],
    ['es-419', 'es-419'],
    ['en-u-ca-buddhist', 'en-u-ca-buddhist'],
  ]
  for (const [typed, tag] of cases) t.equal(normalizeLanguage(typed), tag, typed)
})

t.test('what is no language tag, or says nothing, is null', async (t) => {
  const wrong = ['', 'german', 'Deutsch!', 'd', 'de-', '-de', 'de--AT', 'de-1996-1996', 'und', 'x-private', 'i-klingon']
  for (const typed of [...wrong, 'de,en;q=0.9', 'de\0', 'dé', 'de-'.repeat(50)]) {
    t.equal(normalizeLanguage(typed), null, JSON.stringify(typed))
  }
})
