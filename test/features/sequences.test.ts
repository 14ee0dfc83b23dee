import t from 'tap'
import { DAY, holds, mail, rest, sequenceHands, step, THREE_MAILS } from '../helpers/sequences.ts'
import { testService } from '../helpers/service.ts'

t.test('a sequence is drafted, published and retired, and every version stays', async (t) => {
  const service = await testService(t)
  const hands = await sequenceHands(service)
  const first = await service.call('PUT', '/v1/sequences/welcome', { steps: [mail('one', null)] })
  t.equal(first.statusCode, 201)
  t.match(first.json().draft.definition, {
    name: 'welcome',
    purpose: 'marketing',
    mail_kind: 'marketing',
    entry: { kind: 'manual', condition: null, includes_present: false },
    reentry: { mode: 'never', after_days: 0 },
    exit: { on_reply: true, stage_keys: [] },
    steps: [
      { key: 'one', kind: 'email', wait: null, branch: [], email: { template_key: 'welcome', sender_key: null } },
    ],
  })
  await hands.must('POST', '/v1/sequences/welcome/publish')
  await hands.publish('welcome', { steps: THREE_MAILS })
  t.match((await hands.must('GET', '/v1/sequences/welcome/versions')).data, [
    { version: 2 },
    { version: 1, state: 'retired' },
  ])
  t.ok((await hands.must('GET', '/v1/sequences/welcome/diff?from=1&to=2')).data.length > 0)
  t.equal((await hands.must('GET', '/v1/sequences')).data.length, 1)
  const [id = ''] = await hands.enroll('welcome', await hands.leads(1))
  await hands.run()
  await hands.must('DELETE', '/v1/sequences/welcome')
  await hands.run()
  t.match(await hands.enrollment(id), { status: 'ended', reason: 'retired' })
  t.match(await hands.messages(), [{ state: 'canceled' }])
  const late = await service.call('POST', '/v1/enrollments', {
    sequence_key: 'welcome',
    lead_ids: await hands.leads(1),
  })
  t.equal(late.statusCode, 422)
})

t.test('what cannot work is refused, each fault with its place', async (t) => {
  const service = await testService(t)
  const hands = await sequenceHands(service)
  const faultsOf = async (definition: object) => {
    const answer = await service.call('PUT', '/v1/sequences/bad', definition)
    t.equal(answer.statusCode, 400)
    return answer.json().errors.map(({ code, pointer }: { code: string; pointer: string }) => `${code} ${pointer}`)
  }
  t.ok((await faultsOf({ steps: [step('one', 'fly', null)] })).includes('invalid_value /steps/0/kind'))
  t.same(await faultsOf({ steps: [] }).then((faults) => faults.length), 1)
  t.same(
    await faultsOf({
      entry: { kind: 'segment', segment_key: 'nobody' },
      exit: { stage_keys: ['moon'] },
      steps: [
        step('one', 'email', 'gone', { email: { template_key: 'none', sender_key: 'none' } }),
        step('one', 'end', null),
        step('wait', 'wait', null, { wait: { kind: 'duration' } }),
        step('update', 'update', null, {
          update: [
            { field: 'score', value: '1' },
            { field: 'country', value: 'Atlantis' },
          ],
        }),
        step('stage', 'move_stage', null, { move_stage: { stage_key: 'moon' } }),
        step('tell', 'notify', null, {
          notify: { user_id: 'user_7zzzzzzzzzzzzzzzzzzzzzzzzz', subject: 's', text: 't' },
        }),
        step('liquid', 'notify', null, { notify: { subject: '{{ lead.name | shout }}', text: '{% if %}' } }),
        step('enroll', 'enroll', null, { enroll: { sequence_key: 'none' } }),
        step('split', 'split', null, { split: [{ key: 'a' }, { key: 'a' }] }),
        step('branch', 'branch', null, { branch: [{ condition: holds('no_such_field', 'x') }] }),
      ],
    }).then((faults) => faults.sort()),
    [
      'not_unique /steps/1/key',
      'not_unique /steps/8/split/1/key',
      'required /steps/2/wait/seconds',
      'template_syntax /steps/6/notify/subject',
      'template_syntax /steps/6/notify/text',
      'unknown_condition_field /steps/9/branch/0/condition/any/0/all/0/field',
      'unknown_country /steps/3/update/1/value',
      'unknown_field /steps/3/update/0/field',
      'unknown_segment /entry/segment_key',
      'unknown_sender /steps/0/email/sender_key',
      'unknown_sequence /steps/7/enroll/sequence_key',
      'unknown_stage /exit/stage_keys/0',
      'unknown_stage /steps/4/move_stage/stage_key',
      'unknown_step /steps/0/next',
      'unknown_template /steps/0/email/template_key',
      'unknown_user /steps/5/notify/user_id',
    ],
  )
  t.same(
    await faultsOf({ steps: [mail('one', 'w'), rest('w', 'one', 60)] }).then(([fault]) => fault),
    'endless_loop /steps/0',
  )
  t.same(await faultsOf({ steps: [mail('one', null), mail('two', null)] }), ['unreachable /steps/1'])
  t.same(await hands.enrollmentsOf('bad'), [])
})

