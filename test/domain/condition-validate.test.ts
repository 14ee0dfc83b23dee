import fc from 'fast-check'
import t from 'tap'
import { CONDITION_OPERATORS } from '../../src/domain/condition/condition-shape.ts'
import { BEHAVIOUR_FIELD, leadFieldCatalogue } from '../../src/domain/condition/field-catalogue.ts'
import { validateCondition } from '../../src/domain/condition/validate-condition.ts'

const catalogue = leadFieldCatalogue(
  [
    { key: 'budget', type: 'number' },
    { key: 'plan', type: 'option', options: ['gold', 'silver'] },
    { key: 'renews_on', type: 'date' },
  ],
  [{ name: 'score', type: 'integer', source: { kind: 'column', name: 'score' } }],
)

/** Code and pointer of every fault; with one group of these terms the pointers start at the term's place. */
function faultsOf(...all: unknown[]): string[] {
  return faultsIn({ any: [{ all }] }).map((fault) => fault.replace('/any/0/all/', ''))
}

function faultsIn(raw: unknown, pointer = ''): string[] {
  const verdict = validateCondition(raw, catalogue, pointer)
  return verdict.ok ? [] : verdict.faults.map((fault) => `${fault.code} ${fault.pointer}`)
}

function detailOf(term: unknown): string {
  const verdict = validateCondition({ any: [{ all: [term] }] }, catalogue)
  return verdict.ok ? '' : (verdict.faults[0]?.detail ?? '')
}

t.test('a missing condition and an empty group match all', async (t) => {
  for (const raw of [null, undefined, { any: [{ all: [] }] }]) {
    t.strictSame(validateCondition(raw, catalogue), { ok: true, condition: { groups: [[]] } })
  }
})

t.test('an empty any is refused, because it reads like "nobody"', async (t) => {
  t.strictSame(faultsIn({ any: [] }), ['too_few /any'])
})

t.test('what is not of the shape is refused with its place', async (t) => {
  t.strictSame(faultsIn('x'), ['invalid_type '])
  t.strictSame(faultsIn([], '/filter'), ['invalid_type /filter'])
  t.strictSame(faultsIn({}, '/filter'), ['required /filter/any'])
  t.strictSame(faultsIn({ any: {} }), ['invalid_type /any'])
  t.strictSame(faultsIn({ any: [null, { all: 1 }] }), ['invalid_type /any/0', 'invalid_type /any/1/all'])
  t.strictSame(faultsIn({ any: [{ all: [], 'a/b~c': 1 }] }), ['unknown_field /any/0/a~1b~0c'])
  t.strictSame(faultsOf(7, {}), ['invalid_type 0', 'required 1/op', 'required 1/field'])
  t.strictSame(faultsOf({ field: 5, op: 'eq' }), ['invalid_type 0/field'])
})

t.test('nesting is refused: the language is not recursive', async (t) => {
  t.strictSame(faultsOf({ any: [] }), ['unknown_field 0/any', 'required 0/op', 'required 0/field'])
})

t.test('more groups, terms or values than published are refused', async (t) => {
  const term = { field: 'city', op: 'is_set' }
  const group = { all: Array(51).fill(term) }
  t.strictSame(faultsIn({ any: Array(21).fill({ all: [] }) }), ['too_many /any'])
  t.strictSame(faultsIn({ any: [group] }), ['too_many /any/0/all'])
  t.strictSame(faultsIn({ any: Array(20).fill({ all: Array(50).fill(term) }) }), [])
  t.strictSame(faultsOf({ field: 'city', op: 'in', values: Array(501).fill('x') }), ['too_many 0/values'])
  t.strictSame(faultsOf({ field: 'city', op: 'in', values: Array(500).fill('x') }), [])
})

t.test('all faults are told at once, up to a hundred', async (t) => {
  t.strictSame(
    faultsOf(
      { field: 'cuntry', op: 'eq', value: 'DE' },
      { field: 'score', op: 'gte', value: 'many' },
      { field: 'city', op: 'is_set' },
      { field: 'score', op: 'contains', value: '5', extra: 1 },
    ),
    ['unknown_condition_field 0/field', 'invalid_value 1/value', 'unknown_field 3/extra', 'operator_not_allowed 3/op'],
  )
  const hostile = { any: Array(20).fill({ all: Array(50).fill({ field: 'nothing', op: 'nothing' }) }) }
  t.equal(faultsIn(hostile).length, 100)
})

t.test('a misspelt field is answered with the one that was meant', async (t) => {
  t.match(detailOf({ field: 'contry', op: 'is_set' }), 'Did you mean "country"?')
  t.match(detailOf({ field: 'Country', op: 'is_set' }), 'Did you mean "country"?')
  t.match(detailOf({ field: 'eamil', op: 'is_set' }), 'Did you mean "email"?')
  t.match(detailOf({ field: 'budget', op: 'is_set' }), 'Did you mean "custom_fields.budget"?')
  t.match(detailOf({ field: 'custom_fields.bugdet', op: 'is_set' }), 'Did you mean "custom_fields.budget"?')
  t.equal(detailOf({ field: 'shoe_size', op: 'is_set' }), 'No such field.')
  t.equal(detailOf({ field: 'constructor', op: 'is_set' }), 'No such field.')
})

