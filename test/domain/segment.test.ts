import t from 'tap'
import type { Condition } from '../../src/domain/condition/condition-shape.ts'
import { leadFieldCatalogue } from '../../src/domain/condition/field-catalogue.ts'
import { leadFieldFamilies } from '../../src/domain/condition/lead-families.ts'
import { compileSegments, findSegmentFaults, type SegmentDefinition } from '../../src/domain/segment/segment.ts'

const catalogue = leadFieldCatalogue([], leadFieldFamilies({ accountFields: [], frameworks: [], criteria: [] }))

const within = (...values: string[]): Condition => ({ any: [{ all: [{ field: 'segments', op: 'in', values }] }] })
const german: Condition = { any: [{ all: [{ field: 'country', op: 'eq', value: 'DE' }] }] }
const segment = (key: string, condition: Condition | null, kind: 'dynamic' | 'static' = 'dynamic') => {
  const definition: SegmentDefinition = { title: key, description: '', kind, condition }
  return { key, version: 1, definition }
}

t.test('a segment comes after those that it asks about', (t) => {
  const all = [
    segment('a', within('c', 'gone')),
    segment('b', within('a')),
    segment('c', german),
    segment('s', null, 'static'),
  ]
  t.strictSame(
    compileSegments(all, catalogue).map(({ key }) => key),
    ['c', 'a', 'b'],
  )
  t.end()
})

t.test('a segment that no longer compiles rests, and the others go on', (t) => {
  const broken = segment('broken', { any: [{ all: [{ field: 'custom_fields.gone', op: 'is_set' }] }] })
  t.strictSame(
    compileSegments([broken, segment('ok', german)], catalogue).map(({ key }) => key),
    ['ok'],
  )
  t.end()
})

t.test('the faults of a segment are told with their places', (t) => {
  const faults = (one: ReturnType<typeof segment>, others: ReturnType<typeof segment>[] = []) =>
    findSegmentFaults(one, others, catalogue).map(({ code, pointer }) => `${code} ${pointer}`)
  t.strictSame(faults(segment('a', german)), [])
  t.strictSame(faults(segment('a', null)), ['required /condition'])
  t.strictSame(faults(segment('a', german, 'static')), ['not_allowed /condition'])
  t.strictSame(faults(segment('a', null, 'static')), [])
  t.strictSame(faults(segment('a', { any: [{ all: [{ field: 'nope', op: 'is_set' }] }] })), [
    'unknown_condition_field /condition/any/0/all/0/field',
  ])
  t.strictSame(faults(segment('a', within('A'))), ['circle /condition'], 'directly, whatever the case')
  const others = [segment('b', within('c')), segment('c', within('a'))]
  t.strictSame(faults(segment('a', within('b')), others), ['circle /condition'], 'through others')
  t.strictSame(faults(segment('a', within('d')), others), [])
  t.end()
})
