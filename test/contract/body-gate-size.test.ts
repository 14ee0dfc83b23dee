import t from 'tap'
import type { BodyResult } from '../../src/http/body/body-fault.ts'
import { jsonLimits } from '../../src/http/body/json-limits.ts'
import { parseForm } from '../../src/http/body/parse-form.ts'
import { parseJson } from '../../src/http/body/parse-json.ts'

const mebibyte = 1_048_576
// Linear work takes 10 to 200 ms here, quadratic work many seconds. Measured as processor time of this process, because
// the clock on the wall also counts the waiting on a busy machine.
const patienceMs = 2_000

function measureCpuMs(work: () => void): number {
  const start = process.cpuUsage()
  work()
  const { user, system } = process.cpuUsage(start)
  return (user + system) / 1_000
}

const parseText = (text: string) => parseJson(Buffer.from(text))
const codeOf = (result: BodyResult<unknown>) => (result.ok ? 'ok' : result.fault.code)
const nestArrays = (depth: number) => '['.repeat(depth) + ']'.repeat(depth)
const nestObjects = (depth: number) => `${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`
const nestBoth = (depth: number) => '[{"a":'.repeat(depth / 2) + (depth % 2 ? '[]' : '1') + '}]'.repeat(depth / 2)
const makeObject = (count: number) => `{${Array.from({ length: count }, (_, index) => `"k${index}":1`).join(',')}}`
const makeArray = (count: number) => `[${Array.from({ length: count }, () => '1').join(',')}]`

t.test('32 levels of nesting are accepted, the 33rd is refused', async (t) => {
  for (const nest of [nestArrays, nestObjects, nestBoth]) {
    for (const depth of [1, 31, 32]) t.equal(codeOf(parseText(nest(depth))), 'ok', `${nest.name} ${depth}`)
    for (const depth of [33, 34, 5_000, 200_000])
      t.equal(codeOf(parseText(nest(depth))), 'too_deep', `${nest.name} ${depth}`)
  }
  t.match(parseText(nestArrays(33)), { fault: { pointer: '/0'.repeat(32), detail: /The limit is 32\.$/ } })
  t.equal(
    codeOf(parseText(`[${Array.from({ length: 100 }, () => nestArrays(31)).join(',')}]`)),
    'ok',
    'depth is not a sum',
  )
})

t.test('1,000 names are accepted in all objects together, one more is refused', async (t) => {
  t.equal(codeOf(parseText(makeObject(1_000))), 'ok')
  t.equal(codeOf(parseText(makeObject(1_001))), 'too_many_keys')
  t.equal(codeOf(parseText(makeObject(100_000))), 'too_many_keys')
  t.equal(codeOf(parseText(`[${makeObject(500)},${makeObject(500)}]`)), 'ok')
  t.equal(codeOf(parseText(`[${makeObject(500)},${makeObject(501)}]`)), 'too_many_keys')
})

t.test('20,000 elements are accepted in all arrays together, one more is refused', async (t) => {
  t.equal(codeOf(parseText(makeArray(20_000))), 'ok')
  t.equal(codeOf(parseText(makeArray(20_001))), 'too_many_elements')
  t.equal(codeOf(parseText(`{"a":${makeArray(10_000)},"b":${makeArray(10_000)}}`)), 'ok')
  t.equal(codeOf(parseText(`{"a":${makeArray(10_000)},"b":${makeArray(10_001)}}`)), 'too_many_elements')
  t.equal(codeOf(parseText(`[${Array.from({ length: 20_000 }, () => '[]').join(',')}]`)), 'ok', 'empty arrays add none')
})

t.test('a name has at most 256 characters, counted as code points', async (t) => {
  for (const character of ['k', 'é', '€', '😀']) {
    const name = character.repeat(256)
    t.equal(codeOf(parseText(JSON.stringify({ [name]: 1 }))), 'ok', character)
    t.equal(codeOf(parseText(JSON.stringify({ [`${name}k`]: 1 }))), 'key_too_long', character)
    t.equal(codeOf(parseForm(Buffer.from(`${encodeURIComponent(name)}=1`))), 'ok', character)
    t.equal(codeOf(parseForm(Buffer.from(`${encodeURIComponent(name)}k=1`))), 'key_too_long', character)
  }
  t.match(parseText(`{"a":{"${'k'.repeat(mebibyte)}":1}}`), { fault: { code: 'key_too_long', pointer: '/a' } })
})

