// What conditions name must be there when they begin to count, and what is named cannot go.
import t from 'tap'
import { type TestService, testService } from '../helpers/service.ts'

const NOBODY = 'user_01k8r5x4q3e7vb2c9m6h0n1d5s'
const NOWHERE = 'acct_01k8r5x4q3e7vb2c9m6h0n1d5s'
const asks = (field: string, op: string, ...values: string[]) => ({
  any: [{ all: [{ field, op, ...(op.endsWith('in') ? { values } : { value: values[0] }) }] }],
})
const IN_DACH = asks('segments', 'contains', 'dach')
const AXIS = { min: 0, max: 100 }
const PERSON = [{ name: 'email', value: '{{email}}' }]

function handsOf({ call }: TestService) {
  const etagOf = async (url: string) => (await call('GET', url)).json().etag as string | undefined
  const save = async (url: string, body: object) => {
    const etag = await etagOf(url)
    return await call('PUT', url, body, { headers: etag === undefined ? {} : { 'if-match': etag } })
  }
  const must = async (url: string, body: object) => {
    const saved = await save(url, body)
    if (saved.statusCode > 201) throw new Error(saved.body)
  }
  const publish = (url: string) => call('POST', `${url}/publish`)
  const segment = async (key: string, condition: object = asks('country', 'eq', 'DE')) => {
    await must(`/v1/segments/${key}`, { title: key, condition })
    return await publish(`/v1/segments/${key}`)
  }
  const lifecycle = async (change: (definition: Lifecycle) => object) => {
    const { draft, published } = (await call('GET', '/v1/settings/lifecycle')).json()
    const { definition } = draft ?? published
    await must('/v1/settings/lifecycle', { ...definition, ...change(definition) })
    return await publish('/v1/settings/lifecycle')
  }
  return { save, must, publish, segment, lifecycle }
}

interface Lifecycle {
  stages: { key: string }[]
  transitions: object[]
}

/** Status and code, and code with place of every fault. */
const told = (answer: {
  statusCode: number
  json(): { code: string; errors: { code: string; pointer: string }[] }
}) => {
  const { code, errors } = answer.json()
  return [answer.statusCode, code, ...errors.map((item) => `${item.code} ${item.pointer}`)]
}

const move = (gate: object) => ({
  ...{ key: 'extra', from: ['lead'], to: 'mql', by: ['key'], gate },
})

t.test('a draft may name what comes later; it is published when that is there', async (t) => {
  const service = await testService(t)
  const { segment, publish } = handsOf(service)
  const refused = await segment('inner', {
    any: [{ all: [] }, { all: [{ field: 'country', op: 'is_set' }, IN_DACH.any[0]?.all[0]] }],
  })
  t.strictSame(told(refused), [422, 'unprocessable', 'unknown_segment /condition/any/1/all/1/value'])
  t.equal(refused.json().detail, 'There is no segment "dach".')
  t.match((await service.call('GET', '/v1/segments/inner')).json(), { published: null, draft: { version: 1 } })
  await service.call('PUT', '/v1/segments/dach', { title: 'DACH', condition: asks('country', 'in', 'DE', 'AT') })
  t.equal((await publish('/v1/segments/inner')).statusCode, 200, 'a draft is there')
})

t.test('every kind of key is looked up, and a slip is answered with what was meant', async (t) => {
  const service = await testService(t)
  const { segment } = handsOf(service)
  const seller = (await service.call('POST', '/v1/users', { name: 'Ana' })).json().id
  const account = (await service.call('POST', '/v1/accounts', { name: 'Acme' })).json().id
  await segment('dach')
  const place = '/condition/any/0/all/0'
  const slips: [object, string, RegExp?][] = [
    [asks('segments', 'not_in', 'dach', 'dahc'), `unknown_segment ${place}/values/1`],
    [asks('segments', 'neq', 'nobody'), `unknown_segment ${place}/value`],
    [asks('stage_key', 'eq', 'mqll'), `unknown_stage ${place}/value`, /Did you mean "mql"/],
    [asks('stage_key', 'in', 'mql', 'prospect'), `unknown_stage ${place}/values/1`, /there are: subscriber, lead, mql/],
    [asks('lifecycle.stages', 'contains', 'prospect'), `unknown_stage ${place}/value`],
    [asks('lifecycle.previous_stage_key', 'eq', 'prospect'), `unknown_stage ${place}/value`],
    [asks('score.band', 'eq', 'hott'), `unknown_band ${place}/value`, /Did you mean "hot"/],
    [asks('owner_id', 'eq', NOBODY), `unknown_user ${place}/value`],
    [asks('account.owner_id', 'neq', NOBODY), `unknown_user ${place}/value`],
    [asks('account_id', 'in', account, NOWHERE), `unknown_account ${place}/values/1`],
  ]
  for (const [condition, fault, detail] of slips) {
    const answer = await segment('slip', condition)
    t.strictSame(told(answer), [422, 'unprocessable', fault])
    if (detail) t.match(answer.json().detail, detail)
  }
  const right = [
    asks('segments', 'in', 'DACH'),
    asks('stage_key', 'in', 'MQL', 'customer'),
    asks('stage_key', 'starts_with', 'm'),
    asks('stage_key', 'gt', 'a'),
    asks('score.band', 'contains', 'o'),
    asks('score.band', 'in', 'hot', 'warm'),
    asks('owner_id', 'eq', seller),
    asks('account_id', 'eq', account),
    asks('source_key', 'eq', 'anything'),
  ]
  for (const condition of right) t.equal((await segment('right', condition)).statusCode, 200, JSON.stringify(condition))
})

