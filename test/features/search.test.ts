import fc from 'fast-check'
import t from 'tap'
import { leadConditionFacts } from '../../src/domain/condition/condition-facts.ts'
import type { Condition, ConditionTerm } from '../../src/domain/condition/condition-shape.ts'
import { matchesCondition } from '../../src/domain/condition/evaluate-condition.ts'
import {
  type CustomFieldDefinition,
  type FieldDefinition,
  leadFieldCatalogue,
  OPERATORS_OF_TYPE,
} from '../../src/domain/condition/field-catalogue.ts'
import { compareText } from '../../src/domain/condition/fold-text.ts'
import { validateCondition } from '../../src/domain/condition/validate-condition.ts'
import type { LeadFacts } from '../../src/domain/lead.ts'
import { encodeTypeId } from '../../src/domain/type-id.ts'
import { testService } from '../helpers/service.ts'

const service = await testService(t)
const { call, ctx } = service
const NOW = new Date('2026-05-10T12:00:00.000Z')
const DAY = 86_400_000

const CUSTOM: CustomFieldDefinition[] = [
  { key: 'note', type: 'text' },
  { key: 'seats', type: 'integer' },
  { key: 'budget', type: 'number' },
  { key: 'signed', type: 'boolean' },
  { key: 'renews_on', type: 'date' },
  { key: 'met_at', type: 'timestamp' },
  { key: 'plan', type: 'option', options: ['Gold', 'silver'] },
  { key: 'topics', type: 'options', options: ['a', 'B', 'c'] },
]
const catalogue = leadFieldCatalogue(CUSTOM)

const search = (body: object, query = '') => call('POST', `/v1/leads/search${query}`, body)
const TEXTS = ['Berlin', 'berlin', 'Ünal', 'ünal', 'Zoë', '😀', '\uE000', 'a%b', 'A_B', "o'k", '10115', '9', 'ber']

/** A lead with a random subset of fields, as the API takes it. */
function makeItem(i: number) {
  const pick = <T>(list: readonly T[], shift: number) => list[(i * 7 + shift) % list.length] as T
  const some = <T>(value: T, n: number) => (i % n === 0 ? undefined : value)
  return {
    external_ids: [{ system: 'crm', external_id: `s${i}` }],
    email: some(`lead${i}@example.org`, 5),
    last_name: some(pick(TEXTS, 1), 4),
    first_name: some(pick(TEXTS, 3), 6),
    city: some(pick(TEXTS, 5), 3),
    country: some(pick(['DE', 'AT', 'CH'], 0), 4),
    status: pick(['new', 'working', 'closed'], 2),
    tags: [...new Set([pick(['VIP', 'vip', 'x'], 1), ...(i % 3 === 0 ? ['y'] : [])])],
    archived: i % 11 === 0,
    custom_fields: {
      note: some(pick(TEXTS, 2), 3) ?? null,
      seats: some(pick([0, -5, 60, 9_007_199_254_740_991], i), 4) ?? null,
      budget: some(pick([0.1, 3.5, -2, 1e21], 1), 3) ?? null,
      signed: some(i % 2 === 0, 5) ?? null,
      renews_on: some(new Date(NOW.getTime() + ((i % 9) - 4) * DAY).toISOString().slice(0, 10), 4) ?? null,
      met_at: some(new Date(NOW.getTime() + ((i % 9) - 4) * DAY + (i % 3) - 1).toISOString(), 4) ?? null,
      plan: some(pick(['Gold', 'silver'], 0), 3) ?? null,
      topics: some([['a'], ['B', 'c'], ['a', 'c']][i % 3], 4) ?? null,
    },
  }
}

