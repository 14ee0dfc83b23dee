import fc from 'fast-check'
import t from 'tap'
import { type Intake, identitiesOf, normalizeFields, type RawLeadFields } from '../../src/domain/intake.ts'
import { BLANK_LEAD, type FieldSources, LEAD_TEXT_FIELDS, type LeadFacts } from '../../src/domain/lead.ts'
import { type LeadEdit, mergeEdit } from '../../src/domain/merge-edit.ts'
import { mergeIntake } from '../../src/domain/merge-intake.ts'
import { isEqual } from '../../src/domain/survivorship.ts'

const AT = '2026-05-01T10:00:00.000Z'
const LATER = '2026-05-02T10:00:00.000Z'

const blank: LeadFacts = {
  ...BLANK_LEAD,
  id: '018f0000-0000-7000-8000-000000000001',
  stage_key: 'lead',
  status: 'new',
  tags: [],
  custom_fields: {},
  metadata: {},
  external_ids: [],
  archived: false,
  version: 1,
  created_at: AT,
  updated_at: AT,
}

function intake(raw: RawLeadFields, more: Partial<Intake> = {}): Intake {
  const { fields, issues } = normalizeFields(raw, 'DE')
  return {
    id: 'i',
    new_lead_id: blank.id,
    receipt_id: 'r',
    by: 'person',
    source: 'form:demo',
    actor: 'form:demo',
    origin: null,
    occurred_at: AT,
    fields,
    custom_fields: {},
    metadata: {},
    tags: [],
    external_ids: [],
    identities: identitiesOf(fields, []),
    issues,
    source_key: null,
    campaign_key: null,
    attribution: {},
    activity: { type: 'form_submitted', subject: null, data: {} },
    on_duplicate: 'update',
    ...more,
  }
}

/** A lead and the sources of its fields after intakes, one after the other. */
function after(...intakes: Intake[]): { lead: LeadFacts; sources: FieldSources } {
  let state: { lead: LeadFacts; sources: FieldSources } = { lead: blank, sources: {} }
  for (const each of intakes) {
    const merged = mergeIntake(state.lead, state.sources, each)
    state = { lead: { ...state.lead, ...merged.changed }, sources: merged.sources }
  }
  return state
}

function edited(state: { lead: LeadFacts; sources: FieldSources }, edit: Partial<LeadEdit> & { raw?: RawLeadFields }) {
  const { raw = {}, ...more } = edit
  const { fields } = normalizeFields(raw, 'DE')
  const whole = { fields, custom_fields: {}, metadata: {}, replace: {}, add_external_ids: [], ...more }
  const verdict = mergeEdit(state.lead, state.sources, whole, { by: 'person', source: 'api', at: LATER })
  if (!verdict.ok) throw new Error(verdict.field)
  return { lead: { ...state.lead, ...verdict.changed }, sources: verdict.sources, changed: verdict.changed }
}

t.test("a person's newer word replaces their older one, an empty value never erases", async (t) => {
  const { lead } = after(intake({ city: 'Berlin', job_title: 'CTO' }), intake({ city: 'Hamburg', job_title: '' }))
  t.match(lead, { city: 'Hamburg', job_title: 'CTO' })
})

t.test('another spelling of one mailbox is no news, unless an edit says so', async (t) => {
  const state = after(intake({ email: 'ada.l@gmail.com' }), intake({ email: 'ADAL@googlemail.com' }))
  t.equal(state.lead.email, 'ada.l@gmail.com')
  t.equal(edited(state, { raw: { email: 'adal@gmail.com' } }).lead.email, 'adal@gmail.com')
  t.equal(after(intake({ email: 'a@x.test' }), intake({ email: 'b@x.test' })).lead.email, 'b@x.test')
})

t.test('a machine overwrites nothing that a person typed, and everything that a machine found out', async (t) => {
  const machine = { by: 'machine' as const, source: 'enrichment' }
  const typed = intake({ city: 'Berlin' })
  const found = intake({ city: 'Bonn', region: 'NRW' }, machine)
  const foundAgain = intake({ city: 'Bonn', region: 'Hessen' }, machine)
  const { lead, sources } = after(typed, found, foundAgain)
  t.match(lead, { city: 'Berlin', region: 'Hessen' })
  t.match(sources, { city: { by: 'person', source: 'form:demo' }, region: { by: 'machine', source: 'enrichment' } })
  t.strictSame(mergeIntake(lead, sources, found).kept, [{ field: 'city', reason: 'typed_by_a_person' }])
})

