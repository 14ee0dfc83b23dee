import { randomUUID } from 'node:crypto'
import fc from 'fast-check'
import t from 'tap'
import { behaviourSource } from '../../src/db/behaviour-sql.ts'
import { type Db, openDatabase, withWorkspace } from '../../src/db/client.ts'
import { conditionToSql } from '../../src/db/condition-sql.ts'
import { countEvents } from '../../src/domain/behaviour/count-events.ts'
import type { CompiledBehaviour, CompiledCondition } from '../../src/domain/condition/compiled-condition.ts'
import { type ConditionEvent, leadConditionFacts } from '../../src/domain/condition/condition-facts.ts'
import {
  CONDITION_OPERATORS,
  type Condition,
  type ConditionOperator,
  type ConditionTerm,
} from '../../src/domain/condition/condition-shape.ts'
import { explainCondition, matchesCondition } from '../../src/domain/condition/evaluate-condition.ts'
import {
  BEHAVIOUR_FIELD,
  type FieldDefinition,
  type FieldType,
  leadFieldCatalogue,
  OPERATORS_OF_TYPE,
} from '../../src/domain/condition/field-catalogue.ts'
import { validateCondition } from '../../src/domain/condition/validate-condition.ts'
import type { LeadFacts } from '../../src/domain/lead.ts'
import { encodeTypeId } from '../../src/domain/type-id.ts'
import { loadBehaviour } from '../../src/pipeline/events/load-behaviour.ts'
import { behavioursIn } from '../../src/pipeline/facts/asked-behaviours.ts'
import { testDatabase } from '../helpers/database.ts'

const WORKSPACE = '018f0000-0000-7000-8000-000000000001'
const OTHER_WORKSPACE = '018f0000-0000-7000-8000-000000000002'
const LEADS = 200
/** Midnight of the day after a leap day, and a moment within a day: both edges of "n days ago". */
const NOWS = [Date.UTC(2024, 2, 1), Date.UTC(2024, 2, 1, 13, 30, 0, 250)]
const DAY = 86_400_000

const catalogue = leadFieldCatalogue(
  [
    { key: 'note', type: 'text' },
    { key: 'plan', type: 'option', options: ['Gold', 'SILVER', 'ü'] },
    { key: 'topics', type: 'options' },
    { key: 'seats', type: 'integer' },
    { key: 'budget', type: 'number' },
    { key: 'signed', type: 'boolean' },
    { key: 'renews_on', type: 'date' },
    { key: 'constructor', type: 'timestamp' },
  ],
  [
    BEHAVIOUR_FIELD,
    { name: 'score', type: 'integer', source: { kind: 'column', name: 'score' } },
    { name: 'balance', type: 'number', source: { kind: 'column', name: 'balance' } },
    { name: 'born_on', type: 'date', source: { kind: 'column', name: 'born_on' } },
  ],
)
const definitions = [...catalogue.values()]
/** One field of each type and place; every operator of each is asked in every round. */
const representatives = definitions.filter(
  (field) =>
    field === definitions.find((other) => other.type === field.type && other.source.kind === field.source.kind),
)

const COLUMN_TYPE: Record<FieldType, string> = {
  text: 'text',
  text_list: 'text[]',
  integer: 'integer',
  number: 'double precision',
  boolean: 'boolean',
  timestamp: 'timestamptz(3)',
  date: 'date',
  id: 'uuid',
  behaviour: '',
}

interface BotOrNot extends ConditionEvent {
  isBot: boolean
}

interface StoredLead extends LeadFacts {
  events: BotOrNot[]
}

