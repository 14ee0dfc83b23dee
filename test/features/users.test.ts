import t from 'tap'
import { withWorkspace } from '../../src/db/client.ts'
import { decodeTypeId } from '../../src/domain/type-id.ts'
import { testService } from '../helpers/service.ts'

const service = await testService(t)
const { call, ctx, workspaceId } = service

const create = async (body: object) => {
  const answer = await call('POST', '/v1/users', body)
  if (answer.statusCode !== 201) throw new Error(answer.body)
  return answer.json()
}
const lead = async (body: object = {}) => (await call('POST', '/v1/leads', { full_name: 'Ada', ...body })).json()
const faults = (answer: {
  statusCode: number
  json(): { code: string; errors: { code: string; pointer: string }[] }
}) => {
  const { code, errors } = answer.json()
  return [answer.statusCode, code, ...errors.map((item) => `${item.code} ${item.pointer}`)]
}
const rows = async (text: string, values: unknown[] = []) =>
  await withWorkspace(ctx.db, workspaceId, (tx) => tx.query<Record<string, unknown>>(text, values))
const uuid = (kind: 'lead' | 'user', id: string) => decodeTypeId(kind, id)
const putTeams = async (body: object) => await call('PUT', '/v1/settings/teams', body, { headers: { 'if-match': '*' } })

t.test('a seller reads back in the documented normal form', async (t) => {
  const answer = await call('POST', '/v1/users', {
    name: ' Grace  Hopper ',
    email: 'Grace@EXAMPLE.org',
    skills: [
      { skill: 'ships', level: 90 },
      { skill: 'compilers', level: 100 },
    ],
    languages: ['en_GB', 'de'],
    time_zone: 'europe/berlin',
    working_hours: [{ weekdays: ['monday', 'monday'], from: '09:00', to: '12:30' }],
    absences: [
      { from_at: '2027-01-01T01:00:00+01:00', until_at: '2027-01-02T00:00:00Z' },
      { from_at: '2026-01-01T00:00:00Z', until_at: '2026-01-02T00:00:00Z', reason: 'Ski' },
    ],
  })
  t.equal(answer.statusCode, 201)
  t.match(answer.json(), {
    name: 'Grace Hopper',
    email: 'Grace@example.org',
    skills: [
      { skill: 'compilers', level: 100 },
      { skill: 'ships', level: 90 },
    ],
    languages: ['en-GB', 'de'],
    time_zone: 'Europe/Berlin',
    working_hours: [{ weekdays: ['monday'], from: '09:00', to: '12:30' }],
    absences: [{ reason: 'Ski' }, { from_at: '2027-01-01T00:00:00.000Z', reason: null }],
    weight: 100,
    active: true,
    version: 1,
  })
  t.same((await call('GET', `/v1/users/${answer.json().id}`)).json(), answer.json())
})

t.test('every fault is named by its place', async (t) => {
  const answer = await call('POST', '/v1/users', {
    name: '  ',
    email: 'nobody',
    time_zone: 'Mars/Olympus',
    languages: ['german'],
    skills: [
      { skill: 'a', level: 1 },
      { skill: 'a', level: 2 },
    ],
    working_hours: [{ weekdays: ['monday'], from: '09:00', to: '09:00' }],
    absences: [{ from_at: '2026-03-02T00:00:00Z', until_at: '2026-03-01T00:00:00Z' }],
  })
  t.strictSame(faults(answer), [
    400,
    'validation_failed',
    'blank /name',
    'not_one_address /email',
    'duplicate /skills/1/skill',
    'invalid_language /languages/0',
    'unknown_time_zone /time_zone',
    'invalid_range /working_hours/0/to',
    'invalid_range /absences/0/until_at',
  ])
  const unreal = { from_at: '2026-02-30T00:00:00Z', until_at: '2026-03-01T00:00:00Z' }
  t.strictSame(faults(await call('POST', '/v1/users', { name: 'Ida', absences: [unreal] })), [
    400,
    'validation_failed',
    'invalid_format /absences/0/from_at',
  ])
})

