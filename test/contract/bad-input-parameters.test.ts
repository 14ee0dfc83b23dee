/** Bad input in paths, queries and headers, encoded well and badly. */
import t from 'tap'
import type { Parameter } from '../../src/http/openapi-types.ts'
import { createProber, cycle, SEED, type Target, VOLUME } from './bad-input-probe.ts'
import { ALL_NAUGHTY_STRINGS } from './corpus/naughty-strings.ts'
import { JSON_NUMBERS, MOMENTS } from './corpus/numbers-and-moments.ts'
import { HEADER_NAMES, RAW_QUERIES, RAW_SEGMENTS } from './corpus/raw-addresses.ts'
import type { ApiRequest } from './openapi-requests.ts'
import { typesOf } from './openapi-walk.ts'

const REQUESTS = 7_000 * VOLUME

/** A request for the bytes of an address: nothing in it is encoded again. */
const rawly = (request: ApiRequest, path: string): ApiRequest => ({ ...request, path, query: {} })

/** Percent-encoded UTF-8; half a surrogate pair too, as a careless program would. */
const encoded = (text: string) =>
  text.isWellFormed()
    ? encodeURIComponent(text)
    : [...text].map((c) => (c.isWellFormed() ? encodeURIComponent(c) : '%ED%A0%80')).join('')

/** A wait that was asked for is no slow answer. */
const isWait = (name: string, value: string) =>
  name === 'wait_seconds' && /^\+?0*([1-9]|[12]\d|30)(\.0*)?$/.test(value.trim())

function valuesFor({ schema }: Parameter): readonly string[] {
  const inner = schema.items ?? schema
  if (typesOf(inner).includes('integer')) return JSON_NUMBERS
  if (inner.format === 'date-time' || inner.format === 'date') return MOMENTS
  return ALL_NAUGHTY_STRINGS
}

t.test('naughty paths, queries and headers', async (t) => {
  const prober = await createProber(t)
  const ofPath = (target: Target) => (target.place.operation.parameters ?? []).filter((one) => one.in === 'path')
  const ofQuery = (target: Target) => (target.place.operation.parameters ?? []).filter((one) => one.in === 'query')
  const places = prober.targets.reduce((sum, target) => sum + ofPath(target).length * 2 + ofQuery(target).length + 3, 0)
  const each = Math.ceil(REQUESTS / places)
  const nextText = cycle(ALL_NAUGHTY_STRINGS, SEED)
  const nextSegment = cycle(RAW_SEGMENTS, SEED)
  const nextQuery = cycle(RAW_QUERIES, SEED)
  const nextHeader = cycle(HEADER_NAMES, SEED)
  const nextValue = new Map<readonly string[], () => string>()
  for (const list of [ALL_NAUGHTY_STRINGS, JSON_NUMBERS, MOMENTS]) nextValue.set(list, cycle(list, SEED + 1))

  for (const target of prober.targets) {
    const { place, request } = target
    const words = request.path.split('/')
    for (const { name } of ofPath(target)) {
      const index = place.path.split('/').indexOf(`{${name}}`)
      const withWord = (word: string) => rawly(request, words.map((old, i) => (i === index ? word : old)).join('/'))
      for (let i = 0; i < each; i++) {
        const text = nextText()
        await prober.send(target, withWord(encoded(text)), `path ${JSON.stringify(text)}`, false)
        const segment = nextSegment()
        await prober.send(target, withWord(segment), `path segment ${segment}`, false)
      }
    }
    for (const parameter of ofQuery(target)) {
      const next = nextValue.get(valuesFor(parameter)) ?? nextText
      for (let i = 0; i < each; i++) {
        const value = next()
        if (isWait(parameter.name, value)) continue
        const path = `${request.path}?${parameter.name}=${encoded(value)}`
        await prober.send(target, rawly(request, path), `${parameter.name}=${JSON.stringify(value)}`)
      }
    }
    for (let i = 0; i < each; i++) {
      const query = nextQuery()
      await prober.send(target, rawly(request, request.path + query), `query ${query}`)
      for (const _ of [1, 2]) {
        const [name, value] = [nextHeader(), asHeader(nextText())]
        const headers = { ...request.headers, [name]: value }
        await prober.send(target, { ...request, headers }, `header ${name}: ${JSON.stringify(value)}`, false)
      }
    }
  }
  await prober.finish(t, REQUESTS * 0.95)
})

/** What a header can carry: bytes of UTF-8 without the controls that HTTP itself refuses, and not longer than it takes. */
function asHeader(text: string): string {
  const bytes = Buffer.from(text.slice(0, 4_000)).toString('latin1')
  return bytes.replace(/[\x00-\x08\x0a-\x1f\x7f]/g, '').trim()
}