// Texts that differ by case inside and outside ASCII, by normal form, by their order as UTF-16 and as UTF-8, and that
// mean something in a pattern, an array literal or a string literal.
const TEXTS = [
  ...['Berlin', 'berlin', 'BERLIN-Mitte', 'ber', 'Ünal', 'ünal', 'ÜNAL', 'Straße', 'STRASSE', 'İstanbul', 'istanbul'],
  ...[
    '\u212Aelvin',
    'kelvin',
    'e\u0301',
    '\u00e9',
    '😀',
    '😀a',
    '\uE000',
    '\uFFFD',
    '%',
    '_',
    'a%b',
    'A_B',
    '\\',
    "o'k",
  ],
  ...[
    '{x,"y"}',
    '$1',
    ' berlin',
    'berlin ',
    '10115',
    '9',
    'null',
    'Gold',
    'gold',
    'SILVER',
    '\n',
    '\u0001',
    'z'.repeat(300),
  ],
]
const INTEGERS = [0, 1, 2, -7, 60, 2_147_483_647, -2_147_483_648]
const NUMBERS = [
  ...INTEGERS,
  0.1,
  0.30000000000000004,
  3.5,
  1e21,
  5e-324,
  1.7976931348623157e308,
  Number.MAX_SAFE_INTEGER,
]
const DAY_OFFSETS = [-36_500, -366, -30, -7, -2, -1, 0, 1, 7]
const MOMENTS = DAY_OFFSETS.flatMap((days) =>
  [-1, 0, 1].map((ms) => new Date(NOWS[days % 2 === 0 ? 0 : 1]! + days * DAY + ms)),
)
const TIMESTAMPS = MOMENTS.map((moment) => moment.toISOString())
const DATES = TIMESTAMPS.map((text) => text.slice(0, 10))
const IDS = ['018f1111-0000-7000-8000-00000000000a', '018f1111-0000-7000-8000-00000000000b']
const NO_MOMENTS = [
  ...['2023-02-29', '2024-02-30', '1900-02-29', '2024-04-31', '2024-13-01', '2024-3-1', '24-03-01', '2024-03-01\n', ''],
  ...['2024-02-30T00:00:00.000Z', '2024-03-01T24:00:00.000Z', '2024-03-01T00:00:00Z', '2024-03-01T00:00:00.000+00:00'],
  ...['2024-03-01T00:00:60.000Z', ' 2024-03-01T00:00:00.000Z', '2024-03-01T00:00:00.000Z\n', '٢٠٢٤-03-01', 'infinity'],
]

const anyText = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(...TEXTS) },
  fc.string({ unit: 'binary', maxLength: 6 }).filter((text) => !text.includes('\0')),
)
const anyJson = fc.jsonValue({ maxDepth: 2 }).filter((value) => !JSON.stringify(value).includes('\\u0000'))

function storedValue(type: FieldType): fc.Arbitrary<unknown> {
  switch (type) {
    case 'text':
      return anyText
    case 'text_list':
      return fc.array(fc.oneof({ weight: 5, arbitrary: anyText }, fc.constant(null)), { maxLength: 3 })
    case 'integer':
      return fc.constantFrom(...INTEGERS)
    case 'number':
      return fc.oneof(fc.constantFrom(...NUMBERS), fc.double({ noNaN: true, noDefaultInfinity: true }))
    case 'boolean':
      return fc.boolean()
    case 'timestamp':
      return fc.constantFrom(...TIMESTAMPS)
    case 'date':
      return fc.constantFrom(...DATES)
    default:
      return fc.constantFrom(...IDS)
  }
}

const anyCustomFields = fc.record(
  Object.fromEntries(
    definitions
      .filter((field) => field.source.kind === 'custom_field')
      .map(({ type, source }) => [
        source.name,
        fc.oneof(
          { weight: 4, arbitrary: storedValue(type) },
          fc.constant(null),
          anyJson,
          fc.constantFrom<unknown>(...NO_MOMENTS, '', '5', 'true', 0, false, [], ['', 1, null, 'GOLD', ['gold']], {}),
        ),
      ]),
  ),
  { requiredKeys: [] },
)

