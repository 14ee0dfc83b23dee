import fc from 'fast-check'
import t from 'tap'
import { uuidv7 } from 'uuidv7'
import { openDatabase, type Tx, withWorkspace } from '../../src/db/client.ts'
import { familySources } from '../../src/db/condition-families-sql.ts'
import { conditionToSql } from '../../src/db/condition-sql.ts'
import type { CompiledCondition } from '../../src/domain/condition/compiled-condition.ts'
import { leadConditionFacts } from '../../src/domain/condition/condition-facts.ts'
import type { ConditionOperator, ConditionTerm } from '../../src/domain/condition/condition-shape.ts'
import { explainCondition, matchesCondition } from '../../src/domain/condition/evaluate-condition.ts'
import { NO_FAMILY_FACTS } from '../../src/domain/condition/family-facts.ts'
import {
  type FieldDefinition,
  type FieldType,
  leadFieldCatalogue,
  OPERATORS_OF_TYPE,
} from '../../src/domain/condition/field-catalogue.ts'
import { FIELD_FAMILIES } from '../../src/domain/condition/field-families.ts'
import { leadFieldFamilies, withConsentFields } from '../../src/domain/condition/lead-families.ts'
import { nextTimeChange } from '../../src/domain/condition/next-change.ts'
import { validateCondition } from '../../src/domain/condition/validate-condition.ts'
import type { LeadFacts } from '../../src/domain/lead.ts'
import { encodeTypeId } from '../../src/domain/type-id.ts'
import { loadFamilyFacts, sourceKindsOf } from '../../src/pipeline/facts/load-family-facts.ts'
import { testDatabase } from '../helpers/database.ts'

const LEADS = 100
/** Cases of one lead and one condition. */
const CASES = Number(process.env['CONDITION_CASES'] ?? 100_000)
const CONDITIONS = 100
const NOW = Date.UTC(2026, 2, 1, 12)
const HOUR = 3_600_000

const families = leadFieldFamilies({
  accountFields: [
    { key: 'tier', type: 'option', options: ['gold', 'silver'] },
    { key: 'seats', type: 'integer' },
    { key: 'renews_on', type: 'date' },
  ],
  frameworks: ['bant', 'own'],
  criteria: ['budget', 'need'],
})
const catalogue = withConsentFields(leadFieldCatalogue([], [...FIELD_FAMILIES, ...families]))
const CONSENTS = ['marketing', 'all', 'news'].flatMap((purpose) =>
  ['email', 'phone', 'any'].map((channel) => `consent.${purpose}.${channel}`),
)
const definitions = [...families, ...FIELD_FAMILIES, ...CONSENTS.map((name) => catalogue.get(name)!)]

const TEXTS = ['acme', 'ACME', 'Ünal', 'mql', 'lead', 'vip', 'VIP', 'met', 'expired', 'DE', 'EUR', 'gold', 'x%']
const MOMENTS = [-72, -24, -1, 0, 24].flatMap((hours) =>
  [-1, 0, 1].map((ms) => new Date(NOW + hours * HOUR + ms).toISOString()),
)
const USERS = ['018f1111-0000-7000-8000-00000000000a', '018f1111-0000-7000-8000-00000000000b']
const text = fc.constantFrom(...TEXTS)
const blankable = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { freq: 3 })
const moment = fc.constantFrom(...MOMENTS)
const anyJson = fc.constantFrom<unknown>(null, true, 3, 'gold', '2026-03-01', [], {}, 7.5)

const anyAccount = fc.record({
  ...Object.fromEntries(
    ['name', 'website', 'domain', 'industry', 'phone', 'street', 'city', 'region', 'postal_code', 'country'].map(
      (name) => [name, blankable(text)],
    ),
  ),
  employee_count: blankable(fc.constantFrom(0, 10, 250)),
  annual_revenue: blankable(fc.record({ amount_minor: fc.constantFrom(0, 10, 5_000_000_000), currency: text })),
  owner_id: blankable(fc.constantFrom(...USERS)),
  tags: fc.array(text, { maxLength: 2 }),
  custom_fields: fc.record(
    { tier: fc.oneof(text, anyJson), seats: fc.oneof(fc.constantFrom(0, 10, 250), anyJson), renews_on: anyJson },
    { requiredKeys: [] },
  ),
  archived: fc.boolean(),
  created_at: moment,
  updated_at: moment,
})

