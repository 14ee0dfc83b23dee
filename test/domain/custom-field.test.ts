import fc from 'fast-check'
import t from 'tap'
import {
  CUSTOM_FIELD_TYPES,
  type CustomField,
  type CustomFieldType,
  customFieldRules,
} from '../../src/domain/custom-field.ts'
import { findCustomFieldFaults, findRemovals } from '../../src/domain/custom-field-faults.ts'
import { coerceCustomFields, readCustomFields } from '../../src/domain/custom-field-map.ts'
import { coerceCustomValue, readCustomValue } from '../../src/domain/custom-field-value.ts'

const option = (value: string, label = value) => ({ value, label, archived: false })

function field(type: CustomFieldType, more: Partial<CustomField> = {}): CustomField {
  const options = type === 'option' || type === 'options' ? [option('red', 'Rot'), option('blue', 'Blau')] : []
  return { key: 'x', label: 'X', type, options, archived: false, ...more }
}

const read = (type: CustomFieldType, raw: unknown) => {
  const verdict = readCustomValue(field(type), raw)
  return verdict.ok ? verdict.value : verdict.code
}
const coerce = (type: CustomFieldType, raw: unknown) => {
  const verdict = coerceCustomValue(field(type), raw)
  return verdict.ok ? verdict.value : verdict.code
}

t.test('a program sends values of their type, in any spelling of their normal form', async (t) => {
  t.equal(read('text', ' as it is '), ' as it is ')
  t.equal(read('integer', 12), 12)
  t.equal(read('number', 1.5), 1.5)
  t.equal(read('boolean', false), false)
  t.equal(read('date', '2024-02-29'), '2024-02-29')
  t.equal(read('timestamp', '2024-05-01T12:00:00+02:00'), '2024-05-01T10:00:00.000Z')
  t.equal(read('option', 'red'), 'red')
  t.strictSame(read('options', ['blue', 'red', 'blue']), ['blue', 'red'])
})

t.test('null, an empty text and an empty list are no value', async (t) => {
  for (const type of CUSTOM_FIELD_TYPES) {
    t.equal(read(type, null), null)
    t.equal(read(type, ''), null)
  }
  t.equal(read('options', []), null)
})

t.test('a value of another type is refused, never bent', async (t) => {
  const bad: [CustomFieldType, unknown][] = [
    ['text', 5],
    ['text', ['a']],
    ['integer', '12'],
    ['integer', 1.5],
    ['integer', 2 ** 53],
    ['number', '1.5'],
    ['number', Number.NaN],
    ['boolean', 'true'],
    ['date', 20240229],
    ['options', 'red'],
    ['options', {}],
  ]
  for (const [type, value] of bad) t.equal(read(type, value), 'invalid_type', `${type} ${String(value)}`)
  for (const day of ['2023-02-29', '2024-2-9', '01.02.2024', '0000-01-01', '2024-02-29T00:00:00Z', 'infinity'])
    t.equal(read('date', day), 'invalid_format', day)
  for (const moment of ['2024-05-01', 'now', '2024-05-01T25:00:00Z', '2024-05-01T10:00:00'])
    t.equal(read('timestamp', moment), 'invalid_format', moment)
  t.equal(read('option', 'Rot'), 'unknown_option')
  t.equal(read('options', ['red', 'Rot']), 'unknown_option')
  t.equal(read('text', 'x'.repeat(20_001)), 'too_long')
  t.equal(read('text', '😀'.repeat(20_000)), '😀'.repeat(20_000), 'characters are code points')
})

t.test('a form sends text, which becomes the type where it can mean only one thing', async (t) => {
  t.equal(coerce('integer', ' 12 '), 12)
  t.equal(coerce('integer', '-5'), -5)
  t.equal(coerce('number', '12.50'), 12.5)
  t.equal(coerce('boolean', 'on'), true)
  t.equal(coerce('boolean', 'No'), false)
  t.equal(coerce('option', 'RED'), 'red')
  t.equal(coerce('option', 'Blau'), 'blue')
  t.strictSame(coerce('options', 'red'), ['red'])
  t.strictSame(coerce('options', ['Rot', 'blue']), ['red', 'blue'])
  t.equal(coerce('text', ['a', 'b']), 'a, b')
  t.equal(coerce('text', 5), '5')
  t.equal(coerce('date', ['2024-02-29']), '2024-02-29')
  t.equal(coerce('text', '   '), null)
})