const EVENT_NAMES = ['page_viewed', 'Page_viewed', 'signed_up']
/** Several on one day, so that edges of windows fall between them. */
const EVENT_TIMES = MOMENTS.flatMap((moment) => [0, 0, 3_600_000, -7_200_000].map((ms) => moment.getTime() + ms))
const anyEvent: fc.Arbitrary<BotOrNot> = fc.record({
  name: fc.constantFrom(...EVENT_NAMES),
  occurredAt: fc.constantFrom(...EVENT_TIMES),
  isBot: fc.nat({ max: 5 }).map((n) => n === 0),
  properties: fc.record({ plan: fc.oneof(fc.constantFrom('Gold', 'gold', 'ü', ''), anyJson) }, { requiredKeys: [] }),
})

const anyLead: fc.Arbitrary<Omit<StoredLead, 'id'>> = fc.record({
  ...Object.fromEntries(
    definitions
      .filter((field) => field.source.kind === 'column')
      .map(({ type, source }) => [source.name, fc.option(storedValue(type), { freq: 6 })]),
  ),
  custom_fields: anyCustomFields,
  events: fc.array(anyEvent, { maxLength: 12 }),
}) as fc.Arbitrary<unknown> as fc.Arbitrary<Omit<StoredLead, 'id'>> // columns come from the catalogue, not from the type

/** A text to search for: one of the stored ones, or a part of it. */
const anyOperandText = fc
  .tuple(anyText, fc.nat({ max: 3 }), fc.option(fc.nat({ max: 4 })))
  .map(([text, start, length]) => [...text].slice(start, length === null ? undefined : start + length).join('') || 'b')

function operand(field: FieldDefinition, op: ConditionOperator): fc.Arbitrary<string> {
  if (op === 'within_days' || op === 'older_than_days') return fc.constantFrom('0', '1', '2', '7', '29', '30', '36500')
  switch (field.type) {
    case 'integer':
      return fc.constantFrom(...INTEGERS.map(String), '9007199254740991')
    case 'number':
      return fc.constantFrom(...NUMBERS.map(String), '0.10', '-0', '1E3')
    case 'boolean':
      return fc.constantFrom('true', 'false')
    case 'timestamp':
      return fc.constantFrom(...TIMESTAMPS, ...DATES, '2024-03-01T02:00:00.0009+02:00', '0001-01-01', '9998-12-31')
    case 'date':
      return fc.constantFrom(...DATES, '0001-01-01', '9998-12-31')
    case 'id':
      return fc.constantFrom(...IDS).map((uuid) => encodeTypeId(field.idKind, uuid))
    default:
      return field.enum && ['eq', 'neq', 'in', 'not_in'].includes(op)
        ? fc.constantFrom(...field.enum, 'GOLD')
        : anyOperandText
  }
}

function anyTerm(field: FieldDefinition, op: ConditionOperator): fc.Arbitrary<ConditionTerm> {
  const about = { field: field.name, op }
  if (op === 'is_set' || op === 'is_not_set') return fc.constant(about)
  if (op === 'in' || op === 'not_in') {
    return fc.array(operand(field, op), { minLength: 1, maxLength: 4 }).map((values) => ({ ...about, values }))
  }
  if (op === 'did' || op === 'did_not') {
    const behaviour = fc.record(
      {
        event: fc.constantFrom(...EVENT_NAMES),
        min_count: fc.constantFrom(1, 2, 3, 5),
        within_days: fc.constantFrom(0, 1, 7, 30, null),
        properties: fc.constantFrom({}, { plan: 'GOLD' }, { plan: 'ü' }),
      },
      { requiredKeys: ['event'] },
    )
    return behaviour.map((asked) => ({ op, behaviour: asked }))
  }
  return operand(field, op).map((value) => ({ ...about, value }))
}

/** Asked of every sample: whoever viewed a page at all is kept by the first and dropped by the second. */
const PLAIN_BEHAVIOURS: ConditionTerm[] = (['did', 'did_not'] as const).map((op) => ({
  op,
  behaviour: { event: 'page_viewed' },
}))

const everyTerm = fc.tuple(
  ...PLAIN_BEHAVIOURS.map((term) => fc.constant(term)),
  ...representatives.flatMap((field) => OPERATORS_OF_TYPE[field.type].map((op) => anyTerm(field, op))),
)
const someTerm = fc
  .constantFrom(...definitions)
  .chain((field) => fc.constantFrom(...OPERATORS_OF_TYPE[field.type]).chain((op) => anyTerm(field, op)))
