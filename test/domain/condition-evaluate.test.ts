import fc from 'fast-check'
import t from 'tap'
import { type ConditionEvent, leadConditionFacts } from '../../src/domain/condition/condition-facts.ts'
import type { Condition, ConditionTerm } from '../../src/domain/condition/condition-shape.ts'
import { explainCondition, matchesCondition } from '../../src/domain/condition/evaluate-condition.ts'
import { BEHAVIOUR_FIELD, leadFieldCatalogue } from '../../src/domain/condition/field-catalogue.ts'
import { compareText, foldText } from '../../src/domain/condition/fold-text.ts'
import { nextTimeChange } from '../../src/domain/condition/next-change.ts'
import { validateCondition } from '../../src/domain/condition/validate-condition.ts'
import type { LeadFacts } from '../../src/domain/lead.ts'

const NOW = new Date('2026-05-10T12:00:00.000Z')
const DAY = 86_400_000

const catalogue = leadFieldCatalogue(
  [
    { key: 'note', type: 'text' },
    { key: 'seats', type: 'integer' },
    { key: 'topics', type: 'options' },
    { key: 'renews_on', type: 'date' },
    { key: 'demo_at', type: 'timestamp' },
  ],
  [BEHAVIOUR_FIELD, { name: 'score', type: 'integer', source: { kind: 'column', name: 'score' } }],
)

function compile(condition: Condition) {
  const verdict = validateCondition(condition, catalogue)
  if (!verdict.ok) throw new Error(JSON.stringify(verdict.faults))
  return verdict.condition
}

/** Only the fields that a test is about; the others are missing, which is blank. */
function factsOf(lead: object, events: ConditionEvent[] = []) {
  return leadConditionFacts({ custom_fields: {}, ...lead } as LeadFacts, events)
}

function holds(lead: object, term: ConditionTerm, now = NOW): boolean {
  return matchesCondition(compile({ any: [{ all: [term] }] }), factsOf(lead), now)
}

t.test('any group is enough, and a group needs all of its terms', async (t) => {
  const german: ConditionTerm = { field: 'country', op: 'eq', value: 'DE' }
  const hot: ConditionTerm = { field: 'score', op: 'gte', value: '60' }
  const condition = compile({ any: [{ all: [german, hot] }, { all: [{ field: 'tags', op: 'eq', value: 'vip' }] }] })
  const matches = (lead: object) => matchesCondition(condition, factsOf(lead), NOW)
  t.equal(matches({ country: 'DE', score: 60 }), true)
  t.equal(matches({ country: 'DE', score: 59 }), false)
  t.equal(matches({ tags: ['vip'] }), true)
  t.equal(matches({}), false)
})