t.test('an operator that is unknown or not for the type of the field is refused', async (t) => {
  t.strictSame(faultsOf({ field: 'city', op: 'equals', value: 'x' }), ['unknown_operator 0/op'])
  t.match(detailOf({ field: 'city', op: 'equals', value: 'x' }), 'eq, neq')
  t.strictSame(faultsOf({ field: 'archived', op: 'lt', value: 'true' }), ['operator_not_allowed 0/op'])
  t.strictSame(faultsOf({ field: 'tags', op: 'starts_with', value: 'x' }), ['operator_not_allowed 0/op'])
  t.strictSame(faultsOf({ field: 'city', op: 'within_days', value: '3' }), ['operator_not_allowed 0/op'])
  t.strictSame(faultsOf({ field: 'owner_id', op: 'contains', value: 'user' }), ['operator_not_allowed 0/op'])
})

t.test('an operator gets value, values or neither, as it needs', async (t) => {
  t.strictSame(faultsOf({ field: 'city', op: 'eq' }), ['required 0/value'])
  t.strictSame(faultsOf({ field: 'city', op: 'eq', value: null }), ['required 0/value'])
  t.strictSame(faultsOf({ field: 'city', op: 'eq', values: ['a'] }), ['required 0/value', 'not_allowed_here 0/values'])
  t.strictSame(faultsOf({ field: 'city', op: 'eq', value: 'a', values: ['a'] }), ['not_allowed_here 0/values'])
  t.strictSame(faultsOf({ field: 'city', op: 'in', value: 'a' }), ['not_allowed_here 0/value', 'required 0/values'])
  t.strictSame(faultsOf({ field: 'city', op: 'in', values: [] }), ['too_few 0/values'])
  t.strictSame(faultsOf({ field: 'city', op: 'in', values: 'DE' }), ['invalid_type 0/values'])
  t.strictSame(faultsOf({ field: 'city', op: 'is_set', value: 'a' }), ['not_allowed_here 0/value'])
  t.strictSame(faultsOf({ field: 'city', op: 'eq', value: 'a', values: null, behaviour: null }), [])
})

t.test('a value that cannot be compared is refused', async (t) => {
  for (const value of ['', 5, true, {}, 'a\0b', '\ud800', 'x'.repeat(1_001)]) {
    t.strictSame(
      faultsOf({ field: 'city', op: 'eq', value }),
      ['invalid_value 0/value'],
      JSON.stringify(value).slice(0, 20),
    )
  }
  t.strictSame(faultsOf({ field: 'city', op: 'in', values: ['a', '', 7] }), [
    'invalid_value 0/values/1',
    'invalid_value 0/values/2',
  ])
})

const READINGS: [field: string, op: string, good: string[], bad: string[]][] = [
  [
    'score',
    'gte',
    ['0', '60', '-5', '9007199254740991'],
    ['60.0', '06', '+6', '1e3', ' 6', '9007199254740992', 'NaN', '٦'],
  ],
  [
    'custom_fields.budget',
    'lt',
    ['0', '-1.50', '1e3', '1E-7', '0.1'],
    ['1,5', '.5', '5.', '1e999', 'Infinity', '0x10', '01'],
  ],
  ['archived', 'eq', ['true', 'false'], ['True', '1', 'yes']],
  ['created_at', 'within_days', ['0', '30', '36500'], ['-1', '1.5', '36501', '1e3', ' 3']],
  ['custom_fields.plan', 'eq', ['gold', 'GOLD'], ['bronze']],
  ['owner_id', 'eq', ['user_01h455vb4pex5vsknk084sn02q'], ['lead_01h455vb4pex5vsknk084sn02q', 'user_1', 'me']],
  [
    'custom_fields.renews_on',
    'eq',
    ['2024-02-29', '2000-02-29', '0001-01-01', '9998-12-31'],
    [
      '2023-02-29',
      '1900-02-29',
      '2024-04-31',
      '2024-1-1',
      '24-01-01',
      '0000-01-01',
      '9999-01-01',
      '2024-02-29T00:00:00Z',
    ],
  ],
  [
    'created_at',
    'lt',
    ['2024-02-29', '2024-02-29T10:00:00Z', '2024-02-29T10:00:00.123456789+05:30', '2024-12-31T23:59:59-23:59'],
    [
      ...[
        '2024-02-29T10:00:00',
        '2024-02-29 10:00:00Z',
        '2024-02-29T24:00:00Z',
        '2024-02-29T10:00:60Z',
        '2024-02-30T10:00:00Z',
      ],
      ...[
        '2024-02-29T10:00Z',
        '2024-02-29T10:00:00.Z',
        '2024-02-29T10:00:00+0530',
        '2024-02-29T10:00:00z',
        'now',
        '1709200800',
      ],
      ...['0001-01-01T00:00:00+01:00', '9998-12-31T23:59:59-01:00', '2024-02-29T10:00:00Z\n'],
    ],
  ],
]