const anyLead = fc.record({
  account: blankable(fc.nat({ max: 9 })),
  stage_key: text,
  created_at: moment,
  consents: fc.array(
    fc.record({
      purpose: fc.constantFrom('marketing', 'news', 'all'),
      channel: fc.constantFrom('email', 'phone', 'any'),
      action: fc.constantFrom('granted' as const, 'withdrawn' as const),
      occurred_at: moment,
      expires_at: blankable(moment),
    }),
    { maxLength: 5 },
  ),
  touches: fc.array(
    fc.record({
      kind: text,
      source_key: blankable(text),
      campaign_key: blankable(text),
      occurred_at: moment,
      attribution: fc.dictionary(fc.constantFrom('utm_source', 'utm_campaign', 'gclid'), text),
    }),
    { maxLength: 3 },
  ),
  segments: fc.uniqueArray(fc.constantFrom('vip', 'acme', 'x'), { maxLength: 3 }),
  qualification: blankable(
    fc.record({
      statuses: fc.dictionary(fc.constantFrom('budget', 'need'), text),
      verdicts: fc.dictionary(
        fc.constantFrom('bant', 'own'),
        fc.record({ complete: fc.boolean(), qualified: fc.boolean(), score: fc.constantFrom(0, 10, 100) }),
      ),
    }),
  ),
  moves: fc.array(fc.record({ from_stage: text, reason: blankable(text), wake_at: blankable(moment) }), {
    maxLength: 3,
  }),
})
type Sample = typeof anyLead extends fc.Arbitrary<infer T> ? T : never

const uuid = (group: number, n: number) =>
  `018f${String(group).padStart(4, '0')}-0000-7000-8000-${String(n).padStart(12, '0')}`

async function insert(tx: Tx, table: string, rows: object[]): Promise<void> {
  const values = JSON.stringify(rows.map((row) => ({ workspace_id: tx.workspaceId, ...row })))
  await tx.query(`INSERT INTO ${table} SELECT * FROM jsonb_populate_recordset(null::${table}, $1)`, [values])
}

async function store(tx: Tx, accounts: object[], samples: Sample[]): Promise<void> {
  const each = <T>(list: (sample: Sample) => T[], make: (item: T, leadId: string, i: number) => object) =>
    samples.flatMap((sample, n) => list(sample).map((item, i) => make(item, uuid(2, n), i)))
  const bare = { tags: [], custom_fields: {}, metadata: {}, external_ids: [], version: 1, updated_at: MOMENTS[0] }
  await insert(
    tx,
    'accounts',
    accounts.map((account, n) => ({ ...bare, ...account, id: uuid(1, n) })),
  )
  await insert(
    tx,
    'leads',
    samples.map(({ account, stage_key, created_at }, n) => ({
      ...{ ...bare, id: uuid(2, n), status: 'new', archived: false, stage_key, created_at },
      account_id: account === null ? null : uuid(1, account),
    })),
  )
  let id = 0
  await insert(
    tx,
    'consents',
    each(
      ({ consents }) => consents,
      (row, lead_id) => ({
        ...{
          ...row,
          lead_id,
          id: uuid(3, ++id),
          recorded_at: row.occurred_at,
          method: 'api',
          actor: 'test',
          evidence: {},
        },
      }),
    ),
  )
  await insert(
    tx,
    'touches',
    each(
      (s) => s.touches,
      (row, lead_id) => ({ ...row, lead_id, id: uuid(4, ++id) }),
    ),
  )
  await insert(
    tx,
    'segment_members',
    each(
      (s) => s.segments,
      (segment_key, lead_id) => ({ segment_key, lead_id, entered_at: MOMENTS[0], actor: 'test' }),
    ),
  )
  await insert(
    tx,
    'lead_qualifications',
    each(
      (s) => (s.qualification === null ? [] : [s.qualification]),
      (row, lead_id) => ({ ...row, lead_id, answers: {}, version: 1, updated_at: MOMENTS[0] }),
    ),
  )
  // A score for some, the best without a band; one under another model, which nothing asks about.
  await insert(
    tx,
    'lead_scores',
    each(
      ({ moves, touches }) => (touches.length === 0 ? [] : [moves.length * 5, 250]),
      (total, lead_id, i) => ({
        ...{ lead_id, model_key: i === 0 ? 'default' : 'other', total, fit: total, engagement: 0 },
        ...{ grade: total > 5 ? 'A1' : 'gold', band: total > 5 ? null : 'vip' },
        ...{ overridden: false, model_version: 1, scored_at: MOMENTS[0] },
      }),
    ),
  )
  await insert(
    tx,
    'lead_stage_history',
    each(
      ({ moves }) => moves,
      (row, lead_id, i) => ({
        ...{
          ...row,
          lead_id,
          position: i + 1,
          moved_at: MOMENTS[i * 3],
          to_stage: 'mql',
          stayed_ms: 0,
          moved_by: 'key',
        },
        ...{ actor: 'test', policy: 'lifecycle@1', receipt_id: uuid(5, 0) },
      }),
    ),
  )
}