const TRUTHS: [text: string, lead: object, term: ConditionTerm, expected: boolean][] = [
  ['ASCII case is ignored', { city: 'BERLIN' }, { field: 'city', op: 'eq', value: 'berlin' }, true],
  ['other case is not', { city: 'Ünal' }, { field: 'city', op: 'eq', value: 'ünal' }, false],
  ['ASCII case is ignored next to other letters', { city: 'KöLN' }, { field: 'city', op: 'eq', value: 'Köln' }, true],
  ['space is not trimmed', { city: 'Berlin ' }, { field: 'city', op: 'eq', value: 'Berlin' }, false],
  ['a part is found', { job_title: 'Head of Sales' }, { field: 'job_title', op: 'contains', value: 'HEAD OF' }, true],
  ['a pattern sign is itself', { job_title: 'Head' }, { field: 'job_title', op: 'contains', value: '%' }, false],
  ['a beginning is found', { postal_code: '10115' }, { field: 'postal_code', op: 'starts_with', value: '10' }, true],
  ['postcodes have an order', { postal_code: '10115' }, { field: 'postal_code', op: 'lt', value: '20000' }, true],
  ['one of several', { country: 'AT' }, { field: 'country', op: 'in', values: ['de', 'at'] }, true],
  ['none of several', { country: 'CH' }, { field: 'country', op: 'not_in', values: ['de', 'at'] }, true],
  ['any tag equals', { tags: ['a', 'VIP'] }, { field: 'tags', op: 'eq', value: 'vip' }, true],
  ['a part of a tag does not', { tags: ['vips'] }, { field: 'tags', op: 'contains', value: 'vip' }, false],
  ['no tag may equal', { tags: ['a', 'vip'] }, { field: 'tags', op: 'neq', value: 'vip' }, false],
  ['a list without text is blank', { tags: ['', null] }, { field: 'tags', op: 'is_set' }, false],
  ['empty text is blank', { city: '' }, { field: 'city', op: 'is_not_set' }, true],
  ['zero is set', { score: 0 }, { field: 'score', op: 'is_set' }, true],
  ['false is set', { archived: false }, { field: 'archived', op: 'is_set' }, true],
  [
    'a number as text is blank',
    { custom_fields: { seats: '5' } },
    { field: 'custom_fields.seats', op: 'eq', value: '5' },
    false,
  ],
  ['a text as number is blank', { custom_fields: { note: 5 } }, { field: 'custom_fields.note', op: 'is_set' }, false],
  [
    '3.5 seats are more than 3',
    { custom_fields: { seats: 3.5 } },
    { field: 'custom_fields.seats', op: 'gt', value: '3' },
    true,
  ],
  [
    'a uuid is found by its id',
    { owner_id: '01890a5d-ac96-774b-bcce-b302099a8057' },
    { field: 'owner_id', op: 'eq', value: 'user_01h455vb4pex5vsknk084sn02q' },
    true,
  ],
  [
    'a day is the whole UTC day',
    { created_at: '2026-05-01T23:59:59.999Z' },
    { field: 'created_at', op: 'eq', value: '2026-05-01' },
    true,
  ],
  [
    'up to a day includes it',
    { created_at: '2026-05-01T23:59:59.999Z' },
    { field: 'created_at', op: 'lte', value: '2026-05-01' },
    true,
  ],
  [
    'after a day excludes it',
    { created_at: '2026-05-01T23:59:59.999Z' },
    { field: 'created_at', op: 'gt', value: '2026-05-01' },
    false,
  ],
  [
    'an instant may be in any zone',
    { created_at: '2026-05-01T10:00:00.000Z' },
    { field: 'created_at', op: 'eq', value: '2026-05-01T12:00:00+02:00' },
    true,
  ],
  [
    'a moment in another form is blank',
    { created_at: '2026-05-01T10:00:00Z' },
    { field: 'created_at', op: 'is_set' },
    false,
  ],
  [
    'a day that no calendar has is blank',
    { custom_fields: { renews_on: '2023-02-29' } },
    { field: 'custom_fields.renews_on', op: 'is_set' },
    false,
  ],
]

for (const [text, lead, term, expected] of TRUTHS) {
  t.test(text, async (t) => t.equal(holds(lead, term), expected))
}

t.test('a blank satisfies no positive operator and every negative one', async (t) => {
  const positive: ConditionTerm[] = [
    ...(['eq', 'lt', 'lte', 'gt', 'gte', 'contains', 'starts_with'] as const).map((op) => ({
      field: 'city',
      op,
      value: 'b',
    })),
    { field: 'city', op: 'in', values: ['b'] },
    { field: 'city', op: 'is_set' },
    { field: 'created_at', op: 'within_days', value: '9' },
    { field: 'created_at', op: 'older_than_days', value: '9' },
    { field: 'created_at', op: 'lt', value: '2026-01-01' },
    { field: 'score', op: 'lt', value: '5' },
    { field: 'archived', op: 'eq', value: 'false' },
    { field: 'tags', op: 'contains', value: 'b' },
  ]
  const negative: ConditionTerm[] = [
    { field: 'city', op: 'neq', value: 'b' },
    { field: 'city', op: 'not_in', values: ['b'] },
    { field: 'city', op: 'not_contains', value: 'b' },
    { field: 'city', op: 'is_not_set' },
    { field: 'score', op: 'neq', value: '5' },
    { field: 'archived', op: 'neq', value: 'false' },
    { field: 'tags', op: 'not_contains', value: 'b' },
  ]
  for (const blank of [
    {},
    { city: null, created_at: null, score: null, archived: null, tags: null },
    { city: '', tags: [] },
  ]) {
    for (const term of positive) t.equal(holds(blank, term), false, `${term.field} ${term.op}`)
    for (const term of negative) t.equal(holds(blank, term), true, `${term.field} ${term.op}`)
  }
})