t.test('a value is read strictly by the type of its field', async (t) => {
  for (const [field, op, good, bad] of READINGS) {
    for (const value of good) t.strictSame(faultsOf({ field, op, value }), [], `${field} ${op} ${value}`)
    for (const value of bad)
      t.strictSame(faultsOf({ field, op, value }), ['invalid_value 0/value'], `${field} ${op} ${value}`)
  }
  t.equal(detailOf({ field: 'custom_fields.plan', op: 'eq', value: 'x' }), 'Must be one of: gold, silver.')
  t.strictSame(
    faultsOf({ field: 'custom_fields.plan', op: 'contains', value: 'old' }),
    [],
    'a part need not be an option',
  )
})

t.test('behaviour is refused where no events are kept', async (t) => {
  t.strictSame(faultsOf({ op: 'did', behaviour: { event: 'x' } }), ['operator_not_allowed 0/op'])
})

t.test('a behaviour term is checked like any other', async (t) => {
  const withEvents = leadFieldCatalogue([], [BEHAVIOUR_FIELD])
  const faults = (term: unknown) => {
    const verdict = validateCondition({ any: [{ all: [term] }] }, withEvents)
    return verdict.ok ? [] : verdict.faults.map((fault) => `${fault.code} ${fault.pointer.replace('/any/0/all/0', '')}`)
  }
  const full = { event: 'page_viewed', min_count: 3, within_days: 7, properties: { path: '/pricing' } }
  t.strictSame(faults({ op: 'did', behaviour: full }), [])
  t.strictSame(
    faults({ op: 'did_not', field: null, behaviour: { event: 'x', min_count: null, within_days: null } }),
    [],
  )
  t.strictSame(faults({ op: 'did' }), ['required /behaviour'])
  t.strictSame(faults({ op: 'did', field: 'city', value: 'x', behaviour: { event: 'x' } }), [
    'not_allowed_here /field',
    'not_allowed_here /value',
  ])
  t.strictSame(faults({ op: 'is_set', field: 'city', behaviour: { event: 'x' } }), ['not_allowed_here /behaviour'])
  t.strictSame(faults({ op: 'eq', field: 'behaviour', value: 'x' }), ['operator_not_allowed /op'])
  t.strictSame(
    faults({ op: 'did', behaviour: { min_count: 0, within_days: '7', properties: { a: 1, 'b/': '' }, often: 1 } }),
    [
      'unknown_field /behaviour/often',
      'required /behaviour/event',
      'invalid_value /behaviour/min_count',
      'invalid_value /behaviour/within_days',
      'invalid_value /behaviour/properties/a',
      'invalid_value /behaviour/properties/b~1',
    ],
  )
  const many = Object.fromEntries(Array.from({ length: 11 }, (_, i) => [`p${i}`, 'x']))
  t.strictSame(faults({ op: 'did', behaviour: { event: 'x', properties: many } }), ['too_many /behaviour/properties'])
  t.strictSame(faults({ op: 'did', behaviour: { event: 'x', properties: [] } }), ['invalid_type /behaviour/properties'])
})

t.test('any JSON gets a verdict, and every fault points to a place in it', async () => {
  const word = fc.constantFrom(
    'any',
    'all',
    'field',
    'op',
    'value',
    'values',
    'behaviour',
    'city',
    'score',
    ...CONDITION_OPERATORS,
  )
  const { tree } = fc.letrec((tie) => ({
    tree: fc.oneof(
      { maxDepth: 5 },
      fc.oneof(word, fc.jsonValue({ maxDepth: 1 })),
      fc.array(tie('tree'), { maxLength: 3 }),
      fc.dictionary(word, tie('tree'), { maxKeys: 4 }),
      fc.record({ any: fc.array(fc.record({ all: fc.array(tie('tree'), { maxLength: 3 }) }), { maxLength: 3 }) }),
    ),
  }))
  fc.assert(
    fc.property(tree, (raw) => {
      const verdict = validateCondition(raw, catalogue)
      return (
        verdict.ok || (verdict.faults.length > 0 && verdict.faults.every((fault) => leadsSomewhere(raw, fault.pointer)))
      )
    }),
    { numRuns: 2_000 },
  )
})

function leadsSomewhere(raw: unknown, pointer: string): boolean {
  const steps = pointer
    .split('/')
    .slice(1)
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'))
  let place = raw
  for (const step of steps) {
    if (typeof place !== 'object' || place === null) return false
    place = (place as Record<string, unknown>)[step]
  }
  return true
}