t.test('one e-mail address and one external id belong to one seller, however many ask at once', async (t) => {
  const answers = await Promise.all(
    Array.from({ length: 6 }, (_, i) => call('POST', '/v1/users', { name: `Twin ${i}`, email: 'twin@sellers.test' })),
  )
  const winner = answers.find(({ statusCode }) => statusCode === 201)?.json()
  t.same(answers.map(({ statusCode }) => statusCode).sort(), [201, 409, 409, 409, 409, 409])
  for (const answer of answers.filter(({ statusCode }) => statusCode === 409)) {
    t.equal(answer.json().existing_id, winner.id)
  }
  const other = await create({ name: 'Other', external_ids: [{ system: 'crm', external_id: '7' }] })
  const clash = await call('PATCH', `/v1/users/${winner.id}`, { external_ids: [{ system: 'crm', external_id: '7' }] })
  t.same([clash.statusCode, clash.json().existing_id], [409, other.id])
  await call('PATCH', `/v1/users/${other.id}`, { external_ids: [] })
  t.equal(
    (await call('PATCH', `/v1/users/${winner.id}`, { external_ids: [{ system: 'crm', external_id: '7' }] })).statusCode,
    200,
  )
  const [found] = (await call('GET', '/v1/users?external_system=crm&external_id=7')).json().data
  t.equal(found.id, winner.id)
  t.equal((await call('GET', '/v1/users?external_system=crm')).statusCode, 400)
})

t.test('every version of a seller is kept, and a stale change is refused', async (t) => {
  const user = await create({ name: 'Versioned' })
  const stale = { headers: { 'if-match': '"v9"' } }
  t.equal((await call('PATCH', `/v1/users/${user.id}`, { weight: 50 }, stale)).statusCode, 412)
  await call('PATCH', `/v1/users/${user.id}`, { weight: 50 })
  t.equal((await call('PATCH', `/v1/users/${user.id}`, { weight: 50 })).json().version, 2)
  const versions = await rows(
    `SELECT version, document->'weight' AS weight FROM user_versions WHERE workspace_id = $1 AND user_id = $2 ORDER BY version`,
    [workspaceId, uuid('user', user.id)],
  )
  t.strictSame(versions, [
    { version: 1, weight: 100 },
    { version: 2, weight: 50 },
  ])
})

t.test('an owner set by hand keeps an assignment record, and never two open ones', async (t) => {
  const [grace, linus] = [await create({ name: 'Grace' }), await create({ name: 'Linus' })]
  const { id } = await lead()
  const own = async (owner_id: string | null) => (await call('PATCH', `/v1/leads/${id}`, { owner_id })).json()
  t.equal((await own(grace.id)).owner_id, grace.id)
  await Promise.all([own(linus.id), own(grace.id), own(linus.id), own(grace.id), own(linus.id)])
  await own(linus.id)
  const list = await rows(
    'SELECT * FROM assignments WHERE workspace_id = $1 AND lead_id = $2 ORDER BY assigned_at, id',
    [workspaceId, uuid('lead', id)],
  )
  const open = list.filter((row) => row['ended_at'] === null)
  t.equal(open.length, 1)
  t.match(open[0], { user_id: uuid('user', linus.id), cause: 'manual' })
  t.ok(list.filter((row) => row['ended_at'] !== null).every((row) => row['end_reason'] === 'owner_changed'))
  const loads = await rows('SELECT user_id, open_count FROM seller_loads WHERE workspace_id = $1 ORDER BY open_count', [
    workspaceId,
  ])
  t.same(
    loads.map((row) => row['open_count']),
    [0, 1],
  )
  const [shown] = (await call('GET', `/v1/leads?owner_id=${linus.id}&expand=owner`)).json().data
  t.match(shown.owner, { id: linus.id, name: 'Linus', email: null })
  const changes = (await call('GET', '/v1/changes?limit=200')).json().data
  const assigned = changes.filter((change: { type: string }) => change.type === 'lead.assigned')
  t.match(assigned.at(-1).data, { changed_fields: ['owner_id'], lead: { id, owner_id: linus.id } })
  await own(null)
  t.equal(
    (
      await rows('SELECT 1 FROM assignments WHERE workspace_id = $1 AND lead_id = $2 AND ended_at IS NULL', [
        workspaceId,
        uuid('lead', id),
      ])
    ).length,
    0,
  )
})

t.test('a closed lead leaves the desk of its owner and returns when it is taken up again', async (t) => {
  const user = await create({ name: 'Closer' })
  const { id } = await lead({ full_name: 'Closing', owner_id: user.id })
  const open = async () =>
    (
      await rows('SELECT open_count FROM seller_loads WHERE workspace_id = $1 AND user_id = $2', [
        workspaceId,
        uuid('user', user.id),
      ])
    )[0]
  t.same(await open(), { open_count: 1 })
  await call('PATCH', `/v1/leads/${id}`, { status: 'closed' })
  t.same(await open(), { open_count: 0 })
  t.equal((await call('GET', `/v1/leads/${id}`)).json().owner_id, user.id)
  await call('PATCH', `/v1/leads/${id}`, { status: 'working' })
  t.same(await open(), { open_count: 1 })
  await call('DELETE', `/v1/leads/${id}`)
  t.same(await open(), { open_count: 0 })
})

