// Forms that qualify: a field answers a criterion of the lifecycle, with evidence, once however often it is processed.
import t from 'tap'
import { type FormClient, makeForm, PERSON_FIELDS, type Submission } from '../helpers/forms.ts'
import { rowsOf } from '../helpers/rows.ts'
import { testService } from '../helpers/service.ts'

const service = await testService(t)
const { call, drain, setNow } = service
const NOON = Date.parse('2026-03-01T12:00:00.000Z')
const HOUR = 3_600_000
t.beforeEach(() => setNow(new Date(NOON)))

const LIFECYCLE = '/v1/settings/lifecycle'

type Criterion = { key: string; values?: object[]; [name: string]: unknown }

/** Publishes the lifecycle with its criteria changed; returns the answer to the publication. */
async function publishCriteria(change: (criteria: Criterion[]) => Criterion[]) {
  const { published, etag } = (await call('GET', LIFECYCLE)).json()
  const body = { ...published.definition, criteria: change(published.definition.criteria) }
  const saved = await call('PUT', LIFECYCLE, body, { headers: { 'if-match': etag } })
  if (saved.statusCode !== 200) throw new Error(saved.body)
  const done = await call('POST', `${LIFECYCLE}/publish`)
  await drain()
  return done
}

const declare = (key: string, values: object[]) => (criteria: Criterion[]) =>
  criteria.map((one) => (one.key === key ? { ...one, values } : one))

const QUIZ = [
  ...PERSON_FIELDS,
  {
    name: 'money',
    type: 'select',
    label: 'Your budget',
    maps_to: 'criteria.budget',
    options: [
      { value: 'over_20k', label: 'More than 20,000 EUR' },
      { value: 'some', label: 'Some' },
      { value: 'none', label: 'None' },
    ],
  },
  { name: 'decides', type: 'boolean', label: 'I decide', maps_to: 'criteria.authority' },
  { name: 'problem', type: 'textarea', label: 'Your problem', maps_to: 'criteria.need' },
]

const values = [
  { value: 'over_20k', status: 'met', confidence: 0.8 },
  { value: 'some', status: 'partly_met' },
  { value: 'none', status: 'not_met', confidence: 1 },
]

let form: FormClient
t.before(async () => {
  const done = await publishCriteria(declare('budget', values))
  if (done.statusCode !== 200) throw new Error(done.body)
  form = await makeForm(service, 'quiz', { fields: QUIZ })
})

const qualificationOf = async ({ lead_id }: Pick<Submission, 'lead_id'>) =>
  (await call('GET', `/v1/leads/${lead_id}/qualification`)).json()
const answersOf = async (submission: Pick<Submission, 'lead_id'>) => (await qualificationOf(submission)).answers

t.test('a submission answers the criteria that its fields map to, with what was asked and chosen', async (t) => {
  const sent = { email: 'quiz@example.org', money: 'over_20k', decides: 'on', problem: 'Lost leads' }
  const submission = await form.process(sent)
  t.match(submission, { state: 'processed', reasons: [] })
  const { answers, verdicts, policy } = await qualificationOf(submission)
  t.equal(policy, 'lifecycle:default@2')
  const common = { source: 'form:quiz', by: 'person', actor: 'form:quiz' }
  const evidence_url = `/v1/form-submissions/${submission.id}`
  t.match(answers, [
    { criterion: 'authority', status: 'met', value: 'true', evidence: 'I decide: true', evidence_url, ...common },
    {
      ...{ criterion: 'budget', status: 'met', counts_as: 'met', value: 'over_20k', confidence: 0.8, ...common },
      evidence: 'Your budget: More than 20,000 EUR',
      evidence_url,
    },
    { criterion: 'need', status: 'unknown', value: 'Lost leads', evidence: 'Your problem: Lost leads' },
  ])
  t.equal(answers[1].answered_at, submission.received_at)
  const ends = new Date(Date.parse(submission.received_at) + 90 * 24 * HOUR).toISOString()
  t.equal(answers[1].expires_at, ends, 'it holds as long as its criterion says')
  t.match(verdicts[0], { framework: 'bant', score: 50, missing: ['need', 'timeline'] })
  const [receipt] = await rowsOf(service, 'receipts', "kind = 'qualification'")
  t.match(receipt, { outcome: { changed: ['budget', 'authority', 'need'] } })
  const changes = (await call('GET', '/v1/changes?types=lead.qualification_changed')).json().data
  t.match(changes, [{ object_id: submission.lead_id, data: { qualification: { budget: 'met' } } }])
  t.equal(changes.length, 1)
})