t.before(async () => {
  service.setNow(new Date(NOW.getTime() - 3 * DAY))
  const options = (values: readonly string[] = []) => values.map((value) => ({ value }))
  const { lead } = (await call('GET', '/v1/settings/custom-fields')).json()
  const fields = CUSTOM.map(({ key, type, options: values }) => ({ key, type, options: options(values) }))
  const saved = await call(
    'PUT',
    '/v1/settings/custom-fields',
    { lead: [...lead, ...fields], account: [] },
    { headers: { 'if-match': '"v1"' } },
  )
  if (saved.statusCode !== 200) throw new Error(saved.body)
  for (let part = 0; part < 3; part++) {
    service.setNow(new Date(NOW.getTime() - part * DAY))
    const items = Array.from({ length: 50 }, (_, i) => makeItem(part * 50 + i))
    const answer = (await call('POST', '/v1/leads/batch/upsert', { items })).json()
    if (answer.failed !== 0) throw new Error(JSON.stringify(answer.results.find((r: { error: unknown }) => r.error)))
  }
  service.setNow(NOW)
})

async function storedLeads(): Promise<LeadFacts[]> {
  return await ctx.db.query<LeadFacts>('SELECT * FROM leads')
}

/** All matches, page by page. */
async function walk(body: object, limit: number): Promise<string[]> {
  const ids: string[] = []
  let cursor: string | null = null
  do {
    const answer = await search({ ...body, limit, ...(cursor !== null && { cursor }) })
    if (answer.statusCode !== 200) throw new Error(answer.body)
    ids.push(...answer.json().data.map(({ id }: { id: string }) => id))
    cursor = answer.json().next_cursor
  } while (cursor !== null)
  return ids
}

function operandOf(field: FieldDefinition): fc.Arbitrary<string> {
  switch (field.type) {
    case 'integer':
      return fc.constantFrom('0', '60', '-5', '9007199254740991', '7')
    case 'number':
      return fc.constantFrom('0.1', '3.5', '-2', '1e21', '0')
    case 'boolean':
      return fc.constantFrom('true', 'false')
    case 'timestamp':
      return fc.constantFrom('2026-05-10', '2026-05-09T12:00:00Z', '2026-05-11T12:00:00.001Z', '2026-05-08')
    case 'date':
      return fc.constantFrom('2026-05-10', '2026-05-08', '2026-05-14')
    case 'id':
      return fc.constant(encodeTypeId(field.idKind, '018f1111-0000-7000-8000-00000000000a'))
    default:
      return fc.constantFrom(...(field.enum ?? [...TEXTS, 'vip', 'lead1', 'example', 'DE', 'working', 'x']))
  }
}

const definitions = [...catalogue.values()]
const someTerm: fc.Arbitrary<ConditionTerm> = fc.constantFrom(...definitions).chain((field) =>
  fc.constantFrom(...OPERATORS_OF_TYPE[field.type]).chain((op): fc.Arbitrary<ConditionTerm> => {
    const about = { field: field.name, op }
    if (op === 'is_set' || op === 'is_not_set') return fc.constant(about)
    if (op === 'within_days' || op === 'older_than_days')
      return fc.constantFrom('0', '1', '2', '4').map((value) => ({ ...about, value }))
    if (op === 'in' || op === 'not_in')
      return fc.array(operandOf(field), { minLength: 1, maxLength: 3 }).map((values) => ({ ...about, values }))
    return operandOf(field).map((value) => ({ ...about, value }))
  }),
)
const someCondition: fc.Arbitrary<Condition> = fc.record({
  any: fc.array(fc.record({ all: fc.array(someTerm, { maxLength: 3 }) }), { minLength: 1, maxLength: 3 }),
})

t.test('a search finds exactly the leads that match in memory', async (t) => {
  const leads = await storedLeads()
  let found = 0
  await fc.assert(
    fc.asyncProperty(someCondition, async (condition) => {
      const verdict = validateCondition(condition, catalogue)
      if (!verdict.ok) throw new Error(JSON.stringify(verdict.faults))
      const asksArchived = condition.any.some(({ all }) => all.some(({ field }) => field === 'archived'))
      const expected = leads
        .filter((lead) => asksArchived || !lead.archived)
        .filter((lead) => matchesCondition(verdict.condition, leadConditionFacts(lead), NOW))
        .map(({ id }) => encodeTypeId('lead', id))
      const answer = await search({ filter: condition, limit: 200, include_total: true })
      const ids = answer.json().data.map(({ id }: { id: string }) => id)
      found += ids.length
      t.strictSame(answer.json().total, { value: expected.length, relation: 'eq' })
      return answer.statusCode === 200 && JSON.stringify(ids.sort()) === JSON.stringify(expected.sort())
    }),
    { numRuns: 150 },
  )
  t.ok(found > 500, `${found} leads were found`)
})