t.test('custom fields survive by the same rule, each with a source of its own', async (t) => {
  const typed = intake({}, { custom_fields: { seats: 5, note: 'x' } })
  const found = intake({}, { custom_fields: { seats: 9, size: 'small' }, by: 'machine', source: 'enrichment' })
  const { lead, sources } = after(typed, found)
  t.strictSame(lead.custom_fields, { seats: 5, note: 'x', size: 'small' })
  t.match(sources, { 'custom_fields.seats': { by: 'person' }, 'custom_fields.size': { by: 'machine' } })
  const cleared = edited({ lead, sources }, { custom_fields: { seats: null, note: null } })
  t.strictSame(cleared.lead.custom_fields, { size: 'small' })
  t.notOk('custom_fields.seats' in cleared.sources, 'a blank comes from nowhere')
})

t.test('names like members of every object are ordinary keys of custom fields', async (t) => {
  const { lead } = after(intake({}, { custom_fields: { constructor: 'a', to_string: 'b' } }))
  t.strictSame(Object.keys(lead.custom_fields), ['constructor', 'to_string'])
  t.equal(mergeIntake(lead, {}, intake({}, { custom_fields: { constructor: 'a' } })).changed.custom_fields, undefined)
})

t.test('what was only inferred fills blanks and nothing else', async (t) => {
  const inferred = { country: 'DE', language: 'en' }
  const { lead, sources } = after(intake({ country: 'AT' }), intake({ city: 'Wien' }, { inferred }))
  t.match(lead, { country: 'AT', language: 'en' })
  t.match(sources, { country: { by: 'person' }, language: { by: 'machine' } })
})

t.test('the full name follows its parts, and the parts follow the full name', async (t) => {
  t.match(after(intake({ full_name: 'Lovelace, Ada' })).lead, {
    first_name: 'Ada',
    last_name: 'Lovelace',
    full_name: 'Ada Lovelace',
  })
  t.match(after(intake({ full_name: 'Ada Lovelace' }), intake({ first_name: 'Augusta' })).lead, {
    first_name: 'Augusta',
    last_name: 'Lovelace',
    full_name: 'Augusta Lovelace',
  })
  const state = after(intake({ first_name: 'Ann', last_name: 'Smith Jones' }))
  t.equal(state.lead.full_name, 'Ann Smith Jones')
  const again = after(intake({ first_name: 'Ann', last_name: 'Smith Jones' }), intake({ full_name: 'Ann Smith Jones' }))
  t.match(
    again.lead,
    { first_name: 'Ann', last_name: 'Smith Jones' },
    'a full name that says nothing new changes no part',
  )
})

t.test('an explicit null clears a part of a name, and only that', async (t) => {
  const state = after(intake({ full_name: 'Ada Lovelace' }))
  t.match(edited(state, { raw: { first_name: null } }).lead, { first_name: null, full_name: 'Lovelace' })
  t.match(edited(state, { raw: { full_name: 'Cher' } }).lead, { first_name: 'Cher', last_name: null })
  t.match(edited(state, { raw: { full_name: 'Ada King', first_name: null } }).lead, {
    first_name: null,
    last_name: 'King',
    full_name: 'Ada King',
  })
  t.match(after(intake({ full_name: 'Ada Lovelace' }), intake({ full_name: 'Cher' })).lead, { last_name: 'Lovelace' })
})

t.test('the domain follows the website, else a company address; a free mailbox tells none', async (t) => {
  t.match(after(intake({ email: 'ada@engines.test' })).lead, { email_domain: 'engines.test', domain: 'engines.test' })
  t.match(after(intake({ email: 'ada@gmail.com' })).lead, { email_domain: 'gmail.com', domain: null })
  const both = after(intake({ email: 'ada@engines.test', website: 'www.shop.example.co.uk' }))
  t.equal(both.lead.domain, 'example.co.uk')
  t.equal(after(intake({ website: 'shop.test' }), intake({ email: 'ada@engines.test' })).lead.domain, 'shop.test')
  t.equal(edited(both, { raw: { website: null } }).lead.domain, 'engines.test')
  t.match(edited(both, { raw: { website: null, email: null } }).lead, { domain: null, email_domain: null })
})

t.test('the typed phone number stays with the number; an unreadable one never pushes a good one aside', async (t) => {
  const state = after(intake({ phone: '030 901820' }))
  t.match(state.lead, { phone: '+4930901820', phone_raw: '030 901820' })
  t.strictSame(mergeIntake(state.lead, state.sources, intake({ phone: '+49 30 901820' })).changed, {}, 'an echo')
  t.match(after(intake({ phone: '030 901820' }), intake({ phone: 'call me' })).lead, { phone_raw: '030 901820' })
  const unreadable = after(intake({ phone: 'ring 12' }))
  t.match(unreadable.lead, { phone: null, phone_raw: 'ring 12' })
  t.match(
    unreadable.lead,
    after(intake({ phone: 'ring 12' }), intake({ city: 'x' })).lead.phone_raw === 'ring 12' ? {} : null,
  )
  t.match(edited(state, { raw: { phone: null } }).lead, { phone: null, phone_raw: null })
})