t.test('what is not given answers nothing, a no is an answer, and a judged lead moves on', async (t) => {
  const empty = await form.process({ email: 'silent@example.org', money: '', problem: '  ' })
  t.strictSame(await answersOf(empty), [])
  const no = await form.process({ email: 'no@example.org', money: 'none', decides: 'false' })
  t.match(await answersOf(no), [
    { criterion: 'authority', status: 'not_met' },
    { criterion: 'budget', status: 'not_met', confidence: 1 },
  ])
  const ready = await makeForm(service, 'ready', {
    fields: [
      ...PERSON_FIELDS,
      ...['budget', 'authority', 'need', 'timeline'].map((key) => ({
        ...{ name: key, type: 'boolean', maps_to: `criteria.${key}` },
      })),
    ],
  })
  const sent = { email: 'ready@example.org', budget: true, authority: true, need: true, timeline: true }
  const { lead_id } = await ready.process(sent)
  t.equal((await call('GET', `/v1/leads/${lead_id}`)).json().stage_key, 'sql', 'BANT qualifies for sales')
})

t.test('processed again it changes nothing, and never writes over what was said since', async (t) => {
  const first = await form.process({ email: 'again@example.org', money: 'some' })
  const before = await qualificationOf(first)
  const reprocess = async () => {
    const answer = await call('POST', `/v1/form-submissions/${first.id}/reprocess`)
    t.equal(answer.statusCode, 202, answer.body)
    await drain()
    return (await call('GET', `/v1/form-submissions/${first.id}`)).json()
  }
  t.strictSame((await reprocess()).reasons, [])
  t.strictSame(await qualificationOf(first), before)
  const told = async () => (await rowsOf(service, 'activities', "type = 'qualification_changed'")).length
  const lines = await told()

  setNow(new Date(NOON + HOUR))
  const later = await form.process({ email: 'again@example.org', money: 'over_20k' })
  t.equal(later.lead_id, first.lead_id)
  t.match(await answersOf(first), [{ criterion: 'budget', status: 'met', value: 'over_20k' }])
  t.equal(await told(), lines + 1)
  t.strictSame((await reprocess()).reasons, ['criteria.budget: later_answer'], 'and it says so')
  t.match(await answersOf(first), [{ criterion: 'budget', status: 'met', value: 'over_20k' }])
  t.equal(await told(), lines + 1)

  setNow(new Date(NOON + 2 * HOUR))
  const seller = { answers: [{ criterion: 'budget', status: 'not_met', source: 'call' }] }
  await call('PATCH', `/v1/leads/${first.lead_id}/qualification`, seller)
  await reprocess()
  t.match(await answersOf(first), [{ criterion: 'budget', status: 'not_met', source: 'call' }])
})

t.test('two submissions of one person in one batch count in their order', async (t) => {
  const email = 'batch@example.org'
  await form.submit({ email, money: 'none' })
  setNow(new Date(NOON + 1_000))
  const last = await form.process({ email, money: 'some', problem: 'x' })
  t.match(await answersOf(last), [
    { criterion: 'budget', status: 'partly_met' },
    { criterion: 'need', value: 'x' },
  ])
})

t.test('spam answers nothing until somebody releases it', async (t) => {
  const spam = await form.process({ email: 'bot@example.org', money: 'over_20k', _hp: 'x' })
  t.equal(spam.state, 'quarantined')
  const released = await call('POST', `/v1/form-submissions/${spam.id}/release`)
  t.equal(released.statusCode, 202, released.body)
  await drain()
  const { lead_id } = (await call('GET', `/v1/form-submissions/${spam.id}`)).json()
  t.match(await answersOf({ lead_id }), [{ criterion: 'budget', status: 'met' }])
})

t.test('a form of criteria alone is about nobody', async (t) => {
  const anonymous = await makeForm(service, 'anonymous', { fields: QUIZ.slice(PERSON_FIELDS.length) })
  const submission = await anonymous.process({ money: 'over_20k' })
  t.match(submission, { state: 'failed', reasons: ['no_lead_fields'], fields: { money: 'over_20k' } })
})

