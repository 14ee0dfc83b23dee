import t from 'tap'
import { type FormValues, parseForm } from '../../src/http/body/parse-form.ts'

const parseText = (text: string) => parseForm(Buffer.from(text))

function faultOf(body: string | Uint8Array): string {
  const result = parseForm(Buffer.from(body))
  return result.ok ? 'ok' : `${result.fault.code} ${result.fault.pointer}`
}

t.test('a form is parsed as a browser sends it', async (t) => {
  const corpus: Record<string, FormValues> = {
    'email=jane%40example.com&name=Zo%C3%AB+M%C3%BCller': { email: 'jane@example.com', name: 'Zoë Müller' },
    'text=a%2Bb+%26+c%3Dd%25%0D%0A': { text: 'a+b & c=d%\r\n' },
    'emoji=%F0%9F%98%80&lower=%c3%a9': { emoji: '😀', lower: 'é' },
    'a=1=2&b==': { a: '1=2', b: '=' },
    'a&b=&=c': { a: '', b: '', '': 'c' },
    '&&a=1&&b=2&': { a: '1', b: '2' },
    'tag=x&name=n&tag=y&tag=x': { tag: ['x', 'y', 'x'], name: 'n' },
    'tag=&tag=': { tag: ['', ''] },
    'a+b=1&a%20b=2': { 'a b': ['1', '2'] },
    'raw=é€😀': { raw: 'é€😀' },
    '': {},
  }
  for (const [text, value] of Object.entries(corpus)) t.strictSame(parseText(text), { ok: true, value }, text)
})

t.test('brackets and dots in a name are just characters', async (t) => {
  const value = { 'a[b]': '1', 'a[]': ['2', '3'], 'a.b': '4', 'a[__proto__]': '5' }
  t.strictSame(parseText('a[b]=1&a%5B%5D=2&a[]=3&a.b=4&a[__proto__]=5'), { ok: true, value })
})

t.test('a percent sign without two hexadecimal digits is refused', async (t) => {
  for (const value of ['%', '%4', '%zz', '%4g', '100%', '%u0041', '% 41', '%%41', '%ff%']) {
    t.equal(faultOf(`a=1&b=${value}`), 'invalid_form_encoding /b', value)
  }
  t.equal(faultOf('%=1'), 'invalid_form_encoding null')
})

t.test('escapes and bytes that are not UTF-8 are refused, never replaced', async (t) => {
  const values = [
    '%FF',
    '%C0%AF',
    '%C0%80',
    '%E0%80%AF',
    '%ED%A0%80',
    '%ED%A0%BD%ED%B8%80',
    '%F4%90%80%80',
    '%E2%82',
    '%80',
    '%E9',
  ]
  for (const value of values) t.equal(faultOf(`a=${value}`), 'invalid_utf8 /a', value)
  t.equal(faultOf('%FF=1'), 'invalid_utf8 null')
  t.equal(faultOf(Buffer.from('name=café', 'latin1')), 'invalid_utf8 null')
  t.equal(faultOf(Buffer.from('\ufeffa=1', 'utf16le')), 'invalid_utf8 null')
})

t.test('NUL is refused in names and values', async (t) => {
  for (const text of ['a=%00', 'a=x%00y', 'b=1&a=%00', 'a=\0'])
    t.equal(faultOf(text), 'nul_character /a', JSON.stringify(text))
  for (const text of ['%00=1', 'a%00=1', '\0']) t.equal(faultOf(text), 'nul_character null', JSON.stringify(text))
  t.strictSame(parseText('a=%2500'), { ok: true, value: { a: '%00' } }, 'what is encoded twice is text')
})

t.test('__proto__ is refused; other inherited names are plain data', async (t) => {
  for (const text of ['__proto__=1', 'a=1&__proto__', '%5F_proto__=1', '%5f%5fproto%5f%5f=x']) {
    t.equal(faultOf(text), 'forbidden_key null', text)
  }
  const result = parseText('constructor=a&toString=b&hasOwnProperty=c&constructor=d&prototype=e')
  t.ok(result.ok)
  if (!result.ok) return
  t.strictSame(Object.entries(result.value), [
    ['constructor', ['a', 'd']],
    ['toString', 'b'],
    ['hasOwnProperty', 'c'],
    ['prototype', 'e'],
  ])
  t.equal(Object.getPrototypeOf(result.value), Object.prototype)
})

t.test('1,000 pairs are accepted, one more is refused', async (t) => {
  const makeForm = (count: number) => Array.from({ length: count }, (_, index) => `k${index}=v`).join('&')
  t.equal(faultOf(makeForm(1_000)), 'ok')
  t.equal(faultOf(makeForm(1_001)), 'too_many_keys null')
  t.equal(faultOf('a=1&'.repeat(1_000)), 'ok')
  t.equal(faultOf('a=1&'.repeat(1_001)), 'too_many_keys null')
})