t.test('collections grow on intake up to their limits, and a returning lead is no longer archived', async (t) => {
  const many = Array.from({ length: 120 }, (_, i) => `t${i}`)
  const archived = { lead: { ...blank, archived: true, tags: ['t0', 'old'] }, sources: {} }
  const merged = mergeIntake(archived.lead, {}, intake({}, { tags: many }))
  t.equal(merged.changed.archived, false)
  t.equal(merged.changed.tags?.length, 100)
  t.strictSame(merged.changed.tags?.slice(0, 3), ['t0', 'old', 't1'], 'what was there stays')
  t.strictSame(merged.kept, [{ field: 'tags', reason: 'too_many' }])
})

t.test('an edit that would exceed a limit is refused whole', async (t) => {
  const tags = Array.from({ length: 101 }, (_, i) => `t${i}`)
  const edit = { fields: {}, custom_fields: {}, metadata: {}, replace: { tags }, add_external_ids: [] }
  t.strictSame(mergeEdit(blank, {}, edit, { by: 'person', source: 'api', at: AT }), {
    ok: false,
    field: 'tags',
    limit: 100,
  })
})

t.test('what is no country, language or time zone is an issue and is not written', async (t) => {
  const { fields, issues } = normalizeFields({ country: 'Atlantis', language: 'german', time_zone: '+02:00' }, null)
  t.strictSame(fields, {})
  t.strictSame(
    issues.map(({ field, code }) => `${field} ${code}`),
    ['country unknown_country', 'language invalid_language', 'time_zone unknown_time_zone'],
  )
  t.strictSame(
    normalizeFields({ country: ' deutschland ', language: 'de_AT', time_zone: 'europe/berlin' }, null).fields,
    {
      country: 'DE',
      language: 'de-AT',
      time_zone: 'Europe/Berlin',
    },
  )
})

const anyRaw = fc.record(
  Object.fromEntries(
    LEAD_TEXT_FIELDS.map((field) => [
      field,
      fc.oneof(
        fc.string({ unit: 'grapheme', maxLength: 30 }),
        fc.constantFrom(
          ...['Ada Lovelace', 'Lovelace, Ada', 'Dr. Cher', '030 901820', '+493090', 'ada@x.test', 'x.test'],
        ),
        fc.constantFrom(null, '', ' ', 'DE', 'Germany', 'en', 'Europe/Berlin', '\u200b'),
      ),
    ]),
  ),
  { requiredKeys: [] },
) as fc.Arbitrary<RawLeadFields>

t.test('repeating an intake changes nothing, whatever it holds', async () => {
  fc.assert(
    fc.property(anyRaw, anyRaw, (first, second) => {
      const state = after(intake(first), intake(second))
      const repeated = mergeIntake(state.lead, state.sources, intake(second))
      return Object.keys(repeated.changed).length === 0
    }),
  )
})

t.test('writing back what was read changes nothing, whatever it is', async () => {
  fc.assert(
    fc.property(anyRaw, anyRaw, (first, second) => {
      const state = after(intake(first), intake(second))
      const raw = Object.fromEntries(LEAD_TEXT_FIELDS.map((field) => [field, state.lead[field]]))
      return Object.keys(edited(state, { raw }).changed).length === 0
    }),
  )
})

t.test('an edit reads back as it was sent, in normal form', async () => {
  fc.assert(
    fc.property(anyRaw, anyRaw, (first, second) => {
      const { fields } = normalizeFields(second, 'DE')
      const { lead } = edited(after(intake(first)), { raw: second })
      return LEAD_TEXT_FIELDS.every((field) => fields[field] === undefined || lead[field] === fields[field])
    }),
  )
})

t.test('the order of members does not make JSON values different', async (t) => {
  t.ok(isEqual({ a: 1, b: [{ c: 1, d: null }] }, { b: [{ d: null, c: 1 }], a: 1 }))
  t.ok(isEqual(null, undefined))
  t.notOk(isEqual({ a: null }, { b: null }))
  t.notOk(isEqual({ toString: 1 }, {}))
  t.notOk(isEqual([1, 2], [2, 1]))
  t.notOk(isEqual([], {}))
  t.notOk(isEqual('1', 1))
})