function operand({ type, enum: members }: FieldDefinition, op: ConditionOperator): fc.Arbitrary<string> {
  if (op === 'within_days' || op === 'older_than_days') return fc.constantFrom('0', '1', '3')
  if (members && op !== 'contains' && !['lt', 'lte', 'gt', 'gte', 'starts_with', 'not_contains'].includes(op)) {
    return fc.constantFrom(...members)
  }
  const byType: Partial<Record<FieldType, fc.Arbitrary<string>>> = {
    integer: fc.constantFrom('0', '10', '250', '5000000000'),
    boolean: fc.constantFrom('true', 'false'),
    timestamp: fc.constantFrom(...MOMENTS, '2026-03-01'),
    date: fc.constantFrom('2026-03-01', '2026-02-28'),
    id: fc.constantFrom(...USERS).map((user) => encodeTypeId('user', user)),
  }
  return byType[type] ?? text
}

function anyTerm(field: FieldDefinition, op: ConditionOperator): fc.Arbitrary<ConditionTerm> {
  const about = { field: field.name, op }
  if (op === 'is_set' || op === 'is_not_set') return fc.constant(about)
  if (op === 'in' || op === 'not_in') {
    return fc.array(operand(field, op), { minLength: 1, maxLength: 3 }).map((values) => ({ ...about, values }))
  }
  return operand(field, op).map((value) => ({ ...about, value }))
}

/** Drawn before the field: a family of one field is asked about as often as one of twenty. */
const KINDS = [...new Set(definitions.map(({ source }) => source.kind))]

const someCondition = fc.array(
  fc
    .array(
      fc
        .constantFrom(...KINDS)
        .chain((kind) => fc.constantFrom(...definitions.filter(({ source }) => source.kind === kind)))
        .chain((field) => fc.constantFrom(...OPERATORS_OF_TYPE[field.type]).chain((op) => anyTerm(field, op))),
      { minLength: 1, maxLength: 2 },
    )
    .map((all) => ({ all })),
  { minLength: 1, maxLength: 2 },
)

function compile(raw: unknown): CompiledCondition {
  const verdict = validateCondition(raw, catalogue)
  if (!verdict.ok) throw new Error(JSON.stringify(verdict.faults))
  return verdict.condition
}

async function selectMatching(tx: Tx, condition: CompiledCondition, now: Date): Promise<Set<string>> {
  const sources = familySources(tx.workspaceId)
  const { text: where, values } = conditionToSql(condition, { firstParameter: 2, alias: 'l', now, sources })
  const rows = await tx.query<{ id: string }>(`SELECT l.id FROM leads l WHERE l.workspace_id = $1 AND ${where}`, [
    tx.workspaceId,
    ...values,
  ])
  return new Set(rows.map(({ id }) => id))
}