t.test('a gate and a segment may name each other, whichever is written first', async (t) => {
  const service = await testService(t)
  const { segment, lifecycle, publish } = handsOf(service)
  t.strictSame(told(await segment('trials', asks('stage_key', 'eq', 'trial'))).slice(0, 2), [422, 'unprocessable'])
  const made = await lifecycle(({ stages, transitions }) => ({
    stages: [{ key: 'trial', label: 'Trial', kind: 'path' }, ...stages],
    transitions: [...transitions, { ...move(asks('segments', 'contains', 'trials')), from: ['trial'] }],
  }))
  t.equal(made.statusCode, 200, made.body)
  t.equal((await publish('/v1/segments/trials')).statusCode, 200)

  const without = ({ stages, transitions }: Lifecycle) => ({
    stages: stages.filter(({ key }) => key !== 'trial'),
    transitions: transitions.filter((one) => (one as { key: string }).key !== 'extra'),
  })
  const refused = await lifecycle(without)
  t.strictSame(told(refused), [409, 'in_use', 'in_use null'])
  t.equal(refused.json().detail, 'The segment "trials" names the stage "trial". Change that first.')
  t.equal((await segment('trials', asks('lifecycle.stages', 'contains', 'trial'))).statusCode, 200)
  t.equal((await lifecycle(without)).statusCode, 200, 'what is asked about the past does not hold it')
  const past = await segment('were-trials', asks('lifecycle.previous_stage_key', 'eq', 'trial'))
  t.equal(past.statusCode, 200, 'and may be asked about when it has gone')
})

t.test('no kind of policy is published with such a name', async (t) => {
  const service = await testService(t)
  const { must, publish, lifecycle } = handsOf(service)
  const rule = { key: 'r', label: 'R', points: 1, condition: IN_DACH }
  const drafts: [string, object, string][] = [
    [
      '/v1/score-models/second',
      { name: 'S', fit: { ...AXIS, rules: [rule] }, engagement: { ...AXIS, rules: [] } },
      '/fit/rules/0/condition',
    ],
    ['/v1/settings/sla/quick', { condition: IN_DACH, targets: { accept_seconds: 600 } }, '/condition'],
    ['/v1/settings/enrichment', { providers: [], filter: IN_DACH }, '/filter'],
    ['/v1/sequences/welcome', { goal: IN_DACH, steps: [{ key: 'a', kind: 'tag', tag: { add: ['x'] } }] }, '/goal'],
  ]
  for (const [url, body, place] of drafts) {
    await must(url, body)
    t.strictSame(told(await publish(url)), [422, 'unprocessable', `unknown_segment ${place}/any/0/all/0/value`], url)
  }
  const gate = await lifecycle(({ transitions }) => ({ transitions: [move(IN_DACH), ...transitions] }))
  t.strictSame(told(gate), [422, 'unprocessable', 'unknown_segment /transitions/0/gate/any/0/all/0/value'])
})

t.test('what counts as soon as it is saved is refused at once', async (t) => {
  const service = await testService(t)
  const { call } = service
  const { save, segment } = handsOf(service)
  const buyer = { price_minor: 1, post: { url: 'https://buyer.test/', fields: PERSON }, condition: IN_DACH }
  const teams = { territories: [{ key: 'x' }, { key: 'y', condition: IN_DACH }] }
  const hook = { url: 'https://hook.test/', condition: asks('stage_key', 'eq', 'mqll') }
  const at = 'any/0/all/0/value'
  t.strictSame(told(await save('/v1/buyers/b', buyer)), [422, 'unprocessable', `unknown_segment /condition/${at}`])
  t.strictSame(told(await save('/v1/settings/teams', teams)), [
    ...[422, 'unprocessable', `unknown_segment /territories/1/condition/${at}`],
  ])
  const made = await call('POST', '/v1/webhook-endpoints', hook)
  t.strictSame(told(made), [422, 'unprocessable', `unknown_stage /condition/${at}`])
  t.equal((await call('GET', '/v1/webhook-endpoints')).json().data.length, 0)
  const endpoint = (await call('POST', '/v1/webhook-endpoints', { url: hook.url })).json()
  const edited = await call('PATCH', `/v1/webhook-endpoints/${endpoint.id}`, hook)
  t.strictSame(told(edited), [422, 'unprocessable', `unknown_stage /condition/${at}`])
  await segment('dach')
  t.equal((await save('/v1/buyers/b', buyer)).statusCode, 201)
  t.equal((await save('/v1/settings/teams', teams)).statusCode, 200)
  const sound = { condition: asks('stage_key', 'eq', 'mql') }
  t.equal((await call('PATCH', `/v1/webhook-endpoints/${endpoint.id}`, sound)).statusCode, 200)
})