const someCondition: fc.Arbitrary<Condition> = fc.record({
  any: fc.array(fc.record({ all: fc.array(someTerm, { maxLength: 3 }) }), { minLength: 1, maxLength: 4 }),
})

function compile(condition: Condition): CompiledCondition {
  const verdict = validateCondition(condition, catalogue)
  if (!verdict.ok) throw new Error(JSON.stringify(verdict.faults))
  return verdict.condition
}

async function createTables(db: Db): Promise<void> {
  const columns = definitions
    .filter((field) => field.source.kind === 'column')
    .map(({ type, source }) => `${source.name} ${COLUMN_TYPE[type]}`)
  await db.query(
    `create table condition_leads (id uuid primary key, ${columns.join(', ')}, custom_fields jsonb not null)`,
  )
  for (const day of new Set(EVENT_TIMES.map((time) => new Date(time).toISOString().slice(0, 10)))) {
    await db.query('select create_event_partitions($1, $1)', [day])
  }
}

/** Stores the leads and reads them back, so that facts are what a program gets from the database. */
async function storeLeads(db: Db, leads: Omit<StoredLead, 'id'>[]): Promise<StoredLead[]> {
  const rows = leads.map((lead, i) => ({ ...lead, id: `018f2222-0000-7000-8000-${String(i).padStart(12, '0')}` }))
  const events = rows.flatMap(({ id: lead_id, events: list }) =>
    list.flatMap(({ name, properties, occurredAt, isBot }) => {
      const known = { lead_id, source: 'api', bot_probability: 0, received_at: new Date(0).toISOString() }
      const event = { ...known, name, properties, is_bot: isBot, occurred_at: new Date(occurredAt).toISOString() }
      const foreign = { ...event, name: 'signed_up', properties: { plan: 'gold' } }
      return [
        { ...event, workspace_id: WORKSPACE, id: randomUUID() },
        { ...foreign, workspace_id: OTHER_WORKSPACE, id: randomUUID() },
      ]
    }),
  )
  const counters = [WORKSPACE, OTHER_WORKSPACE].flatMap((workspace_id) =>
    countEvents(events.filter((event) => event.workspace_id === workspace_id)).map((row) => ({ workspace_id, ...row })),
  )
  await db.query('truncate condition_leads, events, lead_event_counters')
  const tables = { condition_leads: rows, events, lead_event_counters: counters }
  for (const [table, list] of Object.entries(tables)) {
    await db.query(`insert into ${table} select * from jsonb_populate_recordset(null::${table}, $1)`, [
      JSON.stringify(list),
    ])
  }
  const stored = await db.query<LeadFacts>('select * from condition_leads order by id')
  return stored.map((lead, i) => ({ ...lead, events: rows[i]!.events }))
}

/** The behaviour that these conditions ask about, as the pipeline loads it. */
async function loadBook(db: Db, leads: StoredLead[], conditions: Condition[], now: Date) {
  const ids = leads.map(({ id }) => id)
  return await withWorkspace(db, WORKSPACE, (tx) => loadBehaviour(tx, ids, behavioursIn(conditions), now))
}

async function selectMatching(db: Db, condition: CompiledCondition, now: Date): Promise<Set<string>> {
  const sources = behaviourSource(WORKSPACE)
  // The statement around has a parameter of its own, as every statement of a tenant has.
  const { text, values } = conditionToSql(condition, { firstParameter: 2, alias: 'l', now, sources })
  const sql = `select l.id from condition_leads l where l.id <> $1::uuid and ${text}`
  const rows = await db.query<{ id: string }>(sql, [WORKSPACE, ...values])
  return new Set(rows.map((row) => row.id))
}

