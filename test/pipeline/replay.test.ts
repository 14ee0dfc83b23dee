import t from 'tap'
import { countBy, routingHands } from '../helpers/routing.ts'
import { type TestService, testService } from '../helpers/service.ts'

const DAY = 86_400_000
const START = Date.parse('2026-11-16T08:00:00Z')

async function replay(service: TestService, body: object) {
  const started = await service.call('POST', '/v1/routing/replays', body)
  t.equal(started.statusCode, 202, started.body)
  await service.drain()
  const operation = (await service.call('GET', started.headers['location'] as string)).json()
  t.equal(operation.status, 'succeeded', JSON.stringify(operation.error))
  return (await service.call('GET', `/v1/routing/replays/${operation.resource_id}`)).json().result
}

t.test(
  'three days of life: the same rules give the same owners, others give others, and the report explains',
  async (t) => {
    const service = await testService(t)
    const { seller, leads, teams, rules, assignments } = routingHands(service)
    const at = (ms: number) => service.setNow(new Date(START + ms))
    at(-DAY)
    const [ana, ben, cid] = [
      await seller('Ana', { capacity_day: 12 }),
      await seller('Ben', {
        weight: 50,
        absences: [{ from_at: '2026-11-17T00:00:00Z', until_at: '2026-11-18T00:00:00Z' }],
      }),
      await seller('Cid', {
        working_hours: [{ weekdays: ['monday', 'tuesday', 'wednesday'], from: '08:00', to: '12:00' }],
      }),
    ]
    await teams({
      pools: [
        { key: 'p', members: [ana, ben, cid].map((user_id) => ({ user_id })) },
        { key: 'q', members: [{ user_id: ben }] },
      ],
    })
    await rules()
    const all: string[] = []
    for (let day = 0; day < 3; day++) {
      for (const hour of [0, 2, 5]) {
        at(day * DAY + hour * 3_600_000)
        all.push(...(await leads(7, { city: hour === 5 ? 'Late' : 'Early' })))
        await service.drain()
      }
      // Desks are emptied, one seller changes, a lead is given by hand: all of that happened then and happens in the replay.
      at(day * DAY + 6 * 3_600_000)
      await service.call('PATCH', `/v1/leads/${all[day * 21]}`, { status: 'closed' })
      await service.call('PATCH', `/v1/leads/${all[day * 21 + 1]}`, { owner_id: ben })
      if (day === 0) await service.call('PATCH', `/v1/users/${cid}`, { weight: 200 })
    }
    at(3 * DAY)
    const made = (await assignments()).filter(({ decision }) => decision !== null)
    t.equal(made.length, 63)

    const same = await replay(service, { days: 5, uses: 'published' })
    t.match(same, { arrivals: 63, changed_owners: 0, unroutable: 0, changed: [] })
    const counts = countBy(made, ({ user_id }) => String(user_id))
    for (const { user_id, received, replayed } of same.members) {
      t.same([received, replayed], [counts[user_id] ?? 0, counts[user_id] ?? 0])
    }
    t.equal((await replay(service, { days: 5, uses: 'published' })).owners_digest, same.owners_digest)

    const draft = {
      rules: [
        {
          key: 'late',
          when: { any: [{ all: [{ field: 'city', op: 'eq', value: 'Late' }] }] },
          target: { kind: 'pool', pool_key: 'q' },
        },
      ],
      default_target: { kind: 'pool', pool_key: 'p' },
    }
    const { etag } = (await service.call('GET', '/v1/settings/routing')).json()
    await service.call('PUT', '/v1/settings/routing', draft, { headers: { 'if-match': etag } })
    const other = await replay(service, { days: 5 })
    t.equal(other.arrivals, 63)
    t.ok(other.changed_owners > 0)
    t.not(other.owners_digest, same.owners_digest)
    const late = made.filter(({ assigned_at }) => String(assigned_at).slice(11, 13) === '13')
    const benLate = other.changed.filter((one: { rule_key: string }) => one.rule_key === 'late')
    t.ok(
      benLate.every(
        (one: { to_user_id: string; assigned_at: string }) =>
          one.to_user_id === ben && !one.assigned_at.startsWith('2026-11-17'),
      ),
    )
    t.ok(late.length === 21)

    const simulated = (await service.call('POST', '/v1/routing/simulations', { lead_id: all[5 + 14] })).json()
    t.match(simulated, {
      policy_version: 2,
      data: [{ lead_id: all[19], outcome: 'user', rule_key: 'late', user_id: ben, is_due: true }],
    })
    t.match(simulated.data[0].explanation.trials[0].candidates, [{ user_id: ben, reason: 'chosen' }])
    const sample = (await service.call('POST', '/v1/routing/simulations', { sample: 5, uses: 'published' })).json()
    t.equal(sample.data.length, 5)
    t.equal((await assignments()).filter(({ decision }) => decision !== null).length, 63, 'nothing was given')

    const report = (
      await service.call('GET', '/v1/routing/fairness?from=2026-11-15T00:00:00Z&to=2026-11-20T00:00:00Z')
    ).json()
    t.equal(report.decisions, 63)
    const sum = (name: string) =>
      report.data.reduce((total: number, member: Record<string, number>) => total + (member[name] ?? 0), 0)
    t.equal(sum('received'), 63)
    t.ok(Math.abs(sum('expected') - 63) < 1e-6)
    const byId = new Map(report.data.map((member: { user_id: string }) => [member.user_id, member]))
    t.match(byId.get(ben), { causes: [{ reason: 'absent' }] })
    t.match(byId.get(cid), { causes: [{ reason: 'off_hours' }] })
    for (const { expected, received, gained, causes } of report.data) {
      const lost = causes.reduce((total: number, cause: { leads: number }) => total + cause.leads, 0)
      t.ok(
        Math.abs(expected - lost + gained - received) <= 1.5,
        'lost and gained explain the deviation, up to the turn',
      )
    }
  },
)

