import t from 'tap'
import { cleanLine, cleanText, foldForMatch, isStorableText } from '../../src/domain/normalize/text.ts'

t.test('free text is trimmed and otherwise stays as sent', async (t) => {
  const decomposed = 'u\u0308  two  spaces\r\n\ttab \u202e'
  t.strictSame(cleanText(` ${decomposed}\n`, 100), { ok: true, value: decomposed })
})

t.test('length is counted in code points, and longer text is refused, not cut', async (t) => {
  t.strictSame(cleanText('😀😀😀', 3), { ok: true, value: '😀😀😀' })
  t.hasStrict(cleanText('😀😀😀', 2), { ok: false, code: 'too_long' })
  t.hasStrict(cleanText('abc', 2), { ok: false, code: 'too_long' })
  t.hasStrict(cleanText('a'.repeat(1_000_000), 2), { ok: false, code: 'too_long' })
})

t.test('text with a NUL or half of a surrogate pair is not storable', async (t) => {
  for (const text of ['a\0b', '\ud800', 'a\udc00', '\udc00\ud800']) {
    t.notOk(isStorableText(text))
    t.hasStrict(cleanText(text, 100), { ok: false, code: 'not_storable' })
  }
  for (const text of ['', 'abc', '\u0001', '😀', '\ufffe']) t.ok(isStorableText(text))
})

t.test('a line loses controls and invisible characters, white space becomes single spaces', async (t) => {
  const cases: [typed: string, line: string][] = [
    ['  a \t\r\n b\u00a0\u3000c ', 'a b c'],
    ['a\0\u0007\u009fb', 'ab'],
    ['\ufeffa\u200b\u00adb\u2060\u202ec\u2069', 'abc'],
    ['a\ud800b\udc00c😀', 'abc😀'],
    ['u\u0308', 'ü'],
    ['علی\u200cرضا', 'علی\u200cرضا'],
    ['👨\u200d👩\u200d👧', '👨\u200d👩\u200d👧'],
    ['a \u200b b', 'a b'],
    ['\u200da, \u200c\u200d b\u200cc\u200d,', 'a, b\u200cc,'],
    [' \0 ', ''],
  ]
  for (const [typed, line] of cases) t.equal(cleanLine(typed), line, JSON.stringify(typed))
})

t.test('ten thousand combining marks are cut to thirty', async (t) => {
  t.equal(cleanLine(`x${'\u0301\u0316'.repeat(5000)}y`).length, 32)
})

t.test('texts that differ only in case, accents or letter variants fold to the same', async (t) => {
  const groups: string[][] = [
    ['Müller', 'MÜLLER', 'Mu\u0308ller', 'muller'],
    ['Straße', 'STRASSE', 'STRAẞE', 'strasse'],
    ['Æsir', 'aesir'],
    ['Øre', 'ore'],
    ['Łódź', 'LODZ'],
    ['İstanbul', 'ISTANBUL', 'ıstanbul', 'istanbul'],
    ['ﬁle', 'file'],
    ['Ａｂｃ', 'abc'],
    ['Пётр', 'ПЕТР', 'петр'],
    ['Σίσυφος', 'ΣΊΣΥΦΟΣ', 'ΣΙΣΥΦΟΣ'],
    ['مُحَمَّد', 'محمد'],
    ['علي', 'علی'],
    ['שָׁלוֹם', 'שלום'],
    ['ｶﾞ', 'ガ'],
    ['\u1112\u1161\u11ab', '한'],
  ]
  for (const group of groups) t.equal(new Set(group.map(foldForMatch)).size, 1, group.join(' = '))
})

t.test('marks that carry the sound are kept apart', async (t) => {
  const pairs: [string, string][] = [
    ['か', 'が'],
    ['राम', 'रम'],
    ['กา', 'ก'],
  ]
  for (const [one, other] of pairs) t.not(foldForMatch(one), foldForMatch(other))
})
