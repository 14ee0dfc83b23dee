import t from 'tap'
import { parseJson } from '../../src/http/body/parse-json.ts'

const parseText = (text: string) => parseJson(Buffer.from(text))

function codeOf(body: string | Uint8Array): string {
  const result = parseJson(Buffer.from(body))
  return result.ok ? 'ok' : result.fault.code
}

function pointerOf(text: string): string | null | undefined {
  const result = parseText(text)
  return result.ok ? undefined : result.fault.pointer
}

/** A JSON string whose content is the given raw bytes. */
const quoted = (...bytes: number[]) => Uint8Array.from([0x22, ...bytes, 0x22])

t.test('a lead as it usually arrives is parsed unchanged', async (t) => {
  const lead = {
    email: 'jane@example.com',
    name: 'Zoë Ðorđević 😀',
    note: 'two\nlines, a "quote", a \\ and a /',
    tags: ['a', '', 'a'],
    consent: { marketing: true, text: null },
    employees: 250,
    score: -12.5,
    empty: {},
    none: [],
  }
  for (const text of [JSON.stringify(lead), JSON.stringify(lead, null, '\t'), ` \r\n${JSON.stringify(lead)}\n`]) {
    t.strictSame(parseText(text), { ok: true, value: lead })
  }
})

t.test('any JSON value may stand alone', async (t) => {
  for (const value of ['', 'a', 0, -1, 1.5, true, false, null, [], {}, [[]]]) {
    t.strictSame(parseText(JSON.stringify(value)), { ok: true, value })
  }
})

t.test('a leading byte order mark is dropped, a second one is not JSON', async (t) => {
  t.strictSame(parseText('\ufeff{"a":1}'), { ok: true, value: { a: 1 } })
  t.equal(codeOf('\ufeff\ufeff{"a":1}'), 'invalid_json')
  t.strictSame(parseText('"\ufeffa"'), { ok: true, value: '\ufeffa' }, 'inside a string it is a character')
})

t.test('bytes that are not UTF-8 are refused, never replaced', async (t) => {
  const corpus: Record<string, Uint8Array> = {
    'overlong slash, two bytes': quoted(0xc0, 0xaf),
    'overlong slash, three bytes': quoted(0xe0, 0x80, 0xaf),
    'overlong slash, four bytes': quoted(0xf0, 0x80, 0x80, 0xaf),
    'overlong NUL': quoted(0xc0, 0x80),
    'CESU-8 pair': quoted(0xed, 0xa0, 0xbd, 0xed, 0xb8, 0x80),
    'high surrogate': quoted(0xed, 0xa0, 0x80),
    'low surrogate': quoted(0xed, 0xbf, 0xbf),
    'beyond U+10FFFF': quoted(0xf4, 0x90, 0x80, 0x80),
    'five-byte form': quoted(0xf8, 0x88, 0x80, 0x80, 0x80),
    'byte FE': quoted(0xfe),
    'byte FF': quoted(0xff),
    'stray continuation': quoted(0x80),
    'cut character in a string': quoted(0xe2, 0x82),
    'cut character at the end': Uint8Array.from([0x22, 0x61, 0x22, 0xf0, 0x9f, 0x98]),
    'cut byte order mark': Uint8Array.from([0xef, 0xbb]),
    'Latin-1': Buffer.from('"café"', 'latin1'),
    'UTF-16LE with mark': Buffer.from('\ufeff{"a":1}', 'utf16le'),
    'UTF-16BE with mark': Buffer.from('\ufeff{"a":1}', 'utf16le').swap16(),
  }
  for (const [name, bytes] of Object.entries(corpus)) t.equal(codeOf(bytes), 'invalid_utf8', name)
})

t.test('one bad body leaves no trace in the next', async (t) => {
  t.equal(codeOf(Uint8Array.from([0x22, 0xe2, 0x82])), 'invalid_utf8')
  t.strictSame(parseText('"€"'), { ok: true, value: '€' })
})

t.test('text that is not JSON is refused', async (t) => {
  const corpus = [
    ...['', ' ', '\n', '{', '}', '[', ']', ',', ':', '"', '-', '{"a"', '{"a":', '{"a":1', '["a"', '"a', '"a\\', '"\\"'],
    ...['{"a":1,}', '[1,]', '[,1]', '{,}', '{"a" 1}', '{"a":1 "b":2}', '[1 2]', '{a:1}', "{'a':1}", '{1:2}', '{[]:1}'],
    ...['[}', '{]', '[1}', '{"a":1]', ']]', '{}}', '{} {}', 'true false', '1 2', '"a""b"', '[]/**/', '//\n1'],
    ...[
      '01',
      '-01',
      '+1',
      '.5',
      '5.',
      '1e',
      '1e+',
      '--1',
      '1-2',
      '1.2.3',
      '0x10',
      '0x1fffffffffffffffff',
      '1_000',
      '1n',
    ],
    ...['NaN', 'Infinity', '-Infinity', 'undefined', 'nul', 'True', 'tru', 'nulll', 'hello'],
    ...['"a\nb"', '"a\tb"', '"\u001f"', '"\\x41"', '"\\u12"', '"\\u12g4"', '"\\a"', '\u00a01', '\u20281', '+AHs-+AH0-'],
  ]
  const misjudged = corpus.filter((text) => codeOf(text) !== 'invalid_json')
  t.strictSame(misjudged, [])
})