t.test(
  'a condition about company, consent, touches, segments, qualification and stage is the same in SQL',
  async (t) => {
    const { url } = await testDatabase(t)
    const db = openDatabase({ connectionString: url, max: 1, applicationName: 'test', statementTimeoutMs: 10_000 })
    t.teardown(() => db.close())
    let cases = 0
    const kept = new Set<string>()
    const dropped = new Set<string>()
    const round = fc.asyncProperty(
      fc.array(anyAccount, { minLength: 10, maxLength: 10 }),
      fc.array(anyLead, { minLength: LEADS, maxLength: LEADS, size: 'max' }),
      fc.array(someCondition, { minLength: CONDITIONS, maxLength: CONDITIONS, size: 'max' }),
      async (accounts, samples, conditions) => {
        // Another tenant has the same leads with what belongs to others here.
        await withWorkspace(db, uuidv7(), (tx) => store(tx, accounts, samples.toReversed()))
        await withWorkspace(db, uuidv7(), async (tx) => {
          await store(tx, accounts, samples)
          const leads = await tx.query<LeadFacts>('SELECT * FROM leads WHERE workspace_id = $1', [tx.workspaceId])
          for (const any of conditions) {
            const now = new Date(NOW)
            const compiled = compile({ any })
            const facts = await loadFamilyFacts(tx, tx.workspaceId, leads, sourceKindsOf([compiled]))
            const found = await selectMatching(tx, compiled, now)
            for (const lead of leads) {
              const seen = leadConditionFacts(lead, [], facts.get(lead.id))
              cases++
              if (matchesCondition(compiled, seen, now) === found.has(lead.id)) continue
              const story = { any, inSql: found.has(lead.id), inMemory: explainCondition(compiled, seen, now) }
              throw new Error(`The evaluators disagree: ${JSON.stringify(story)}`)
            }
            const kind = compiled.groups[0]?.[0]?.field.source.kind ?? ''
            if (found.size > 0) kept.add(kind)
            if (found.size < leads.length) dropped.add(kind)
          }
        })
      },
    )
    await fc.assert(round, { numRuns: Math.max(1, Math.ceil(CASES / (LEADS * CONDITIONS))), endOnFailure: true })
    t.comment(`${cases} cases of one lead and one condition`)
    t.ok(cases >= CASES)
    t.strictSame(
      KINDS.filter((kind) => !kept.has(kind) || !dropped.has(kind)),
      [],
      'every family kept and dropped some lead',
    )
  },
)

t.test('the end of a consent is a moment to wake up at', (t) => {
  const compiled = compile({ any: [{ all: [{ field: 'consent.news.email', op: 'eq', value: 'true' }] }] })
  const ends = new Date(NOW + HOUR).toISOString()
  const consents = [
    {
      ...{ id: uuid(3, 1), purpose: 'news', channel: 'email', action: 'granted' as const },
      ...{ occurred_at: new Date(NOW - HOUR).toISOString(), expires_at: ends },
    },
  ]
  const lead = { id: uuid(2, 1) } as LeadFacts
  const facts = leadConditionFacts(lead, [], { ...NO_FAMILY_FACTS, consents })
  t.ok(matchesCondition(compiled, facts, new Date(NOW)))
  t.equal(nextTimeChange(compiled, facts, new Date(NOW))?.toISOString(), ends)
  t.notOk(matchesCondition(compiled, facts, new Date(ends)))
  t.end()
})

t.test('a consent field has a purpose and a channel that there is', (t) => {
  for (const field of ['consent.news', 'consent.News.email', 'consent.news.pigeon', 'consent..email']) {
    t.notOk(validateCondition({ any: [{ all: [{ field, op: 'eq', value: 'true' }] }] }, catalogue).ok, field)
  }
  t.end()
})