t.test('a value of the past is either within the days or older, to the millisecond', async (t) => {
  const judge = (at: number) =>
    (['within_days', 'older_than_days'] as const).map((op) =>
      holds({ created_at: new Date(at).toISOString() }, { field: 'created_at', op, value: '7' }),
    )
  t.strictSame(judge(NOW.getTime() + 1), [false, false], 'the future is neither')
  t.strictSame(judge(NOW.getTime()), [true, false])
  t.strictSame(judge(NOW.getTime() - 7 * DAY), [true, false])
  t.strictSame(judge(NOW.getTime() - 7 * DAY - 1), [false, true])
})

t.test('days of a date are UTC calendar days', async (t) => {
  const judge = (renews_on: string, value: string) =>
    (['within_days', 'older_than_days'] as const).map((op) =>
      holds({ custom_fields: { renews_on } }, { field: 'custom_fields.renews_on', op, value }),
    )
  t.strictSame(judge('2026-05-11', '1'), [false, false])
  t.strictSame(judge('2026-05-10', '0'), [true, false])
  t.strictSame(judge('2026-05-09', '0'), [false, true])
  t.strictSame(judge('2026-05-09', '1'), [true, false])
})

t.test('behaviour counts the events of that name with those properties within the days', async (t) => {
  const visit = (daysAgo: number, path: unknown): ConditionEvent => ({
    name: 'page_viewed',
    occurredAt: NOW.getTime() - daysAgo * DAY,
    properties: { path },
  })
  const events = [
    visit(7, '/pricing'),
    visit(1, '/Pricing'),
    visit(8, '/pricing'),
    visit(2, '/blog'),
    visit(3, 5),
    visit(-1, '/pricing'),
  ]
  const did = (behaviour: Omit<ConditionTerm['behaviour'] & object, 'event'>) =>
    matchesCondition(
      compile({ any: [{ all: [{ op: 'did', behaviour: { event: 'page_viewed', ...behaviour } }] }] }),
      factsOf({}, events),
      NOW,
    )
  const pricing = { path: '/PRICING' }
  t.equal(did({}), true)
  t.equal(did({ min_count: 5 }), true, 'the future does not count')
  t.equal(did({ min_count: 6 }), false)
  t.equal(did({ min_count: 2, within_days: 7, properties: pricing }), true)
  t.equal(did({ min_count: 3, within_days: 7, properties: pricing }), false)
  t.equal(did({ min_count: 3, properties: pricing }), true)
  t.equal(did({ properties: { path: '5' } }), false, 'a number is no text')
  t.equal(did({ properties: { referrer: 'x' } }), false)
})

t.test('an explanation has the verdict of each term and the value that it saw', async (t) => {
  const condition = compile({
    any: [
      {
        all: [
          { field: 'country', op: 'in', values: ['DE'] },
          { field: 'score', op: 'gte', value: '60' },
        ],
      },
      {
        all: [
          { field: 'tags', op: 'eq', value: 'vip' },
          { op: 'did_not', behaviour: { event: 'signed_up' } },
        ],
      },
    ],
  })
  const facts = factsOf({ country: 'DE', score: 'high', tags: ['VIP', ''] }, [
    { name: 'signed_up', occurredAt: 0, properties: {} },
  ])
  t.strictSame(explainCondition(condition, facts, NOW), {
    matches: false,
    groups: [
      {
        matches: false,
        terms: [
          { field: 'country', op: 'in', matches: true, saw: 'DE' },
          { field: 'score', op: 'gte', matches: false, saw: null },
        ],
      },
      {
        matches: false,
        terms: [
          { field: 'tags', op: 'eq', matches: true, saw: ['VIP'] },
          { field: 'behaviour', op: 'did_not', matches: false, saw: 1 },
        ],
      },
    ],
  })
})

t.test('folding changes A-Z and nothing else', async () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      const expected = [...text]
        .map((letter) => (letter >= 'A' && letter <= 'Z' ? letter.toLowerCase() : letter))
        .join('')
      return foldText(text) === expected
    }),
  )
})

t.test('texts are ordered by code point, as their UTF-8 bytes are', async () => {
  const text = fc.string({
    unit: fc.constantFrom('a', 'b', '\uD7FF', '\uE000', '\uFFFD', '\u{10000}', '\u{10FFFF}'),
    maxLength: 4,
  })
  fc.assert(
    fc.property(text, text, (a, b) => Math.sign(compareText(a, b)) === Buffer.compare(Buffer.from(a), Buffer.from(b))),
  )
})

