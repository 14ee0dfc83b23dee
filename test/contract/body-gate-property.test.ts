import assert from 'node:assert/strict'
import fc from 'fast-check'
import t from 'tap'
import { findTextFault } from '../../src/http/body/check-text.ts'
import { parseForm } from '../../src/http/body/parse-form.ts'
import { parseJson } from '../../src/http/body/parse-json.ts'

const parseText = (text: string) => parseJson(Buffer.from(text))

/** What JSON.parse makes of a text, or `undefined` when it is not JSON. */
function parseLoosely(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** The gate may refuse JSON for its rules, but never reads it differently and never calls it something else. */
function assertAgreement(text: string): void {
  const result = parseText(text)
  const loose = parseLoosely(text)
  if (result.ok) assert.deepEqual(result.value, loose)
  else if (result.fault.code === 'invalid_json') assert.equal(loose, undefined)
}

t.test('JSON that can be stored is read as JSON.parse reads it', async () => {
  const value = fc
    .jsonValue({ stringUnit: 'binary', maxDepth: 6 })
    .filter((candidate) => !/\\u0000|"__proto__"/.test(JSON.stringify(candidate)))
  fc.assert(
    fc.property(value, fc.constantFrom(0, 2), (candidate, indent) => {
      const text = JSON.stringify(candidate, null, indent)
      assert.deepEqual(parseText(text), { ok: true, value: JSON.parse(text) })
    }),
    { numRuns: 1_000 },
  )
})

t.test('text made of the pieces of JSON is never misread', async () => {
  const pieces = [
    '{',
    '}',
    '[',
    ']',
    ',',
    ':',
    '"',
    '\\',
    'u0061',
    'ud83d',
    '0',
    '1',
    '-',
    '.',
    'e',
    'a',
    ' ',
    'true',
    '"a"',
    '":',
  ]
  fc.assert(fc.property(fc.string({ unit: fc.constantFrom(...pieces), maxLength: 30 }), assertAgreement), {
    numRuns: 3_000,
  })
})

t.test('JSON with one piece changed is never misread', async () => {
  const change = fc.constantFrom(
    '',
    '"',
    '\\',
    '{',
    '}',
    '[',
    ']',
    ',',
    ':',
    '0',
    '-',
    '\u0000',
    '\\ud800',
    '"a":1,',
    ' ',
  )
  fc.assert(
    fc.property(fc.json(), fc.nat(), fc.nat(3), change, (text, position, removed, piece) => {
      const at = position % (text.length + 1)
      assertAgreement(text.slice(0, at) + piece + text.slice(at + removed))
    }),
    { numRuns: 2_000 },
  )
})

t.test('an object is accepted exactly when its names differ', async () => {
  const escapeAll = (name: string) =>
    name.replace(/./g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
  const name = fc.record({
    text: fc.string({ unit: fc.constantFrom('a', 'b', '1'), maxLength: 3 }),
    isEscaped: fc.boolean(),
  })
  fc.assert(
    fc.property(fc.array(name, { maxLength: 30 }), (names) => {
      const members = names.map(({ text, isEscaped }) => `"${isEscaped ? escapeAll(text) : text}":{"a":0}`)
      assert.equal(parseText(`{${members.join(',')}}`).ok, new Set(names.map(({ text }) => text)).size === names.length)
    }),
    { numRuns: 1_000 },
  )
})

t.test('whatever is accepted has no text fault', async () => {
  const text = fc.string({
    unit: fc.constantFrom('\\ud83d', '\\ude00', '\\u0000', '\\\\', 'a', '😀', '\\n'),
    maxLength: 8,
  })
  fc.assert(
    fc.property(text, text, (name, content) => {
      const body = `{"${name}":["${content}"]}`
      assert.equal(parseText(body).ok, findTextFault(JSON.parse(body)) === null)
    }),
    { numRuns: 1_000 },
  )
})

t.test('no bytes make the parsers throw', async () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      for (const result of [parseJson(bytes), parseForm(bytes)]) assert.equal(typeof result.ok, 'boolean')
    }),
    { numRuns: 2_000 },
  )
})

t.test('a form comes back as it was encoded', async () => {
  const text = fc.string({ unit: 'grapheme', maxLength: 12 })
  const name = fc
    .oneof(text, fc.constantFrom('a', 'b', 'constructor', 'toString'))
    .filter((value) => value !== '__proto__')
  fc.assert(
    fc.property(fc.array(fc.tuple(name, text), { maxLength: 20 }), (pairs) => {
      const result = parseForm(Buffer.from(new URLSearchParams(pairs).toString()))
      assert.ok(result.ok)
      for (const [key] of pairs) {
        const values = pairs.filter(([other]) => other === key).map(([, value]) => value)
        assert.deepEqual(result.value[key], values.length === 1 ? values[0] : values)
      }
      assert.equal(Object.keys(result.value).length, new Set(pairs.map(([key]) => key)).size)
    }),
    { numRuns: 1_000 },
  )
})