t.test('NUL is refused wherever and however it stands', async (t) => {
  const escaped = [
    '"\\u0000"',
    '"a\\u0000b"',
    '["a","\\u0000"]',
    '{"\\u0000":1}',
    '{"a":{"b\\u0000":1}}',
    '"\\\\\\u0000"',
  ]
  const raw = ['"\0"', '{"a":\0"b"}', '\0', '{"a":1}\0', '{\0"a":1}']
  for (const text of [...escaped, ...raw]) t.equal(codeOf(text), 'nul_character', JSON.stringify(text))
  for (const order of ['utf16le', 'utf16be']) {
    const bytes = Buffer.from('{"a":1}', 'utf16le')
    t.equal(codeOf(order === 'utf16le' ? bytes : bytes.swap16()), 'nul_character', `${order} without a mark`)
  }
  t.strictSame(parseText('"\\\\u0000"'), { ok: true, value: '\\u0000' }, 'six characters that look like it are text')
  t.strictSame(parseText('"\\u0001\\u007f"'), { ok: true, value: '\u0001\u007f' }, 'other controls can be stored')
})

t.test('half of a surrogate pair is refused, a whole pair is a character', async (t) => {
  const halves = [
    '\\ud800',
    '\\udc00',
    'a\\uDBFF',
    '\\ud83dx',
    '\\ud83d\\ud83d\\ude00',
    '\\ude00\\ud83d',
    '\\ud83d\\\\ude00',
  ]
  for (const half of halves) {
    t.equal(codeOf(`"${half}"`), 'lone_surrogate', half)
    t.equal(codeOf(`{"${half}":1}`), 'lone_surrogate', `${half} in a name`)
  }
  t.strictSame(parseText('"\\ud83d\\ude00"'), { ok: true, value: '😀' })
  t.strictSame(parseText('"\\ufffe\\uffff\\ufffd"'), { ok: true, value: '\ufffe\uffff\ufffd' })
})

t.test('a name given twice in one object is refused', async (t) => {
  const corpus: Record<string, string> = {
    '{"a":1,"a":1}': '/a',
    '{"a":1,"b":2,"a":3}': '/a',
    '{"a":1,"\\u0061":2}': '/a',
    '{"\\u0061":1,"a":2}': '/a',
    '{"/":1,"\\/":2}': '/~1',
    '{"":1,"":2}': '/',
    '{"1":1,"1":2}': '/1',
    '{"x":[0,{"y":{"a":{},"b":[],"a":null}}]}': '/x/1/y/a',
    '{"constructor":1,"constructor":2}': '/constructor',
    '{"\\ud83d\\ude00":1,"😀":2}': '/😀',
  }
  for (const [text, pointer] of Object.entries(corpus)) {
    t.equal(codeOf(text), 'duplicate_key', text)
    t.equal(pointerOf(text), pointer, text)
  }
  for (const count of [15, 16, 17, 18, 40]) {
    const members = Array.from({ length: count }, (_, index) => `"k${index}":0`)
    t.equal(codeOf(`{${members.join(',')}}`), 'ok', `${count} different names`)
    for (const again of ['k0', 'k14', `k${count - 1}`]) {
      t.equal(codeOf(`{${members.join(',')},"${again}":0}`), 'duplicate_key', `${again} after ${count} names`)
    }
  }
})

t.test('the same name in different objects, or as a value, is no duplicate', async (t) => {
  for (const text of [
    '{"a":{"a":{"a":"a"}},"b":{"a":1}}',
    '[{"a":1},{"a":1}]',
    '{"a":"a","A":"a"}',
    '{"\u00e1":1,"a\u0301":2}',
  ]) {
    t.equal(codeOf(text), 'ok', text)
  }
})

t.test('__proto__ is refused as a name and allowed as text', async (t) => {
  const corpus: Record<string, string> = {
    '{"__proto__":{"x":1}}': '',
    '{"\\u005f_proto__":1}': '',
    '{"\\u005f\\u005f\\u0070\\u0072\\u006f\\u0074\\u006f\\u005f\\u005f":1}': '',
    '{"a":[{"b":{"__proto__":null}}]}': '/a/0/b',
  }
  for (const [text, pointer] of Object.entries(corpus)) {
    t.equal(codeOf(text), 'forbidden_key', text)
    t.equal(pointerOf(text), pointer, text)
  }
  t.equal(codeOf('{"a":"__proto__","__proto":1,"__PROTO__":2}'), 'ok')
})

t.test('names of inherited members are plain data of their own', async (t) => {
  const text = '{"constructor":{"prototype":{"polluted":true}},"prototype":1,"toString":"x","hasOwnProperty":null}'
  const result = parseText(text)
  t.ok(result.ok)
  if (!result.ok) return
  t.equal(JSON.stringify(result.value), text)
  t.equal(Reflect.get({}, 'polluted'), undefined)
  t.equal(Object.getPrototypeOf(result.value), Object.prototype)
})

t.test('a fault points at its place in the body', async (t) => {
  const corpus: Record<string, string | null> = {
    '"\\u0000"': '',
    '{"a":[0,{"b/c~d":"\\u0000"}]}': '/a/1/b~1c~0d',
    '[[],[[]],{},"x",[1,"\\ud800"]]': '/4/1',
    '{"a":{"x":[1,2]},"b":1e400}': '/b',
    '{"a":{"ok":1,"\\u0000":2}}': '/a',
    '{"a":1,"b\\u0000":2}': '',
    '{"":{"":"\\u0000"}}': '//',
    '{"a":': null,
  }
  for (const [text, pointer] of Object.entries(corpus)) t.equal(pointerOf(text), pointer, text)
})

t.test('a refusal never repeats a value', async (t) => {
  for (const text of ['{"token":"sk_canary\\u0000"}', '{"a":sk_canary}', '"sk_canary', '{"sk_canary\\ud800":1}']) {
    const result = parseText(text)
    t.notOk(result.ok)
    t.notMatch(JSON.stringify(result), /canary/, text)
  }
})