t.test('a segment that somebody names cannot go, and the answer says who', async (t) => {
  const service = await testService(t)
  const { call } = service
  const { save, must, publish, segment, lifecycle } = handsOf(service)
  await segment('dach')
  await segment('inner', IN_DACH)
  await call('PUT', '/v1/segments/only-a-draft', { title: 'Draft', condition: IN_DACH })
  await must('/v1/sequences/welcome', {
    entry: { kind: 'segment', segment_key: 'dach' },
    steps: [{ key: 'a', kind: 'tag', tag: { add: ['x'] } }],
  })
  t.equal((await publish('/v1/sequences/welcome')).statusCode, 200)
  await save('/v1/buyers/b', {
    price_minor: 1,
    post: { url: 'https://buyer.test/', fields: PERSON },
    condition: IN_DACH,
  })
  await save('/v1/settings/teams', { territories: [{ key: 'y', condition: IN_DACH }] })
  await lifecycle(({ transitions }) => ({ transitions: [move(IN_DACH), ...transitions] }))

  const refused = await call('DELETE', '/v1/segments/dach')
  t.match([refused.statusCode, refused.json().code], [409, 'in_use'])
  const users = ['lifecycle', 'segment "inner"', 'sequence "welcome"', 'territory "y"', 'buyer "b"']
  t.strictSame(
    refused
      .json()
      .errors.map(({ detail }: { detail: string }) => detail)
      .sort(),
    users.map((user) => `The ${user} names the segment "dach".`).sort(),
  )
  t.match((await call('GET', '/v1/segments/dach')).json(), { published: { version: 1 } }, 'it is followed still')

  await segment('inner')
  await call('DELETE', '/v1/sequences/welcome')
  await save('/v1/buyers/b', { price_minor: 1, post: { url: 'https://buyer.test/', fields: PERSON } })
  await save('/v1/settings/teams', { territories: [{ key: 'y' }] })
  const last = await call('DELETE', '/v1/segments/dach')
  t.equal(last.json().detail, 'The lifecycle names the segment "dach". Change that first.')
  await lifecycle(({ transitions }) => ({ transitions: transitions.slice(1) }))
  t.equal((await call('DELETE', '/v1/segments/dach')).statusCode, 204, 'a draft does not hold it')
  t.equal((await call('DELETE', '/v1/segments/dach')).statusCode, 204)
  t.strictSame(told(await publish('/v1/segments/only-a-draft')).slice(0, 2), [422, 'unprocessable'])
})

t.test('a territory that a rule asks about cannot go', async (t) => {
  const service = await testService(t)
  const { call } = service
  const { save, must, publish } = handsOf(service)
  const ana = (await call('POST', '/v1/users', { name: 'Ana' })).json().id
  const rule = (key: string) => ({
    rules: [{ key: 'r', when: asks('territories', 'contains', key), target: { kind: 'user', user_id: ana } }],
    default_target: { kind: 'user', user_id: ana },
  })
  await save('/v1/settings/teams', { territories: [{ key: 'north' }] })
  await must('/v1/settings/routing', rule('nroth'))
  const refused = await publish('/v1/settings/routing')
  t.strictSame(told(refused), [422, 'unprocessable', 'unknown_territory /rules/0/when/any/0/all/0/value'])
  t.match(refused.json().detail, /Did you mean "north"/)
  await must('/v1/settings/routing', rule('north'))
  t.equal((await publish('/v1/settings/routing')).statusCode, 200)
  t.strictSame(told(await save('/v1/settings/teams', { territories: [] })), [409, 'in_use', 'in_use /territories'])
})

t.test('deleting and naming at the same moment: one of them is refused', async (t) => {
  const service = await testService(t)
  const { call } = service
  const { publish } = handsOf(service)
  for (let i = 0; i < 12; i++) {
    const [named, naming] = [`named-${i}`, `naming-${i}`]
    const saved = await call('PUT', `/v1/segments/${named}`, { title: named, condition: asks('country', 'eq', 'DE') })
    if (i % 2 === 0) await publish(`/v1/segments/${named}`)
    t.equal(saved.statusCode, 201)
    await call('PUT', `/v1/segments/${naming}`, { title: naming, condition: asks('segments', 'contains', named) })
    const remove = () => call('DELETE', `/v1/segments/${named}`)
    const name = () => publish(`/v1/segments/${naming}`)
    // Whoever is asked first is mostly first.
    const answers = await Promise.all(i % 4 < 2 ? [remove(), name()] : [name(), remove()])
    const statuses = answers.map(({ statusCode }) => statusCode).sort()
    t.ok(['204,422', '200,409'].includes(statuses.join()), statuses.join())
  }
})
