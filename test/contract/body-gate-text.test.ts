import { Readable } from 'node:stream'
import Fastify from 'fastify'
import t from 'tap'
import { findTextFault } from '../../src/http/body/check-text.ts'
import { escapePointerToken, makePointer } from '../../src/http/body/json-pointer.ts'

function faultOf(value: unknown): string {
  const fault = findTextFault(value)
  return fault ? `${fault.code} ${fault.pointer}` : 'none'
}

t.test('text that can be stored as sent has no fault', async (t) => {
  const values = [
    '',
    'jane',
    'Zoë 😀 \u0001 \ufffd \uffff',
    0,
    null,
    undefined,
    true,
    [],
    {},
    ['a', { b: 'c' }],
    { '😀': '' },
  ]
  for (const value of values) t.equal(findTextFault(value), null, JSON.stringify(value))
})

t.test('NUL and half a surrogate pair are found in values and names', async (t) => {
  t.equal(faultOf('a\0'), 'nul_character ')
  t.equal(faultOf({ q: ['x', 'y\0'] }), 'nul_character /q/1')
  t.equal(faultOf({ a: 1, 'b/c': { d: '\ud800' } }), 'lone_surrogate /b~1c/d')
  t.equal(faultOf(['\ude00\ud83d']), 'lone_surrogate /0')
  t.equal(faultOf({ a: { 'x\0': 1 } }), 'nul_character /a')
  t.equal(faultOf({ '\udfff': 1 }), 'lone_surrogate ')
})

t.test('an own member __proto__ is found', async (t) => {
  t.equal(faultOf(JSON.parse('{"a":{"__proto__":{"x":1}}}')), 'forbidden_key /a')
  t.equal(faultOf({ constructor: 'x', prototype: 'y' }), 'none')
})

t.test('bytes, streams and other class instances are passed over', async (t) => {
  t.equal(
    faultOf({ file: Buffer.from('\0'), stream: Readable.from(['\0']), date: new Date(0), map: new Map() }),
    'none',
  )
})

t.test('objects without a prototype are walked', async (t) => {
  t.equal(faultOf(Object.assign(Object.create(null), { a: '\0' })), 'nul_character /a')
  t.equal(faultOf(Object.assign(Object.create(Object.create(null)), { a: '\0' })), 'nul_character /a')
})

t.test('more than 32 levels, or a cycle, is too deep', async (t) => {
  const nest = (depth: number) => JSON.parse('['.repeat(depth) + ']'.repeat(depth))
  t.equal(faultOf(nest(32)), 'none')
  t.equal(faultOf(nest(33)), `too_deep ${'/0'.repeat(32)}`)
  t.match(findTextFault(nest(100_000)), { code: 'too_deep' })
  const cycle: Record<string, unknown> = {}
  cycle['self'] = cycle
  t.match(findTextFault(cycle), { code: 'too_deep' })
})

t.test('the query and the headers of a real request are walked', async (t) => {
  const app = Fastify()
  t.teardown(() => app.close())
  app.get('/', async (request) => ({ query: findTextFault(request.query), headers: findTextFault(request.headers) }))
  const clean = await app.inject('/?q=jane&tag=a&tag=b')
  t.strictSame(clean.json(), { query: null, headers: null })
  const dirty = await app.inject('/?q=jane&tag=a&tag=b%00')
  t.match(dirty.json(), { query: { code: 'nul_character', pointer: '/tag/1' }, headers: null })
})

t.test('a pointer escapes as RFC 6901 says', async (t) => {
  t.equal(escapePointerToken('m~n/o~1'), 'm~0n~1o~01')
  t.equal(makePointer([]), '')
  t.equal(makePointer(['foo', 0, '', 'a/b', ' ']), '/foo/0//a~1b/ ')
})
