// Policies that ask about each other's verdicts: whoever decided too early decides once more, and it comes to an end.
import t from 'tap'
import { withWorkspace } from '../../src/db/client.ts'
import { decodeTypeId } from '../../src/domain/type-id.ts'
import { lockLeads } from '../../src/pipeline/desk-queries.ts'
import { judgeLeads } from '../../src/pipeline/judge/judge-leads.ts'
import type { Stage } from '../../src/pipeline/judge/stage.ts'
import { scoreStage } from '../../src/pipeline/score/score-stage.ts'
import { waitForLock } from '../helpers/locks.ts'
import { publishPolicy } from '../helpers/policies.ts'
import { type TestService, testService } from '../helpers/service.ts'

const where = (field: string, op: string, value?: string) => ({
  any: [{ all: [{ field, op, ...(value !== undefined && { value }) }] }],
})
const onIs = (field: string, value: string) => where(field, 'eq', value)

const model = (...rules: { key: string; points: number; condition: object }[]) => ({
  name: 'Test',
  fit: { min: 0, max: 100, rules },
  engagement: { min: 0, max: 100, rules: [] },
})
const segment = (condition: object) => ({ title: 'Test', condition })

/** The lifecycle with one way on, for whoever its gate lets through. */
async function lifecycleWith({ call }: TestService, gate: object): Promise<object> {
  const { definition } = (await call('GET', '/v1/settings/lifecycle')).json().published
  const onward = { key: 'onward', from: ['lead'], to: 'mql', by: ['automatic'], gate }
  return { ...definition, transitions: [onward] }
}

async function makeLead({ call, drain }: TestService, fields: object): Promise<string> {
  const answer = await call('POST', '/v1/leads', fields)
  if (answer.statusCode !== 201) throw new Error(answer.body)
  await drain()
  return answer.json().id
}

const leadOf = async ({ call }: TestService, id: string) => (await call('GET', `/v1/leads/${id}`)).json()
const totalOf = async (service: TestService, id: string) =>
  (await service.call('GET', `/v1/leads/${id}`)).json().score?.total
const isMember = async ({ call }: TestService, key: string, id: string): Promise<boolean> =>
  (await call('GET', `/v1/segments/${key}/members/${id}`)).json().member

const dueOf = (service: TestService) =>
  withWorkspace(service.ctx.db, service.workspaceId, async (tx) => {
    const rows = await tx.query<{ reasons: string[] }>(
      'SELECT reasons FROM lead_work WHERE workspace_id = $1 AND due_at <= now()',
      [tx.workspaceId],
    )
    return rows.map(({ reasons }) => reasons)
  })

t.test('a gate and a rule see the segment that the same judging puts the lead into', async (t) => {
  const service = await testService(t)
  await publishPolicy(service, '/v1/segments/british', segment(onIs('country', 'GB')))
  await publishPolicy(
    service,
    '/v1/score-models/default',
    model(
      { key: 'british', points: 40, condition: where('segments', 'contains', 'british') },
      { key: 'ready', points: 20, condition: onIs('stage_key', 'mql') },
    ),
  )
  const gate = { any: [{ all: [{ field: 'segments', op: 'contains', value: 'british' }] }] }
  await publishPolicy(service, '/v1/settings/lifecycle', await lifecycleWith(service, gate))
  const id = await makeLead(service, { full_name: 'Ada Lovelace', country: 'GB' })
  t.match(await leadOf(service, id), { stage_key: 'mql', score: { total: 60 } })
  t.same(await dueOf(service), [])
  const { data } = (await service.call('GET', `/v1/leads/${id}/scores/default/history`)).json()
  t.same(data[0]?.reasons, ['follow_up'], 'the history says so')
})

t.test('policies that contradict each other in a circle come to rest', async (t) => {
  const service = await testService(t)
  await publishPolicy(service, '/v1/segments/rich', segment(where('score.total', 'gte', '50')))
  await publishPolicy(
    service,
    '/v1/score-models/default',
    model({ key: 'poor', points: 50, condition: where('segments', 'not_contains', 'rich') }),
  )
  const id = await makeLead(service, { full_name: 'Ada Lovelace' })
  t.same(await dueOf(service), [])
  const { data } = (await service.call('GET', `/v1/leads/${id}/scores/default/history`)).json()
  t.ok(data.length <= 6, `${data.length} scores`)
})