t.test('a lead that is taken up again does not return to a seller who left', async (t) => {
  const user = await create({ name: 'Leaver' })
  const { id } = await lead({ full_name: 'Left behind', owner_id: user.id })
  await call('PATCH', `/v1/leads/${id}`, { status: 'closed' })
  await call('PATCH', `/v1/users/${user.id}`, { active: false })
  await call('PATCH', `/v1/leads/${id}`, { status: 'working' })
  const open = await rows('SELECT 1 FROM assignments WHERE workspace_id = $1 AND lead_id = $2 AND ended_at IS NULL', [
    workspaceId,
    uuid('lead', id),
  ])
  t.same(open, [])
})

t.test('nobody is given to a seller who left or was never there, alone or in a batch', async (t) => {
  const gone = await create({ name: 'Gone', active: false })
  const { id } = await lead({ full_name: 'Waiting' })
  t.strictSame(faults(await call('PATCH', `/v1/leads/${id}`, { owner_id: gone.id })), [
    422,
    'unprocessable',
    'inactive_user /owner_id',
  ])
  t.strictSame(faults(await call('PATCH', `/v1/leads/${id}`, { owner_id: 'user_7zzzzzzzzzzzzzzzzzzzzzzzzz' })), [
    422,
    'unprocessable',
    'unknown_user /owner_id',
  ])
  const batch = await call('POST', '/v1/leads/batch/upsert', {
    items: [{ id, owner_id: gone.id }, { full_name: 'Fine' }],
  })
  t.match(batch.json().results, [{ outcome: 'failed' }, { outcome: 'created' }])
})

t.test('teams, pools and territories are one document with all its faults named', async (t) => {
  const user = await create({ name: 'Member' })
  t.equal((await call('PUT', '/v1/settings/teams', {})).statusCode, 428)
  const good = {
    teams: [{ key: 'north', name: 'North', member_ids: [user.id], manager_id: user.id, holidays_key: 'de' }],
    pools: [{ key: 'north', team_key: 'north', members: [{ user_id: user.id, weight: 50 }] }],
    territories: [
      { key: 'berlin', postcode_ranges: [{ country: 'DE', from: '10115', to: '14199' }] },
      { key: 'dach', condition: { any: [{ all: [{ field: 'country', op: 'in', values: ['DE', 'AT', 'CH'] }] }] } },
    ],
    holidays: [{ key: 'de', days: ['2026-12-25', '2026-01-01', '2026-12-25'] }],
  }
  const saved = await putTeams(good)
  t.equal(saved.statusCode, 200, saved.body)
  t.match(saved.json(), {
    teams: [{ name: 'North' }],
    pools: [{ name: 'north', strategy: 'round_robin', credit_back: true, respect_hours: true, catch_up: 'none' }],
    holidays: [{ days: ['2026-01-01', '2026-12-25'] }],
    version: 2,
  })
  t.same((await call('GET', '/v1/settings/teams')).json(), saved.json())
  t.equal((await putTeams(good)).json().version, 2, 'the same again changes nothing')
  const roulette = await putTeams({ pools: [{ key: 'p', strategy: 'roulette' }] })
  t.strictSame(faults(roulette), [400, 'validation_failed', 'invalid_value /pools/0/strategy'])
  const bad = await putTeams({
    teams: [{ key: 'a', holidays_key: 'none' }, { key: 'a' }],
    pools: [{ key: 'p', team_key: 'z', members: [{ user_id: user.id }, { user_id: user.id }] }],
    territories: [
      { key: 't', condition: { any: [{ all: [{ field: 'shoe_size', op: 'eq', value: '42' }] }] } },
      { key: 'u', postcode_ranges: [{ country: 'DE', from: '2', to: '1' }] },
    ],
    holidays: [{ key: 'h', days: ['2026-02-28'] }],
  })
  t.strictSame(faults(bad), [
    400,
    'validation_failed',
    'duplicate /teams/1/key',
    'unknown_holidays /teams/0/holidays_key',
    'unknown_team /pools/0/team_key',
    'duplicate /pools/0/members/1/user_id',
    'invalid_range /territories/1/postcode_ranges/0/to',
    'unknown_condition_field /territories/0/condition/any/0/all/0/field',
  ])
  await call('PATCH', `/v1/users/${user.id}`, { territories: ['dach'], holidays_key: 'de' })
  t.strictSame(faults(await putTeams({})), [409, 'in_use', 'in_use /territories', 'in_use /holidays'])
})
