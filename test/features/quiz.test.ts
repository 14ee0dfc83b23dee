// A quiz: what the answers of a form are worth becomes a value of the lead, and nobody who answers can read it.
import t from 'tap'
import { makeForm, PERSON_FIELDS } from '../helpers/forms.ts'
import { testService } from '../helpers/service.ts'

const service = await testService(t)
const { app, call, drain } = service

const FIELDS = [
  ...PERSON_FIELDS,
  { name: 'size', type: 'select', options: ['small', 'large'].map((value) => ({ value, label: value })) },
  { name: 'tools', type: 'multi_select', options: ['crm', 'mail', 'none'].map((value) => ({ value, label: value })) },
  { name: 'soon', type: 'boolean' },
]
const QUIZ = {
  maps_to: 'custom_fields.quiz_points',
  answers: [
    { field: 'size', value: 'large', points: 20 },
    { field: 'tools', value: 'crm', points: 5 },
    { field: 'tools', value: 'mail', points: 3 },
    { field: 'tools', value: 'none', points: -10 },
    { field: 'soon', value: 'true', points: 7 },
  ],
}

t.before(async () => {
  const { etag, lead, account } = (await call('GET', '/v1/settings/custom-fields')).json()
  const field = { key: 'quiz_points', type: 'integer', label: 'Points of the quiz' }
  const wanted = { lead: [...lead, field], account }
  const saved = await call('PUT', '/v1/settings/custom-fields', wanted, { headers: { 'if-match': etag } })
  if (saved.statusCode !== 200) throw new Error(saved.body)
})

const pointsOf = async (email: string) =>
  (await call('GET', `/v1/leads?email=${email}`)).json().data[0].custom_fields.quiz_points

t.test('answers are added up, a later submission counts anew, and one without answers says nothing', async (t) => {
  const form = await makeForm(service, 'size-quiz', { fields: FIELDS, quiz: QUIZ })
  const email = 'ada@quiz.test'
  const answers: [object, number][] = [
    [{ size: 'large', tools: ['crm', 'mail'], soon: 'on' }, 35],
    [{ size: 'small', tools: ['none'] }, -10],
    [{ full_name: 'Ada Lovelace' }, -10],
    [{ size: 'small' }, 0],
  ]
  for (const [values, points] of answers) {
    await form.process({ email, ...values })
    t.equal(await pointsOf(email), points, JSON.stringify(values))
  }
})

t.test('the dry run shows the sum, the public form shows no points', async (t) => {
  const dry = await call('POST', '/v1/forms/size-quiz/dry-runs', { fields: { email: 'x@quiz.test', size: 'large' } })
  t.match(dry.json(), { lead: { values: { custom_fields: { quiz_points: 20 } } } }, dry.body)
  const shown = await app.inject('/v1/public/forms/size-quiz')
  t.equal(shown.statusCode, 200)
  t.notMatch(shown.body, /points|quiz_/)
})

t.test('conditions and score models may ask for the points', async (t) => {
  await call('POST', '/v1/leads', { email: 'low@quiz.test', custom_fields: { quiz_points: 1 } })
  await call('POST', '/v1/leads', { email: 'high@quiz.test', custom_fields: { quiz_points: 40 } })
  await drain()
  const filter = { any: [{ all: [{ field: 'custom_fields.quiz_points', op: 'gte', value: '30' }] }] }
  const { data } = (await call('POST', '/v1/leads/search', { filter })).json()
  t.strictSame(
    data.map(({ email }: { email: string }) => email),
    ['high@quiz.test'],
  )
})

t.test('a quiz that cannot work is refused with the place', async (t) => {
  const faultsOf = async (quiz: object, fields: object[] = FIELDS) => {
    const answer = await call('PUT', '/v1/forms/faulty', { title: 'Faulty', fields, quiz })
    t.ok(answer.statusCode === 400 || answer.statusCode === 422, answer.body)
    return answer.json().errors.map(({ pointer, code }: { pointer: string; code: string }) => `${pointer} ${code}`)
  }
  const one = (field: string, value: string) => ({ ...QUIZ, answers: [{ field, value, points: 1 }] })
  t.strictSame(await faultsOf(one('nobody', 'x')), ['/quiz/answers/0/field unknown_field'])
  t.strictSame(await faultsOf(one('size', 'huge')), ['/quiz/answers/0/value unknown_option'])
  t.strictSame(await faultsOf({ ...QUIZ, answers: [QUIZ.answers[0], QUIZ.answers[0]] }), ['/quiz/answers/1 duplicate'])
  const taken = [...FIELDS, { name: 'sum', type: 'number', maps_to: 'custom_fields.quiz_points' }]
  t.strictSame(await faultsOf(QUIZ, taken), ['/quiz/maps_to duplicate_target'])
  t.strictSame(await faultsOf({ ...QUIZ, maps_to: 'email' }), ['/quiz/maps_to invalid_format'])
})