const SORTABLE = ['created_at', 'updated_at', 'email', 'first_name', 'last_name', 'city', 'country', 'status'] as const

/** What the order is said to be: by code point, blanks last, the id in the direction of the last key. */
function sorted(leads: LeadFacts[], sort: string): LeadFacts[] {
  const keys = sort.split(',').map((part) => ({ field: part.replace('-', ''), sign: part.startsWith('-') ? -1 : 1 }))
  const idSign = keys.at(-1)?.sign ?? 1
  return leads.toSorted((a, b) => {
    for (const { field, sign } of keys) {
      const [left, right] = [a[field as 'city'], b[field as 'city']]
      if (left === right) continue
      if (left === null) return 1
      if (right === null) return -1
      return sign * compareText(left, right)
    }
    return idSign * compareText(a.id, b.id)
  })
}

t.test('pages follow the order that was asked for, each lead once', async () => {
  const leads = (await storedLeads()).filter(({ archived }) => !archived)
  const key = fc.tuple(fc.constantFrom('', '-'), fc.constantFrom(...SORTABLE)).map((parts) => parts.join(''))
  const sorts = fc.uniqueArray(key, { minLength: 1, maxLength: 3, selector: (part) => part.replace('-', '') })
  await fc.assert(
    fc.asyncProperty(sorts, fc.constantFrom(7, 40, 200), async (parts, limit) => {
      const sort = parts.join(',')
      const ids = await walk({ sort }, limit)
      const expected = sorted(leads, sort).map(({ id }) => encodeTypeId('lead', id))
      return JSON.stringify(ids) === JSON.stringify(expected)
    }),
    { numRuns: 20 },
  )
})

t.test('a walk visits each lead once while others are made', async (t) => {
  const before = (await storedLeads()).filter(({ archived }) => !archived).map(({ id }) => encodeTypeId('lead', id))
  const seen: string[] = []
  let cursor: string | undefined
  for (let page = 0; ; page++) {
    const answer = (await search({ sort: 'last_name,-created_at', limit: 20, ...(cursor && { cursor }) })).json()
    seen.push(...answer.data.map(({ id }: { id: string }) => id))
    if (answer.next_cursor === null) break
    cursor = answer.next_cursor
    await call('POST', '/v1/leads', { email: `walker${page}@example.org`, last_name: page % 2 ? 'Aaa' : 'Zzz' })
  }
  t.equal(new Set(seen).size, seen.length)
  t.ok(before.every((id) => seen.includes(id)))
})

t.test('no filter finds all that are not archived, the newest first', async (t) => {
  const answer = (await search({})).json()
  t.equal(answer.data.length, 50)
  t.equal(answer.has_more, true)
  t.equal(answer.total, null)
  t.notOk(answer.data.some(({ archived }: { archived: boolean }) => archived))
  const archived = await search({ filter: { any: [{ all: [{ field: 'archived', op: 'eq', value: 'true' }] }] } })
  t.ok(archived.json().data.length > 5)
  t.ok(archived.json().data.every((lead: { archived: boolean }) => lead.archived))
})

t.test('every fault of a filter is told with its place', async (t) => {
  const answer = await search({
    filter: {
      any: [
        {
          all: [
            { field: 'cuntry', op: 'eq', value: 'DE' },
            { field: 'custom_fields.seats', op: 'gt', value: 'many' },
          ],
        },
        {
          all: [
            { field: 'city', op: 'within_days', value: '5' },
            { field: 'shoe', op: 'gte', value: '60' },
          ],
        },
      ],
    },
  })
  const { code, errors } = answer.json()
  t.strictSame(
    [
      answer.statusCode,
      code,
      ...errors.map((item: { code: string; pointer: string }) => `${item.code} ${item.pointer}`),
    ],
    [
      400,
      'invalid_filter',
      'unknown_condition_field /filter/any/0/all/0/field',
      'invalid_value /filter/any/0/all/1/value',
      'operator_not_allowed /filter/any/1/all/0/op',
      'unknown_condition_field /filter/any/1/all/1/field',
    ],
  )
  t.match(errors[0].detail, 'country')
})