t.test('the condition in SQL keeps exactly the leads that match in memory', async (t) => {
  const { url } = await testDatabase(t)
  const db = openDatabase({
    connectionString: url,
    max: 1,
    applicationName: 'condition-sql',
    statementTimeoutMs: 10_000,
  })
  t.teardown(() => db.close())
  await createTables(db)
  let cases = 0
  const keptSome = new Set<ConditionOperator>()
  const droppedSome = new Set<ConditionOperator>()

  const round = fc.asyncProperty(
    fc.array(anyLead, { minLength: LEADS, maxLength: LEADS, size: 'max' }),
    everyTerm,
    fc.array(someCondition, { minLength: 40, maxLength: 40, size: 'max' }),
    fc.constantFrom(...NOWS),
    async (leads, terms, conditions, epoch) => {
      const now = new Date(epoch)
      const asked = [...terms.map((term) => ({ any: [{ all: [term] }] })), ...conditions]
      const found = await storeLeads(db, leads)
      const book = await loadBook(db, found, asked, now)
      const stored = found.map((lead) => {
        const facts = leadConditionFacts(
          lead,
          lead.events.filter(({ isBot }) => !isBot),
        )
        // What the pipeline sees, from counters and as few raw events as it needs.
        const loaded = { ...facts, eventTimes: (b: CompiledBehaviour) => book.timesOf(lead.id, b, now) }
        return { lead, facts, loaded }
      })
      for (const [i, condition] of asked.entries()) {
        const compiled = compile(condition)
        const kept = await selectMatching(db, compiled, now)
        for (const { lead, facts, loaded } of stored) {
          const matches = matchesCondition(compiled, facts, now)
          const agrees = matchesCondition(compiled, loaded, now) === matches
          if (agrees && matches === kept.has(lead.id)) continue
          const story = {
            condition,
            agrees,
            inSql: kept.has(lead.id),
            inMemory: explainCondition(compiled, facts, now),
            lead,
          }
          throw new Error(`The evaluators disagree: ${JSON.stringify(story)}`)
        }
        cases += stored.length
        const op = terms[i]?.op
        if (op && kept.size > 0) keptSome.add(op)
        if (op && kept.size < stored.length) droppedSome.add(op)
      }
    },
  )
  await fc.assert(round, { numRuns: 4, endOnFailure: true })
  t.comment(`${cases} cases of one lead and one condition`)
  t.ok(cases >= 100_000, 'a hundred thousand cases were compared')
  t.strictSame(
    CONDITION_OPERATORS.filter((op) => !keptSome.has(op)),
    [],
    'every operator kept some lead',
  )
  t.strictSame(
    CONDITION_OPERATORS.filter((op) => !droppedSome.has(op)),
    [],
    'every operator dropped some lead',
  )
})

t.test('what a user wrote is in the parameters, never in the text', async (t) => {
  const now = new Date(NOWS[0]!)
  const sqlOf = (...all: ConditionTerm[]) =>
    conditionToSql(compile({ any: [{ all }] }), { firstParameter: 3, alias: 'l', now })
  t.strictSame(
    sqlOf(
      { field: 'country', op: 'in', values: ['DE', "x'; drop table leads; --"] },
      { field: 'score', op: 'gte', value: '60' },
      { field: 'created_at', op: 'older_than_days', value: '1' },
    ),
    {
      text: '((lower(l.country collate "C") = any($3::text[]) and l.score >= $4::bigint and (l.created_at < $5::timestamptz)))',
      values: [['de', "x'; drop table leads; --"], '60', '2024-02-29T00:00:00.000Z'],
    },
  )
  t.strictSame(sqlOf(), { text: '(true)', values: [] }, 'a group without terms keeps all')
  const custom = sqlOf({ field: 'custom_fields.note', op: 'eq', value: 'x' })
  t.notMatch(custom.text, 'note')
  t.strictSame(custom.values, ['note', 'x'])
})

t.test('a field whose source has no SQL is a fault of the program, told at once', async (t) => {
  const behaviour = compile({ any: [{ all: [{ op: 'did', behaviour: { event: 'x' } }] }] })
  t.throws(() => conditionToSql(behaviour, { firstParameter: 1, alias: 'l', now: new Date(0) }), /kind events/)
})
