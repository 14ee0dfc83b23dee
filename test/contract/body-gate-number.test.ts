import assert from 'node:assert/strict'
import fc from 'fast-check'
import t from 'tap'
import { parseJson } from '../../src/http/body/parse-json.ts'

const parseText = (text: string) => parseJson(Buffer.from(text))

t.test('a number that a double keeps is accepted, however it is written', async (t) => {
  const kept = [
    ...[
      '0',
      '-0',
      '0.0',
      '-0.0e5',
      '0e999',
      '0.1',
      '-0.1',
      '1.50',
      '1.0',
      '100',
      '1e2',
      '1E+2',
      '12.5e-1',
      '0.30000000000000004',
    ],
    ...['2147483647', '-2147483648', '4294967296', '9007199254740991', '9007199254740992', '-9007199254740991'],
    ...[
      '1e21',
      '1e22',
      '1e23',
      '123456789012345680000',
      '1.7976931348623157e308',
      '1e308',
      '5e-324',
      '2.2250738585072014e-308',
    ],
    ...[
      '1.7976931348623157e+308',
      '0.00000000000000000000000000000000000001',
      `1.${'0'.repeat(400)}`,
      `1${'0'.repeat(300)}`,
    ],
    ...[`1${'0'.repeat(400)}e-400`, '999999999999999', '0.999999999999999', '3.141592653589793'],
  ]
  for (const text of kept) t.strictSame(parseText(text), { ok: true, value: JSON.parse(text) }, text)
})

t.test('a number that would come back different is refused', async (t) => {
  const lost = [
    ...['9007199254740993', '-9007199254740993', '9223372036854775807', '18446744073709551616', '1152921504606846976'],
    ...['1e309', '1e400', '1E400', '1E-400', '-1e400', '1e999999999999999999999', '2e308', `9${'9'.repeat(399)}`],
    ...['1e-400', '4.9e-324', '1e-999999999999999999999', '2.2250738585072011e-308', `0.${'0'.repeat(400)}1`],
    ...['0.1000000000000000055511151231257827', '0.10000000000000001', '3.14159265358979323846', '1.00000000000000001'],
  ]
  for (const text of lost) {
    const result = parseText(`{"n":[${text}]}`)
    t.match(result, { ok: false, fault: { code: 'number_not_exact', pointer: '/n/0' } }, text)
  }
})

t.test('minus zero is zero from then on', async (t) => {
  const result = parseText('[-0]')
  t.equal(JSON.stringify(result.ok && result.value), '[0]')
})

t.test('digits in a string are text and stay as they are', async (t) => {
  t.strictSame(parseText('"9007199254740993"'), { ok: true, value: '9007199254740993' })
})

t.test('every double is accepted as JSON writes it', async () => {
  fc.assert(
    fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
      assert.deepEqual(parseText(JSON.stringify(value)), { ok: true, value: value === 0 ? 0 : value })
    }),
    { numRuns: 2_000 },
  )
})

t.test('an integer is accepted exactly when JSON writes the same digits back', async () => {
  const integer = fc.bigInt({ min: -(10n ** 20n), max: 10n ** 20n })
  fc.assert(
    fc.property(integer, (value) => {
      assert.equal(parseText(String(value)).ok, String(Number(value)) === String(value))
    }),
    { numRuns: 2_000 },
  )
})

/** The value times 10^400 as an exact integer, for decimals with exponents down to -400. */
function scaleExactly(lexeme: string): bigint {
  const [mantissa = '', exponent = '0'] = lexeme.toLowerCase().split('e')
  const [whole = '', fraction = ''] = mantissa.split('.')
  return BigInt(whole + fraction) * 10n ** BigInt(400 + Number(exponent) - fraction.length)
}

t.test('a decimal is accepted exactly when the shortest form of its double has the same value', async () => {
  const digits = fc.string({ unit: fc.constantFrom(...'0123456789'), minLength: 1, maxLength: 25 })
  const zeros = fc.nat(4).map((count) => '0'.repeat(count))
  const exponent = fc.oneof(
    fc.constant(''),
    fc.integer({ min: -340, max: 320 }).map((value) => `e${value}`),
  )
  fc.assert(
    fc.property(fc.nat(99_999), digits, zeros, exponent, (whole, fraction, padding, power) => {
      const text = `${whole}.${fraction}${padding}${power}`
      const isKept = Number.isFinite(Number(text)) && scaleExactly(text) === scaleExactly(String(Number(text)))
      assert.equal(parseText(text).ok, isKept, text)
    }),
    { numRuns: 2_000 },
  )
})