t.test('a condition without terms about time never changes by itself', async (t) => {
  const condition = compile({ any: [{ all: [{ field: 'created_at', op: 'lt', value: '2030-01-01' }] }] })
  t.equal(nextTimeChange(condition, factsOf({ created_at: NOW.toISOString() }), NOW), null)
})

t.test('the next change is the first moment at which a verdict turns', async (t) => {
  const next = (lead: object, term: ConditionTerm, events: ConditionEvent[] = []) =>
    nextTimeChange(compile({ any: [{ all: [term] }] }), factsOf(lead, events), NOW)?.toISOString()
  const created = { created_at: '2026-05-09T12:00:00.000Z' }
  t.equal(next(created, { field: 'created_at', op: 'within_days', value: '7' }), '2026-05-16T12:00:00.001Z')
  t.equal(next(created, { field: 'created_at', op: 'older_than_days', value: '7' }), '2026-05-16T12:00:00.001Z')
  t.equal(next(created, { field: 'created_at', op: 'within_days', value: '0' }), undefined, 'it is over')
  t.equal(next({}, { field: 'created_at', op: 'within_days', value: '7' }), undefined, 'a blank stays blank')
  const renewal = { custom_fields: { renews_on: '2026-06-01' } }
  t.equal(
    next(renewal, { field: 'custom_fields.renews_on', op: 'within_days', value: '3' }),
    '2026-06-01T00:00:00.000Z',
  )
  t.equal(
    next(renewal, { field: 'custom_fields.renews_on', op: 'older_than_days', value: '3' }),
    '2026-06-05T00:00:00.000Z',
  )
  const twice: ConditionTerm = { op: 'did', behaviour: { event: 'x', min_count: 2, within_days: 10 } }
  const events = [1, 5, 3].map((days) => ({ name: 'x', occurredAt: NOW.getTime() - days * DAY, properties: {} }))
  t.equal(next({}, twice, events), '2026-05-17T12:00:00.001Z', 'the second newest leaves the window')
  t.equal(next({}, { op: 'did', behaviour: { event: 'x' } }, events), undefined, 'ever has no window')
})

t.test('until the next change no verdict turns, and at it one does', async () => {
  const moment = fc
    .integer({ min: -40 * 24, max: 40 * 24 })
    .map((hours) => new Date(NOW.getTime() + hours * 3_600_000 + (hours % 2)))
  const days = fc.constantFrom('0', '1', '7', '30')
  const op = fc.constantFrom('within_days' as const, 'older_than_days' as const)
  const field = fc.constantFrom('created_at', 'custom_fields.demo_at', 'custom_fields.renews_on')
  const term: fc.Arbitrary<ConditionTerm> = fc.oneof(
    fc.record({ field, op, value: days }),
    fc.record({
      op: fc.constantFrom('did' as const, 'did_not' as const),
      behaviour: fc.record({
        event: fc.constant('x'),
        min_count: fc.constantFrom(1, 2, 3),
        within_days: fc.constantFrom(0, 1, 7, 30, null),
      }),
    }),
  )
  fc.assert(
    fc.property(
      fc.array(term, { minLength: 1, maxLength: 4 }),
      fc.tuple(moment, moment, moment),
      fc.array(
        moment.filter((at) => at <= NOW),
        { maxLength: 4 },
      ),
      fc.double({ min: 0, max: 1, noNaN: true }),
      (all, [created, demo, renewal], times, part) => {
        const condition = compile({ any: [{ all }] })
        const custom_fields = { demo_at: demo.toISOString(), renews_on: renewal.toISOString().slice(0, 10) }
        const events = times.map((at) => ({ name: 'x', occurredAt: at.getTime(), properties: {} }))
        const facts = factsOf({ created_at: created.toISOString(), custom_fields }, events)
        const verdictsAt = (at: number) =>
          explainCondition(condition, facts, new Date(at))
            .groups[0]!.terms.map((explained) => explained.matches)
            .join()
        const next = nextTimeChange(condition, facts, NOW)
        const last = next === null ? NOW.getTime() + 400 * DAY : next.getTime() - 1
        const between = NOW.getTime() + Math.floor(part * (last - NOW.getTime()))
        const before = verdictsAt(NOW.getTime())
        if (verdictsAt(last) !== before || verdictsAt(between) !== before) return false
        return next === null || (next > NOW && verdictsAt(next.getTime()) !== before)
      },
    ),
    { numRuns: 2_000 },
  )
})