t.test('a dry run tells each answer and whether it would be taken, and writes nothing', async (t) => {
  const run = async (body: object) => (await call('POST', '/v1/forms/quiz/dry-runs', body)).json()
  const written = async () => (await rowsOf(service, 'lead_qualifications', 'true')).length
  const before = await written()
  const fresh = await run({ fields: { email: 'dry@example.org', money: 'over_20k', problem: 'p' } })
  t.match(fresh, {
    would_be: 'processed',
    issues: [],
    qualification: [
      {
        ...{ criterion: 'budget', status: 'met', value: 'over_20k', confidence: 0.8, previous_status: null },
        evidence: 'Your budget: More than 20,000 EUR',
        expires_at: new Date(NOON + 90 * 24 * HOUR).toISOString(),
      },
      { criterion: 'need', status: 'unknown', expires_at: null },
    ],
  })
  const { lead_id } = await form.process({ email: 'dry@example.org', money: 'some' })
  setNow(new Date(NOON + HOUR))
  await call('PATCH', `/v1/leads/${lead_id}/qualification`, { answers: [{ criterion: 'budget', status: 'met' }] })
  t.match(await run({ fields: { email: 'dry@example.org', money: 'none' } }), {
    lead: { lead_id },
    qualification: [{ criterion: 'budget', status: 'not_met', previous_status: 'met', previous_value: null }],
  })
  const draft = { title: 'Draft', fields: [...PERSON_FIELDS, { name: 'x', type: 'text', maps_to: 'criteria.luck' }] }
  const refused = await run({ fields: { email: 'dry@example.org', x: '1' }, definition: draft })
  t.match(refused, { status: 422, errors: [{ code: 'unknown_criterion', pointer: '/definition/fields/3/maps_to' }] })
  t.equal(await written(), before + 1, 'only by the submission that was real')
})

t.test('a form cannot map to what is not there', async (t) => {
  const put = async (maps_to: string, more: object = {}) =>
    await call('PUT', '/v1/forms/strict', {
      title: 'Strict',
      fields: [...PERSON_FIELDS, { name: 'x', type: 'text', maps_to, ...more }],
    })
  const luck = await put('criteria.luck')
  t.equal(luck.statusCode, 422)
  t.match(luck.json(), { errors: [{ code: 'unknown_criterion', pointer: '/fields/3/maps_to', detail: /budget/ }] })
  for (const odd of ['criteria.', 'criteria.A', 'criteria', 'criteria.budget.x', 'Criteria.budget']) {
    t.match((await put(odd)).json(), { status: 400, errors: [{ pointer: '/fields/3/maps_to' }] }, odd)
  }
  t.match((await put('criteria.budget', { type: 'file' })).json(), { status: 400 })
  const twice = await call('PUT', '/v1/forms/strict', {
    title: 'Strict',
    fields: ['a', 'b'].map((name) => ({ name, type: 'text', maps_to: 'criteria.budget' })),
  })
  t.match(twice.json(), { errors: [{ code: 'duplicate_target', pointer: '/fields/1/maps_to' }] })
  const other = await service.makeWorkspace()
  await publishCriteria((criteria) => [...criteria, { key: 'fleet' }])
  t.equal((await put('criteria.fleet')).statusCode, 201, 'our lifecycle has it')
  const theirs = await call(
    'PUT',
    '/v1/forms/strict',
    { title: 'Theirs', fields: [{ name: 'x', type: 'text', maps_to: 'criteria.fleet' }] },
    { headers: { authorization: `Bearer ${other.key}` } },
  )
  t.equal(theirs.statusCode, 422, 'theirs has not')
  const gone = await publishCriteria((criteria) => criteria.filter(({ key }) => key !== 'fleet'))
  t.match(gone.json(), { code: 'in_use', detail: /"strict".*"fleet"/ })
})

t.test('a submission to a form whose criterion went keeps its value and says so', async (t) => {
  await publishCriteria((criteria) => [...criteria.filter(({ key }) => key !== 'pets'), { key: 'pets' }])
  const fields = (maps_to: string | null) => [...PERSON_FIELDS, { name: 'pets', type: 'boolean', maps_to }]
  const old = await makeForm(service, 'pets', { fields: fields('criteria.pets') })
  await old.submit({ email: 'pets@example.org', pets: 'on' })
  const saved = await call(
    'PUT',
    '/v1/forms/pets',
    { title: 'Pets', fields: fields(null) },
    { headers: { 'if-match': '"v1"' } },
  )
  t.equal(saved.statusCode, 200, saved.body)
  const done = await publishCriteria((criteria) => criteria.filter(({ key }) => key !== 'pets'))
  t.equal(done.statusCode, 200, done.body)
  const [submission] = (await call('GET', '/v1/form-submissions?form_key=pets')).json().data
  t.match(submission, { state: 'processed', reasons: ['criteria.pets: unknown_criterion'], fields: { pets: 'on' } })
})