t.test('leads are enrolled with one result each, and each enrollment can be read', async (t) => {
  const service = await testService(t)
  const hands = await sequenceHands(service)
  await hands.publish('welcome', { entry: { kind: 'manual', condition: holds('city', 'Rome') }, steps: THREE_MAILS })
  const fits = await hands.lead({ city: 'Rome' })
  const not = await hands.lead({ city: 'Paris' })
  const gone = await hands.lead({ city: 'Rome' })
  await hands.must('PATCH', `/v1/leads/${gone}`, { archived: true })
  const unknown = 'lead_7zzzzzzzzzzzzzzzzzzzzzzzzz'
  const answer = await service.call('POST', '/v1/enrollments', {
    sequence_key: 'welcome',
    lead_ids: [fits, not, gone, unknown, fits],
  })
  t.equal(answer.statusCode, 207)
  const { results } = answer.json()
  t.match(results, [
    { status: 201, outcome: 'created' },
    { status: 422, error: { errors: [{ code: 'condition', pointer: '/lead_ids/1' }] } },
    { status: 422, error: { errors: [{ code: 'archived' }] } },
    { status: 404 },
    { status: 200, outcome: 'unchanged', id: results[0].id },
  ])
  const other = await service.makeWorkspace()
  const headers = { authorization: `Bearer ${other.key}` }
  t.equal((await service.call('GET', `/v1/enrollments/${results[0].id}`, undefined, { headers })).statusCode, 404)
  t.equal((await hands.must('GET', `/v1/enrollments?lead_id=${fits}&status=active`)).data.length, 1)
  t.equal((await hands.must('GET', `/v1/enrollments?lead_id=${fits}&status=ended`)).data.length, 0)
})

t.test('pages of enrollments follow each other', async (t) => {
  const service = await testService(t)
  const hands = await sequenceHands(service)
  await hands.publish('welcome', { steps: THREE_MAILS })
  const ids = await hands.enroll('welcome', await hands.leads(5))
  const seen: string[] = []
  let cursor: string | null = ''
  while (cursor !== null) {
    const page: { data: { id: string }[]; next_cursor: string | null } = await hands.must(
      'GET',
      `/v1/enrollments?limit=2${cursor && `&cursor=${cursor}`}`,
    )
    seen.push(...page.data.map(({ id }) => id))
    cursor = page.next_cursor
  }
  t.same(seen.toSorted(), ids.toSorted())
})

t.test('an enrollment is moved to the published version and to another step, under its tag', async (t) => {
  const service = await testService(t)
  const hands = await sequenceHands(service)
  await hands.publish('welcome', { steps: THREE_MAILS })
  const [id = ''] = await hands.enroll('welcome', await hands.leads(1))
  await hands.run()
  await hands.publish('welcome', { steps: [mail('one', 'pause'), rest('pause', 'last', DAY), mail('last', null)] })
  const change = (body: object, tag?: string) =>
    service.call('PATCH', `/v1/enrollments/${id}`, body, tag ? { headers: { 'if-match': tag } } : {})
  const before = await hands.enrollment(id)
  t.match(before, { version: 1, step_key: 'w1' })
  t.equal((await change({ version: 2 })).json().errors[0].code, 'unknown_step')
  t.equal((await change({ version: 3, step_key: 'last' })).json().errors[0].code, 'not_published')
  t.equal((await change({ step_key: 'nowhere' })).statusCode, 422)
  const moved = await change({ version: 2, step_key: 'last' }, before.etag)
  t.equal(moved.statusCode, 200)
  t.match(moved.json(), { version: 2, step_key: 'last', waiting_since: null })
  t.equal((await change({ status: 'paused' }, before.etag)).statusCode, 412)
  await hands.run()
  t.match(await hands.enrollment(id), { status: 'ended', reason: 'completed', version: 2 })
  t.equal((await change({ status: 'active' })).statusCode, 409)
  t.equal((await change({ status: 'ended' })).statusCode, 200, 'what is so already is no conflict')
})