t.test('what could mean two things is not guessed', async (t) => {
  for (const text of ['1,000', '1.5', '12 seats', '', '1e3'].filter(Boolean))
    t.equal(coerce('integer', text), 'invalid_type')
  t.equal(coerce('number', '1,5'), 'invalid_type')
  t.equal(coerce('number', '0.1000000000000000055511151231257827'), 'invalid_type', 'digits that a double would lose')
  t.equal(coerce('integer', '9007199254740993'), 'invalid_type')
  t.equal(coerce('boolean', 'maybe'), 'invalid_type')
  t.equal(coerce('date', ['2024-02-29', '2024-03-01']), 'invalid_type')
  t.equal(coerce('option', 'green'), 'unknown_option')
  t.equal(coerce('text', { a: 1 }), 'invalid_type')
})

t.test('an object with members named like methods is refused like any other', async (t) => {
  for (const type of CUSTOM_FIELD_TYPES) {
    for (const value of [{ toString: '' }, { valueOf: 1, toString: 1 }, [{ toString: null }]]) {
      t.match(coerce(type, value), type === 'options' ? 'unknown_option' : 'invalid_type', type)
    }
  }
})

t.test('reading a stored value again changes nothing, whatever was sent', async () => {
  const anyType = fc.constantFrom(...CUSTOM_FIELD_TYPES)
  const anyValue = fc.oneof(
    fc.jsonValue({ maxDepth: 2 }),
    fc.constantFrom('red', 'Rot', '12', '1.50', 'yes', '2024-02-29'),
  )
  fc.assert(
    fc.property(anyType, anyValue, (type, value) => {
      const stored = coerceCustomValue(field(type), value)
      if (!stored.ok || stored.value === null) return true
      const again = readCustomValue(field(type), JSON.parse(JSON.stringify(stored.value)))
      return again.ok && JSON.stringify(again.value) === JSON.stringify(stored.value)
    }),
    { numRuns: 2_000 },
  )
})

t.test('an undefined key is refused, or kept within bounds where the workspace wants it', async (t) => {
  const strict = customFieldRules([field('integer')], false)
  const open = customFieldRules([field('integer')], true)
  t.strictSame(readCustomFields(strict, { x: 1, y: 2, z: null }, '/custom_fields'), {
    values: { x: 1, z: null },
    faults: [{ code: 'unknown_custom_field', detail: 'No such custom field is defined.', pointer: '/custom_fields/y' }],
  })
  t.strictSame(readCustomFields(open, { y: { a: [1] } }, '').values, { y: { a: [1] } })
  const nested = JSON.parse('['.repeat(9) + ']'.repeat(9))
  const codes = readCustomFields(open, { y: nested, 'a/b': 1, z: 'x'.repeat(9_000) }, '').faults
  t.strictSame(
    codes.map(({ code, pointer }) => `${code} ${pointer}`),
    ['too_deep /y', 'invalid_key /a~1b', 'too_long /z'],
  )
})

t.test('what a form sends and nobody can store is named, and the rest is kept', async (t) => {
  const rules = customFieldRules([field('integer'), field('text', { key: 'note' })], false)
  t.strictSame(coerceCustomFields(rules, { x: 'many', note: 'hi', other: '1', blank: '' }), {
    values: { note: 'hi' },
    issues: [
      { field: 'custom_fields.x', code: 'invalid_type', detail: 'Must be a whole number within 2^53.' },
      { field: 'custom_fields.other', code: 'unknown_custom_field', detail: 'No such custom field is defined.' },
      { field: 'custom_fields.blank', code: 'unknown_custom_field', detail: 'No such custom field is defined.' },
    ],
  })
})

t.test('definitions that contradict themselves are refused with their places', async (t) => {
  const lead = [
    field('text'),
    field('option', { options: [] }),
    field('text', { key: 'y', options: [option('a')] }),
    field('option', { key: 'z', options: [option('a'), option('a')] }),
    field('colour' as CustomFieldType, { key: 'w' }),
  ]
  t.strictSame(
    findCustomFieldFaults({ lead, account: [] }).map(({ code, pointer }) => `${code} ${pointer}`),
    [
      'duplicate_key /lead/1/key',
      'required /lead/1/options',
      'not_allowed /lead/2/options',
      'duplicate_value /lead/3/options/1/value',
      'invalid_value /lead/4/type',
    ],
  )
})

t.test('a missing field, another type and a missing option are removals; archiving is none', async (t) => {
  const before = { lead: [field('option'), field('text', { key: 'y' }), field('text', { key: 'z' })], account: [] }
  const after = {
    lead: [field('option', { options: [option('red')] }), field('integer', { key: 'y' })],
    account: [],
  }
  t.strictSame(findRemovals(before, after), [
    { object: 'lead', key: 'x', option: 'blue' },
    { object: 'lead', key: 'y', option: null },
    { object: 'lead', key: 'z', option: null },
  ])
  const archived = { lead: before.lead.map((each) => ({ ...each, archived: true })), account: [] }
  t.strictSame(findRemovals(before, archived), [])
})