t.test('a replay of days without decisions is empty, and one of too many versions says so', async (t) => {
  const service = await testService(t)
  const { seller, teams, rules } = routingHands(service)
  t.equal((await service.call('POST', '/v1/routing/replays', { days: 1 })).statusCode, 422)
  await teams({ pools: [{ key: 'p', members: [{ user_id: await seller('Ana') }] }] })
  await rules()
  t.match(await replay(service, { days: 3 }), { started_at: null, arrivals: 0, members: [], changed_owners: 0 })
  t.equal((await service.call('POST', '/v1/routing/replays', { days: 1, uses: 'draft' })).statusCode, 422)
})

t.test('leads that were given back and refused go the same ways again', async (t) => {
  const service = await testService(t)
  const { seller, leads, teams, rules, assignments } = routingHands(service)
  const at = (ms: number) => service.setNow(new Date(START + ms))
  at(-DAY)
  const users = [await seller('Ana'), await seller('Ben'), await seller('Cid')]
  // A turn that is given back would bring the lead straight back to whom it came from.
  await teams({ pools: [{ key: 'p', members: users.map((user_id) => ({ user_id })), credit_back: true }] })
  await rules()
  at(0)
  await leads(9)
  await service.drain()
  for (let round = 1; round <= 4; round++) {
    at(round * 60_000)
    const open = (await assignments('open=true')).sort((a, b) => (String(a['id']) < String(b['id']) ? -1 : 1))
    for (const [i, { id }] of open.slice(0, 4).entries()) {
      at(round * 60_000 + i * 1000)
      const isRefused = i === 0
      const answer = await service.call('POST', `/v1/assignments/${id}/${isRefused ? 'respond' : 'release'}`, {
        ...(isRefused && { action: 'decline' }),
        reason: 'Too much',
      })
      t.equal(answer.statusCode, 200, answer.body)
      await service.drain()
    }
  }
  at(DAY)
  // The newest first.
  const all = await assignments()
  t.ok(all.filter(({ end_reason }) => end_reason === 'released').length >= 10)
  for (const [i, one] of all.entries()) {
    const next = all.slice(0, i).findLast(({ lead_id }) => lead_id === one['lead_id'])
    if (next !== undefined) t.not(next['user_id'], one['user_id'], 'to somebody else')
  }
  const again = await replay(service, { days: 5, uses: 'published' })
  t.match(again, { arrivals: all.length, changed_owners: 0, unroutable: 0, changed: [] })
})
