import t from 'tap'
import { testService } from '../helpers/service.ts'

const service = await testService(t)
const { call } = service
const AUSTRIAN = { phone: '0664 1234567' }
const E164 = '+436641234567'

const make = async (name: string) =>
  (
    await call('POST', '/v1/leads', {
      email: `${name}@example.org`,
      country: 'AT',
      external_ids: [{ system: 'crm', external_id: name }],
    })
  ).json().id as string
const phoneOf = async (id: string) => (await call('GET', `/v1/leads/${id}`)).json().phone

t.test('a phone number without a prefix is read in the country that the lead has', async (t) => {
  const id = await make('ada')
  t.equal((await call('PATCH', `/v1/leads/${id}`, AUSTRIAN)).json().phone, E164)
  const german = await call('PATCH', `/v1/leads/${id}`, { phone: '030 901820', country: 'DE' })
  t.equal(german.json().phone, '+4930901820', 'the country of the request counts first')
  t.equal(
    (await call('PATCH', `/v1/leads/${id}`, { phone: '+43 664 1234567' })).json().phone,
    E164,
    'and a prefix always',
  )
  t.equal(
    (await call('PATCH', `/v1/leads/${id}`, { ...AUSTRIAN, country: null })).statusCode,
    400,
    'no country is none',
  )
})

t.test('an upsert reads it in the country of the lead that it finds', async (t) => {
  const id = await make('grace')
  t.equal((await call('PATCH', '/v1/leads/by-external-id/crm/grace', AUSTRIAN)).json().phone, E164)
  t.equal((await call('PATCH', '/v1/leads/by-external-id/crm/nobody', { ...AUSTRIAN, last_name: 'X' })).statusCode, 400)
  t.equal(await phoneOf(id), E164)
})

t.test('a batch does so for each of its items', async (t) => {
  const ids = [await make('one'), await make('two'), await make('three')]
  const items = [
    { id: ids[0], phone: '0664 1234561' },
    { external_ids: [{ system: 'crm', external_id: 'two' }], phone: '0664 1234562' },
    { email: 'three@example.org', phone: '0664 1234563' },
    { email: 'new@example.org', phone: '0664 1234564' },
  ]
  const { results } = (await call('POST', '/v1/leads/batch/upsert', { items })).json()
  t.strictSame(
    results.map(({ status }: { status: number }) => status),
    [200, 200, 200, 400],
  )
  t.strictSame(await Promise.all(ids.map(phoneOf)), ['+436641234561', '+436641234562', '+436641234563'])
})

t.test('an account lends its country too, however a change names it', async (t) => {
  const made = async (name: string) =>
    (
      await call('POST', '/v1/accounts', {
        name,
        domain: `${name}.example`,
        country: 'AT',
        external_ids: [{ system: 'crm', external_id: name }],
      })
    ).json().id as string
  const ids = [await made('eins'), await made('zwei'), await made('drei'), await made('vier')]
  const patched = await call('PATCH', `/v1/accounts/${ids[0]}`, { phone: '0664 1234561' })
  t.match([patched.statusCode, patched.json().phone], [200, '+436641234561'])
  const german = await call('PATCH', `/v1/accounts/${ids[0]}`, { phone: '030 901820', country: 'DE' })
  t.equal(german.json().phone, '+4930901820', 'the country of the request counts first')
  t.equal((await call('PATCH', `/v1/accounts/${ids[1]}`, { ...AUSTRIAN, country: null })).statusCode, 400)
  const upserted = await call('PATCH', '/v1/accounts/by-external-id/crm/zwei', { phone: '0664 1234562' })
  t.equal(upserted.json().phone, '+436641234562')
  const items = [
    { id: ids[0], phone: '030 901821' },
    { external_ids: [{ system: 'crm', external_id: 'drei' }], phone: '0664 1234563' },
    { website: 'https://www.vier.example/about', phone: '0664 1234564' },
    { domain: 'neu.example', phone: '0664 1234565' },
  ]
  const { results } = (await call('POST', '/v1/accounts/batch/upsert', { items })).json()
  t.strictSame(
    results.map(({ status }: { status: number }) => status),
    [200, 200, 200, 400],
  )
  const phones = ids.map(async (id) => (await call('GET', `/v1/accounts/${id}`)).json().phone)
  t.strictSame(await Promise.all(phones), ['+4930901821', '+436641234562', '+436641234563', '+436641234564'])
})