t.test('a walk in advance tells ninety days, and changes nothing', async (t) => {
  const service = await testService(t)
  const hands = await sequenceHands(service)
  const clicked = { any: [{ all: [{ op: 'did', behaviour: { event: 'clicked' } }] }] }
  const steps = [
    mail('one', 'listen'),
    step('listen', 'wait', 'thanks', {
      wait: { kind: 'until_condition', condition: clicked, timeout_seconds: 10 * DAY, timeout_next: 'remind' },
    }),
    mail('remind', null),
    mail('thanks', null),
  ]
  await hands.must('PUT', '/v1/sequences/walk', { steps })
  const lead_id = await hands.lead()
  const walk = (more: object = {}) => hands.must('POST', '/v1/sequences/walk/rehearsals', { lead_id, ...more })
  const quiet = await walk()
  t.match(quiet, { version: 1, entry_refusal: null, end_reason: 'completed', waits_at: null })
  t.same(
    quiet.log.map(({ step_key }: { step_key: string }) => step_key),
    ['one', 'listen', 'remind'],
  )
  t.equal(quiet.log[1].way, 'timeout')
  const at = (days: number) => new Date(hands.now().getTime() + days * DAY * 1000).toISOString()
  const active = await walk({ events: [{ name: 'clicked', occurred_at: at(3) }] })
  t.same(
    active.log.map(({ step_key, at }: { step_key: string; at: string }) => [step_key, at]),
    [
      ['one', at(0)],
      ['listen', at(3)],
      ['thanks', at(3)],
    ],
  )
  t.match(await walk({ replied_at: at(2) }), { end_reason: 'reply', ended_at: at(2) })
  t.match(await walk({ opted_out_at: at(1) }), { end_reason: 'opted_out', ended_at: at(1) })
  t.match(await walk({ days: 5 }), { end_reason: null, waits_at: 'listen' })
  t.same(await hands.messages(), [])
  t.equal((await service.call('POST', '/v1/sequences/walk/rehearsals', { lead_id, version: 7 })).statusCode, 404)
})

t.test('what a step changes of the lead is what the steps behind it see, live and in advance', async (t) => {
  const service = await testService(t)
  const hands = await sequenceHands(service)
  const isVip = { any: [{ all: [{ field: 'tags', op: 'contains', value: 'vip' }] }] }
  const tag = (key: string, name: string, next: string) => step(key, 'tag', next, { tag: { add: [name] } })
  const steps = [
    tag('new', 'new', 'vip'),
    tag('vip', 'vip', 'which'),
    step('which', 'branch', 'plain', { branch: [{ condition: isVip, next: 'promote' }] }),
    step('promote', 'move_stage', 'late', { move_stage: { stage_key: 'mql' } }),
    mail('late', null),
    mail('plain', null),
  ]
  await hands.must('PUT', '/v1/sequences/itself', { steps, exit: { stage_keys: ['mql'] } })
  await hands.must('POST', '/v1/sequences/itself/publish')
  const lead_id = await hands.lead()
  const walk = await hands.must('POST', '/v1/sequences/itself/rehearsals', { lead_id })
  t.same(
    walk.log.map(({ step_key }: { step_key: string }) => step_key),
    ['new', 'vip', 'which', 'promote'],
  )
  t.equal(walk.end_reason, 'stage')
  t.match(await hands.must('GET', `/v1/leads/${lead_id}`), { tags: [], stage_key: 'lead' })

  const [id = ''] = await hands.enroll('itself', [lead_id])
  await hands.run()
  t.match(await hands.enrollment(id), { status: 'ended', reason: 'stage' })
  t.match(await hands.must('GET', `/v1/leads/${lead_id}`), { tags: ['new', 'vip'], stage_key: 'mql' })
  t.same(await hands.messages(), [])
})

t.test('figures tell what every step and variant did', async (t) => {
  const service = await testService(t)
  const hands = await sequenceHands(service)
  const split = step('split', 'split', null, {
    split: [
      { key: 'a', next: 'hello' },
      { key: 'b', next: 'hello' },
    ],
  })
  await hands.publish('tested', {
    goal: holds('city', 'Rome'),
    steps: [split, mail('hello', 'w'), rest('w', null, DAY)],
  })
  const leads = await hands.leads(20)
  const nobody = await hands.lead()
  await hands.enroll('tested', [...leads, nobody])
  await hands.run()
  const opened = { delivered_at: null, opened_at: '2026-01-01T00:00:00.000Z', clicked_at: null }
  await hands.rows(
    `UPDATE messages SET state = 'sent', tally = tally || $2::jsonb WHERE workspace_id = $1 AND state = 'planned'`,
    [JSON.stringify(opened)],
  )
  await hands.must('PATCH', `/v1/leads/${leads[0]}`, { city: 'Rome' })
  await service.drain()
  const stats = await hands.must('GET', '/v1/sequences/tested/stats')
  t.match(stats, { entered: 21, running: 20, ended: 1, ended_reasons: [{ reason: 'goal', count: 1 }] })
  t.match(stats.treated, { n: 21, goals: 1 })
  t.ok(stats.treated.low < stats.treated.rate && stats.treated.rate < stats.treated.high)
  t.same([stats.held_out.rate, stats.lift.rate], [null, null])
  const hello = stats.steps.filter(({ step_key }: { step_key: string }) => step_key === 'hello')
  t.same(
    hello.map(({ variant }: { variant: string }) => variant),
    ['a', 'b'],
  )
  const sum = (name: string) =>
    hello.reduce((total: number, one: Record<string, number>) => total + (one[name] ?? 0), 0)
  t.same(['visits', 'planned', 'sent', 'opened', 'withheld', 'clicked'].map(sum), [21, 21, 20, 20, 1, 0])
  const reasons = hello.flatMap(({ withheld_reasons }: { withheld_reasons: object[] }) => withheld_reasons)
  t.same(reasons, [{ reason: 'no_address', count: 1 }])
})
