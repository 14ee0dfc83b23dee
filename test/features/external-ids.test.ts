import t from 'tap'
import { testService } from '../helpers/service.ts'

const service = await testService(t)
const { call } = service
const find = (query: string, more = {}) => call('GET', `/v1/external-ids?${query}`, undefined, more)
const ids = (external_id: string, system = 'crm') => [{ system, external_id }]

t.test('an id of another system leads to the lead and the account that have it', async (t) => {
  const lead = (await call('POST', '/v1/leads', { email: 'x@example.org', external_ids: ids('7/ä') })).json()
  const account = (await call('POST', '/v1/accounts', { name: 'X', external_ids: ids('7/ä') })).json()
  t.strictSame((await find('system=crm&external_id=7%2F%C3%A4')).json(), {
    data: [
      { object: 'lead', id: lead.id },
      { object: 'account', id: account.id },
    ],
  })
  t.strictSame((await find('system=erp&external_id=7%2F%C3%A4')).json().data, [], 'another system')
  t.strictSame((await find('system=crm&external_id=7')).json().data, [], 'no part of an id')
})

t.test('an id that is taken away leads nowhere', async (t) => {
  const lead = (await call('POST', '/v1/leads', { email: 'y@example.org', external_ids: ids('old') })).json()
  await call('PATCH', `/v1/leads/${lead.id}`, { external_ids: ids('new') })
  t.strictSame((await find('system=crm&external_id=old')).json().data, [])
  t.strictSame((await find('system=crm&external_id=new')).json().data, [{ object: 'lead', id: lead.id }])
  t.equal((await call('POST', '/v1/leads', { email: 'z@example.org', external_ids: ids('old') })).statusCode, 201)
})

t.test('other workspaces have ids of their own', async (t) => {
  const { key } = await service.makeWorkspace()
  const headers = { authorization: `Bearer ${key}` }
  await call('POST', '/v1/leads', { email: 'mine@example.org', external_ids: ids('mine') })
  t.strictSame((await find('system=crm&external_id=mine', { headers })).json().data, [])
})

t.test('what is no question is refused', async (t) => {
  for (const query of ['', 'system=crm', 'external_id=1', 'system=CRM&external_id=1', 'system=crm&external_id='])
    t.equal((await find(query)).statusCode, 400, query)
  for (const query of [
    'system=crm&external_id=%00',
    `system=crm&external_id=${'x'.repeat(256)}`,
    'system=crm&external_id=1&x=1',
  ])
    t.equal((await find(query)).statusCode, 400, query.slice(0, 60))
  const key = await service.makeKey('restricted', { scopes: ['leads:read'] })
  t.equal((await find('system=crm&external_id=1', { headers: { authorization: `Bearer ${key}` } })).statusCode, 403)
})
