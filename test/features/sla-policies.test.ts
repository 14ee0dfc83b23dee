import t from 'tap'
import { testService } from '../helpers/service.ts'

const service = await testService(t)
const { call } = service
const PATH = '/v1/settings/sla/inbound'
const pointersOf = (body: { errors: { pointer: string }[] }) => body.errors.map(({ pointer }) => pointer)

t.test('a service level is written as a draft, published, and keeps its former versions', async (t) => {
  const created = await call('PUT', PATH, { targets: { accept_seconds: 600 } })
  t.equal(created.statusCode, 201)
  t.same(created.json().draft.definition, {
    name: 'Service level',
    priority: 100,
    condition: null,
    pool_keys: [],
    hours: 'seller',
    calendar: null,
    targets: { accept_seconds: 600, first_touch_seconds: null, qualify_seconds: null },
    at_risk_percent: null,
    notify_seller: false,
    pause_statuses: [],
    pause_stage_keys: [],
    escalation: [],
  })
  t.equal((await call('POST', `${PATH}/publish`)).json().published.version, 1)
  const { etag } = (await call('GET', PATH)).headers
  const escalation = [{ target: 'accept', action: 'remind' }]
  const changed = { targets: { accept_seconds: 300 }, escalation }
  t.equal((await call('PUT', PATH, changed)).statusCode, 428)
  const draft = await call('PUT', PATH, changed, { headers: { 'if-match': String(etag) } })
  t.same(draft.json().draft.definition.escalation, [{ target: 'accept', after_seconds: 0, action: 'remind' }])
  const { data } = (await call('GET', `${PATH}/diff`)).json()
  t.ok(data.some(({ path }: { path: string }) => path === '/targets/accept_seconds'))
  t.equal((await call('GET', `${PATH}/versions/1`)).json().definition.targets.accept_seconds, 600)
})

t.test('every fault of a service level is named', async (t) => {
  const response = await call('PUT', '/v1/settings/sla/faulty', {
    condition: { any: [{ all: [{ field: 'no_such_field', op: 'is_set' }] }] },
    calendar: {
      time_zone: 'Mars/Olympus',
      windows: [{ weekdays: ['monday'], from: '09:00', to: '09:00' }],
      holidays: ['2026-02-28'],
    },
    targets: {},
    escalation: [{ target: 'accept', action: 'remind' }],
  })
  t.equal(response.statusCode, 400)
  t.same(pointersOf(response.json()), [
    '/condition/any/0/all/0/field',
    '/calendar/time_zone',
    '/calendar/windows/0/to',
    '/targets',
    '/escalation/0/target',
  ])
})