t.test('a route may bring its own limits', async (t) => {
  const limits = { ...jsonLimits, depth: 2, keys: 3, elements: 4, keyLength: 5 }
  const codeFor = (text: string) => codeOf(parseJson(Buffer.from(text), limits))
  for (const text of ['[[]]', '{"a":1,"b":2,"c":3}', '[1,2,3,4]', '{"abcde":1}']) t.equal(codeFor(text), 'ok', text)
  t.equal(codeFor('[[[]]]'), 'too_deep')
  t.equal(codeFor('{"a":1,"b":2,"c":3,"d":4}'), 'too_many_keys')
  t.equal(codeFor('[1,2,3,4,5]'), 'too_many_elements')
  t.equal(codeFor('{"abcdef":1}'), 'key_too_long')
})

t.test('names are compared in linear time under wide limits too', async (t) => {
  const bytes = Buffer.from(makeObject(50_000))
  const elapsed = measureCpuMs(() => t.equal(codeOf(parseJson(bytes, { ...jsonLimits, keys: 50_000 })), 'ok'))
  t.ok(elapsed < patienceMs)
})

t.test('long text is accepted: its length is for the schema to judge', async (t) => {
  for (const text of ['x'.repeat(mebibyte), '😀'.repeat(mebibyte / 4), '"\\'.repeat(mebibyte / 4)]) {
    t.ok(parseText(JSON.stringify(text)).ok)
  }
})

t.test('1 MB of anything is judged in linear time', async (t) => {
  const fill = (unit: string) => unit.repeat(mebibyte / unit.length)
  const bodies: Record<string, [body: string, code: string]> = {
    'opening brackets': [fill('['), 'too_deep'],
    'closing brackets': [fill(']'), 'invalid_json'],
    commas: [fill(','), 'invalid_json'],
    quotes: [fill('"'), 'invalid_json'],
    spaces: [fill(' '), 'invalid_json'],
    letters: [fill('a'), 'invalid_json'],
    'unclosed string of backslashes': [`"${fill('\\')}`, 'invalid_json'],
    'escaped quotes': [`"${fill('\\"')}"`, 'ok'],
    'escaped pairs': [`"${fill('\\ud83d\\ude00')}"`, 'ok'],
    digits: [fill('9'), 'number_not_exact'],
    'zeros before a one': [`0.${fill('0')}1`, 'number_not_exact'],
    'zeros after a one': [`1.${fill('0')}`, 'ok'],
    'empty elements': [`[${fill(',')}]`, 'invalid_json'],
    'empty objects': [`[${fill('{},')}{}]`, 'too_many_elements'],
    'costly numbers': [`[${fill('1.797693134862315700000000000000e308,')}1]`, 'too_many_elements'],
    'names with one beginning': [
      `{${Array.from({ length: 4_000 }, (_, n) => `"${'p'.repeat(250)}${n}":1`)}}`,
      'too_many_keys',
    ],
  }
  for (const [name, [body, code]] of Object.entries(bodies)) {
    const bytes = Buffer.from(body)
    const elapsed = measureCpuMs(() => t.equal(codeOf(parseJson(bytes)), code, name))
    t.ok(elapsed < patienceMs, `${name} in time`)
  }
})

t.test('1 MB of any form is judged in linear time', async (t) => {
  const bodies: Record<string, [body: string, code: string]> = {
    ampersands: ['&'.repeat(mebibyte), 'ok'],
    'equal signs': ['='.repeat(mebibyte), 'ok'],
    'plus signs': [`a=${'+'.repeat(mebibyte)}`, 'ok'],
    'percent signs': ['%'.repeat(mebibyte), 'invalid_form_encoding'],
    'escapes, the last one cut': [`a=${'%41'.repeat(mebibyte / 3)}%`, 'invalid_form_encoding'],
    'escapes that are not UTF-8': [`a=${'%ff'.repeat(mebibyte / 3)}`, 'invalid_utf8'],
    'one name': ['a&'.repeat(mebibyte / 2), 'too_many_keys'],
    'a long name': ['a'.repeat(mebibyte), 'key_too_long'],
  }
  for (const [name, [body, code]] of Object.entries(bodies)) {
    const bytes = Buffer.from(body)
    const elapsed = measureCpuMs(() => t.equal(codeOf(parseForm(bytes)), code, name))
    t.ok(elapsed < patienceMs, `${name} in time`)
  }
})