t.test('what is known of a company moves its leads', async (t) => {
  const service = await testService(t)
  const { call, drain } = service
  await publishPolicy(service, '/v1/segments/makers', segment(onIs('account.industry', 'machinery')))
  await publishPolicy(
    service,
    '/v1/score-models/default',
    model({ key: 'large', points: 30, condition: where('account.employee_count', 'gte', '100') }),
  )
  const account = (await call('POST', '/v1/accounts', { name: 'Engines', domain: 'engines.test' })).json()
  const id = await makeLead(service, { email: 'ada@engines.test' })
  t.match(await leadOf(service, id), { account_id: account.id, score: { total: 0 } })
  await call('PATCH', `/v1/accounts/${account.id}`, { industry: 'machinery', employee_count: 300 })
  await drain()
  t.equal(await isMember(service, 'makers', id), true)
  t.equal(await totalOf(service, id), 30)
  const late = await makeLead(service, { email: 'bob@engines.test' })
  t.equal(await isMember(service, 'makers', late), true, 'also who joins it by its address in this very judging')
  t.equal(await totalOf(service, late), 30)
  await call('PATCH', `/v1/accounts/${account.id}`, { industry: null })
  await drain()
  t.equal(await isMember(service, 'makers', id), false)
})

t.test('a consent that is given or withdrawn moves the lead', async (t) => {
  const service = await testService(t)
  const { call, drain } = service
  await publishPolicy(service, '/v1/segments/reachable', segment(onIs('consent.newsletter.email', 'true')))
  const id = await makeLead(service, { email: 'ada@example.org' })
  const say = async (action: string) => {
    const body = { purpose: 'newsletter', channel: 'email', action }
    const answer = await call('POST', `/v1/leads/${id}/consents`, body)
    if (answer.statusCode !== 201) throw new Error(answer.body)
    await drain()
  }
  await say('granted')
  t.equal(await isMember(service, 'reachable', id), true)
  await say('withdrawn')
  t.equal(await isMember(service, 'reachable', id), false)
})

t.test('a publication that turns a fit, or gives a first score, opens the gates that ask for it', async (t) => {
  const service = await testService(t)
  const { call, drain } = service
  const url = '/v1/score-models/default'
  const rule = (points: number) => model({ key: 'gb', points, condition: onIs('country', 'GB') })
  await publishPolicy(service, url, rule(41))
  await publishPolicy(service, '/v1/settings/lifecycle', await lifecycleWith(service, where('score.fit', 'gte', '43')))
  const id = await makeLead(service, { full_name: 'Ada Lovelace', country: 'GB' })
  t.match(await leadOf(service, id), { stage_key: 'lead', score: { grade: 'C4', band: null } })
  await publishPolicy(service, url, rule(44))
  t.match(await leadOf(service, id), { stage_key: 'mql', score: { grade: 'C4', band: null } })

  await publishPolicy(service, '/v1/settings/lifecycle', await lifecycleWith(service, where('score.grade', 'is_set')))
  await call('DELETE', url)
  await drain()
  const unscored = await makeLead(service, { full_name: 'Bea Reader' })
  t.match(await leadOf(service, unscored), { stage_key: 'lead', score: null })
  await publishPolicy(service, url, rule(45))
  t.match(await leadOf(service, unscored), { stage_key: 'mql', score: { grade: 'F4' } })
})

t.test(
  'a publication waits for what was decided by the version before, so that nobody keeps an old score',
  async (t) => {
    const service = await testService(t)
    const { call, drain } = service
    const url = '/v1/score-models/default'
    const london = { key: 'london', points: 10, condition: onIs('city', 'London') }
    await publishPolicy(service, url, model(london))
    const id = await makeLead(service, { full_name: 'Ada Lovelace' })
    const { etag } = (await call('GET', url)).json()
    await call('PUT', url, model(), { headers: { 'if-match': etag } })
    await call('PATCH', `/v1/leads/${id}`, { city: 'London' })
    let publishing: Promise<unknown> | undefined
    const slow: Stage = {
      name: 'slow',
      load: async () => {
        // The policies of this batch are read already. Who publishes now scores everybody anew before the batch commits.
        let isOver = false
        publishing ??= call('POST', `${url}/publish`)
          .then(drain)
          .then(() => {
            isOver = true
          })
        await waitForLock(service, () => isOver)
        return { decide: () => {}, write: async () => {} }
      },
    }
    await judgeLeads(service.ctx, [slow, scoreStage], service.workspaceId)
    await publishing
    await drain()
    t.equal(await totalOf(service, id), 0)
  },
)

t.test('a segment tells of nobody whom another writer has: the judge does, of the lead as it is then', async (t) => {
  const service = await testService(t)
  const { call, drain } = service
  const id = await makeLead(service, { full_name: 'Ada Lovelace', country: 'GB' })
  const told = async () => (await call('GET', '/v1/changes?types=segment.entered')).json().data
  await withWorkspace(service.ctx.db, service.workspaceId, async (tx) => {
    await lockLeads(tx, [decodeTypeId('lead', id) ?? ''])
    await publishPolicy(service, '/v1/segments/british', segment(onIs('country', 'GB')))
    t.same(await told(), [])
  })
  await drain()
  t.equal(await isMember(service, 'british', id), true)
  t.equal((await told()).length, 1)
})