t.test('what is no search is refused', async (t) => {
  const term = { field: 'city', op: 'is_set' }
  const bad: unknown[] = [
    [],
    { filter: 5 },
    { filter: [] },
    { filter: {} },
    { filter: { any: [] } },
    { filter: { any: [{ all: [term], or: [] }] } },
    { filter: { any: Array(21).fill({ all: [term] }) } },
    { filter: { any: [{ all: Array(51).fill(term) }] } },
    { filter: { any: [{ all: [{ field: 'city', op: 'regex', value: 'x' }] }] } },
    { filter: { any: [{ all: [{ field: "city'; drop table leads; --", op: 'is_set' }] }] } },
    { filter: { any: [{ all: [{ field: 'city', op: 'in', values: Array(501).fill('x') }] }] } },
    { filter: { any: [{ all: [{ field: 'city', op: 'eq', value: 'x'.repeat(1001) }] }] } },
    { filter: { any: [{ all: [{ field: 'city', op: 'eq', value: 5 }] }] } },
    { sort: 'password' },
    { sort: 'created_at desc' },
    { sort: 'city,city,city,city' },
    { sort: '' },
    { limit: 0 },
    { limit: 201 },
    { limit: '5' },
    { cursor: 'x' },
    { cursor: '' },
    { include_total: 'yes' },
    { offset: 5 },
  ]
  for (const body of bad) t.equal((await search(body as object)).statusCode, 400, JSON.stringify(body).slice(0, 80))
  t.equal((await search({}, '?expand=tags')).statusCode, 400)
  t.equal((await search({}, '?limit=5')).statusCode, 400)
})

t.test('a cursor belongs to its filter, its sort and its workspace', async (t) => {
  const first = (await search({ sort: 'city', limit: 2 })).json()
  const code = async (body: object, more = {}) => (await call('POST', '/v1/leads/search', body, more)).json().code
  t.equal(await code({ sort: '-city', limit: 2, cursor: first.next_cursor }), 'cursor_mismatch')
  const filter = { any: [{ all: [{ field: 'city', op: 'is_set' }] }] }
  t.equal(await code({ sort: 'city', filter, cursor: first.next_cursor }), 'cursor_mismatch')
  t.equal(await code({ sort: 'city', cursor: `${first.next_cursor.slice(0, -3)}abc` }), 'invalid_cursor')
  const { key } = await service.makeWorkspace()
  const headers = { authorization: `Bearer ${key}` }
  t.equal(await code({ sort: 'city', cursor: first.next_cursor }, { headers }), 'invalid_cursor')
  t.strictSame((await call('POST', '/v1/leads/search', {}, { headers })).json().data, [], 'another tenant sees nothing')
})

t.test('searching needs the right to read leads', async (t) => {
  const key = await service.makeKey('restricted', { scopes: ['leads:write'] })
  const headers = { authorization: `Bearer ${key}` }
  t.equal((await call('POST', '/v1/leads/search', {}, { headers })).statusCode, 403)
})

t.test('counting stops at ten thousand', async (t) => {
  await ctx.db.pool.query(
    `INSERT INTO leads (workspace_id, id, stage_key, status, tags, custom_fields, metadata, external_ids, archived, version, created_at, updated_at)
     SELECT $1, gen_random_uuid(), 'lead', 'new', '{}', '{}', '{}', '[]', false, 1, now(), now() FROM generate_series(1, 10001)`,
    [service.workspaceId],
  )
  t.match((await search({ include_total: true, limit: 1 })).json().total, { value: 10_000, relation: 'gte' })
  t.match((await call('GET', '/v1/leads?include_total=true&limit=1')).json().total, { value: 10_000, relation: 'gte' })
})
