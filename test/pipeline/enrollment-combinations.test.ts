// What meets in one lead: two sequences at once, coming back, an address that changes, an end that the sequence itself makes.
import t from 'tap'
import { withWorkspace } from '../../src/db/client.ts'
import { decodeTypeId } from '../../src/domain/type-id.ts'
import { linkOf } from '../../src/pipeline/mail/mail-links.ts'
import { recordMailEvents } from '../../src/pipeline/mail/record-mail-events.ts'
import { DAY, holds, mail, rest, sequenceHands, step, THREE_MAILS } from '../helpers/sequences.ts'
import { testService } from '../helpers/service.ts'

const tag = (key: string, next: string | null, name: string) => step(key, 'tag', next, { tag: { add: [name] } })

t.test(
  'two sequences that change one lead at the same moment lose nothing, and each sees what the other did',
  async (t) => {
    const service = await testService(t)
    const hands = await sequenceHands(service)
    await hands.publish('one', { steps: [tag('t', 'm', 'first'), mail('m', null)] })
    await hands.publish('two', {
      steps: [
        tag('t', 'u', 'second'),
        step('u', 'update', 'fork', { update: [{ field: 'city', value: 'Rome' }] }),
        step('fork', 'branch', 'no', { branch: [{ condition: holds('city', 'Rome'), next: 'yes' }] }),
        tag('yes', null, 'roman'),
        tag('no', null, 'stranger'),
      ],
    })
    const leads = await hands.leads(3)
    for (const key of ['one', 'two']) await hands.enroll(key, leads)
    await hands.run()
    for (const lead of leads) {
      const { tags } = await hands.must('GET', `/v1/leads/${lead}`)
      t.same(tags.toSorted(), ['first', 'roman', 'second'])
    }
    const all = [...(await hands.enrollmentsOf('one')), ...(await hands.enrollmentsOf('two'))]
    t.ok(all.every(({ reason }: { reason: string }) => reason === 'completed'))
  },
)

t.test('a stage that one sequence gives ends the other before its next mail', async (t) => {
  const service = await testService(t)
  const hands = await sequenceHands(service)
  await hands.publish('mover', { steps: [step('up', 'move_stage', null, { move_stage: { stage_key: 'mql' } })] })
  await hands.publish('mailer', { exit: { stage_keys: ['mql'] }, steps: [mail('m', null)] })
  const [lead = ''] = await hands.leads(1)
  await hands.enroll('mover', [lead])
  const [id = ''] = await hands.enroll('mailer', [lead])
  await hands.run()
  t.match(await hands.enrollment(id), { status: 'ended', reason: 'stage' })
  t.same(await hands.messages(), [])
})

t.test('who is held out walks as long as the others, and stays in its group', async (t) => {
  const service = await testService(t)
  const hands = await sequenceHands(service)
  await hands.publish('tested', {
    holdout_percent: 50,
    goal: holds('city', 'Rome'),
    reentry: { mode: 'again' },
    steps: [mail('one', 't'), tag('t', 'w', 'mailed'), rest('w', null, 7 * DAY)],
  })
  const leads = await hands.leads(20)
  const groups = async () => {
    await hands.enroll('tested', leads)
    await hands.run()
    const running = (await hands.enrollmentsOf('tested')).filter(
      ({ status }: { status: string }) => status === 'active',
    )
    t.ok(
      running.every(({ step_key }: { step_key: string }) => step_key === 'w'),
      'all of them wait',
    )
    await hands.later(7 * DAY)
    return new Map<string, boolean>(
      running.map(({ lead_id, held_out }: { lead_id: string; held_out: boolean }) => [lead_id, held_out]),
    )
  }
  const first = await groups()
  t.equal(first.size, 20)
  const ended = await hands.enrollmentsOf('tested')
  t.ok(
    ended.every(({ reason }: { reason: string }) => reason === 'completed'),
    'nobody is watched longer than the others',
  )
  t.same(await groups(), first)
  const heldOut = leads.filter((id) => first.get(id) === true)
  t.ok(heldOut.length > 0 && heldOut.length < 20)
  t.equal((await hands.messages()).length, 2 * (20 - heldOut.length))
  for (const id of heldOut) t.same((await hands.must('GET', `/v1/leads/${id}`)).tags, [])
})

t.test('a seller is told although the move to sales ends the enrollment', async (t) => {
  const service = await testService(t)
  const hands = await sequenceHands(service)
  const seller = (await hands.must('POST', '/v1/users', { name: 'Grace', email: 'grace@sellers.test' })).id
  await hands.publish('promote', {
    exit: { stage_keys: ['mql'] },
    steps: [
      step('tell', 'notify', 'up', { notify: { user_id: seller, subject: 'Yours', text: 'Call.' } }),
      step('up', 'move_stage', 'w', { move_stage: { stage_key: 'mql' } }),
      rest('w', null, DAY),
    ],
  })
  const [id = ''] = await hands.enroll('promote', await hands.leads(1))
  await hands.run()
  t.match(await hands.enrollment(id), { reason: 'stage' })
  t.match(await hands.messages(), [{ step_key: 'tell', state: 'planned' }])
})

t.test(
  'a mail before the step that ends the sequence goes; one that waits when somebody else ends it does not',
  async (t) => {
    const service = await testService(t)
    const hands = await sequenceHands(service)
    await hands.publish('promote', {
      exit: { stage_keys: ['mql'] },
      steps: [
        mail('bye', 'up'),
        step('up', 'move_stage', 'never', { move_stage: { stage_key: 'mql' } }),
        mail('never', null),
      ],
    })
    await hands.publish('other', {
      exit: { stage_keys: ['mql'] },
      steps: [mail('hello', 't'), tag('t', 'w', 'told'), rest('w', null, DAY)],
    })
    const [lead = ''] = await hands.leads(1)
    const [other = ''] = await hands.enroll('other', [lead])
    await hands.run()
    const [promoted = ''] = await hands.enroll('promote', [lead])
    await hands.run()
    await service.drain()
    t.match(await hands.enrollment(promoted), { reason: 'stage' })
    t.match(await hands.enrollment(other), { reason: 'stage' })
    const states = (await hands.messages()).map(({ step_key, reason }) => `${step_key} ${reason}`)
    t.same(states.toSorted(), ['bye no_consent', 'hello sequence_stage'], 'without a consent is who would have got it')
  },
)

t.test('a visit is of the split before it, not of one behind it', async (t) => {
  const service = await testService(t)
  const hands = await sequenceHands(service)
  await hands.publish('split', {
    steps: [
      mail('before', 's1'),
      step('s1', 'split', null, { split: [{ key: 'a', next: 'between' }] }),
      mail('between', 's2'),
      step('s2', 'split', null, { split: [{ key: 'b', next: 'after' }] }),
      mail('after', null),
    ],
  })
  const [id = ''] = await hands.enroll('split', await hands.leads(1))
  await hands.run()
  const { visits } = await hands.enrollment(id)
  t.same(
    visits.map(({ step_key, variant }: { step_key: string; variant: string | null }) => [step_key, variant]),
    [
      ['before', null],
      ['s1', 'a'],
      ['between', 'a'],
      ['s2', 'b'],
      ['after', 'b'],
    ],
  )
  const { steps } = await hands.must('GET', '/v1/sequences/split/stats')
  t.ok(steps.some((one: { step_key: string; variant: null }) => one.step_key === 'before' && one.variant === null))
})

t.test('an answer to a mail of an earlier time in the sequence ends the present one', async (t) => {
  const service = await testService(t)
  const hands = await sequenceHands(service)
  const { ctx, workspaceId } = service
  await hands.publish('again', {
    reentry: { mode: 'again' },
    steps: [mail('one', 'w'), rest('w', 'two', DAY), mail('two', null)],
  })
  const leads = await hands.leads(1)
  const [former = ''] = await hands.enroll('again', leads)
  await hands.run()
  await hands.later(DAY)
  t.match(await hands.enrollment(former), { reason: 'completed' })
  const [first] = await hands.messages()
  const answer = async (key: string) => {
    const event = { message_id: first?.id ?? '', type: 'replied' as const, occurred_at: hands.now().toISOString() }
    await withWorkspace(ctx.db, workspaceId, (tx) => recordMailEvents(tx, [{ ...event, dedupe_key: key }], hands.now()))
  }
  await answer('before')
  await hands.later(2 * DAY)
  const [present = ''] = await hands.enroll('again', leads)
  await hands.run()
  t.match(await hands.enrollment(present), { status: 'active' }, 'what was answered before it began is no answer to it')
  await answer('now')
  await service.drain()
  t.match(await hands.enrollment(present), { status: 'ended', reason: 'reply' })
})

t.test('who has reached the goal, or is where the sequence ends, does not enter and is no success', async (t) => {
  const service = await testService(t)
  const hands = await sequenceHands(service)
  await hands.publish('goal', {
    entry: { kind: 'condition', condition: holds('country', 'IT') },
    goal: holds('city', 'Rome'),
    exit: { stage_keys: ['mql'], condition: holds('job_title', 'Miner') },
    steps: THREE_MAILS,
  })
  const roman = await hands.lead({ city: 'Rome', country: 'IT' })
  const sold = await hands.lead({ stage_key: 'mql', country: 'IT' })
  const miner = await hands.lead({ job_title: 'Miner', country: 'IT' })
  const fits = await hands.lead({ country: 'IT' })
  await service.drain()
  t.match(await hands.enrollmentsOf('goal'), [{ lead_id: fits }])
  const { results } = await hands.must('POST', '/v1/enrollments', {
    sequence_key: 'goal',
    lead_ids: [roman, sold, miner],
  })
  t.same(
    results.map(({ error }: { error: { errors: { code: string }[] } }) => error.errors[0]?.code),
    ['goal', 'exit', 'exit'],
  )
  t.match(await hands.must('GET', '/v1/sequences/goal/stats'), { entered: 1, treated: { goals: 0 } })
})

t.test('a mail that waits goes to the address that the lead has when it leaves', async (t) => {
  const service = await testService(t)
  const hands = await sequenceHands(service)
  await hands.publish('welcome', { steps: THREE_MAILS })
  const lead = await hands.lead({ email: 'typo@exmaple.org' })
  const consent = { purpose: 'marketing', channel: 'email', action: 'granted', wording: 'Yes.' }
  await hands.must('POST', `/v1/leads/${lead}/consents`, consent)
  await hands.must('POST', `/v1/leads/${lead}/confirmations`, { purpose: 'marketing', wording: 'Yes.' })
  await hands.enroll('welcome', [lead])
  await hands.run()
  await hands.must('PATCH', `/v1/leads/${lead}`, { email: 'Right@Example.org' })
  const addresses = () =>
    hands.rows<{ kind: string; to_email: string | null; address_key: string | null }>(
      'SELECT kind, to_email, address_key FROM messages WHERE workspace_id = $1 ORDER BY kind',
    )
  t.match(await addresses(), [
    { kind: 'marketing', to_email: 'Right@example.org', address_key: 'right@example.org' },
    { kind: 'transactional', to_email: 'typo@exmaple.org' },
  ])
  await hands.must('PATCH', `/v1/leads/${lead}`, { email: null })
  t.match((await addresses())[0], { to_email: null, address_key: null })
  await service.drain()
  t.match(await hands.messages(), [{ state: 'withheld', reason: 'no_address' }])
})

t.test(
  'a consent that comes later lets in who waited for it alone, however it is given; a withdrawal ends it at once',
  async (t) => {
    const service = await testService(t)
    const hands = await sequenceHands(service)
    const agreed = { kind: 'condition', condition: holds('consent.marketing.email', 'true') }
    await hands.publish('news', { entry: agreed, reentry: { mode: 'again', after_days: 1 }, steps: THREE_MAILS })
    const leads = await hands.leads(2)
    await service.drain()
    t.same(await hands.enrollmentsOf('news'), [])
    const [told = '', asked = ''] = leads
    const say = (action: string) =>
      hands.must('POST', `/v1/leads/${told}/consents`, {
        purpose: 'marketing',
        channel: 'email',
        action,
        wording: 'Yes.',
      })
    await say('granted')
    await service.drain()
    t.match(await hands.enrollmentsOf('news'), [{ lead_id: told, status: 'active' }])
    await say('withdrawn')
    await service.drain()
    t.match(await hands.enrollmentsOf('news'), [{ status: 'ended', reason: 'opted_out' }])

    const { id } = await hands.must('POST', `/v1/leads/${asked}/confirmations`, {
      purpose: 'marketing',
      wording: 'Yes.',
    })
    await service.drain()
    const link = linkOf(service.ctx, 'confirm', service.workspaceId, decodeTypeId('confirmation', id) ?? '')
    t.equal((await service.app.inject({ method: 'POST', url: new URL(link).pathname })).statusCode, 200)
    await service.drain()
    const [entered] = await hands.enrollmentsOf('news')
    t.match(entered, { lead_id: asked, status: 'active' })
  },
)

t.test(
  'who came into the stage while a sequence was out of use does not enter when it is published again',
  async (t) => {
    const service = await testService(t)
    const hands = await sequenceHands(service)
    const definition = { entry: { kind: 'stage', stage_key: 'mql' }, steps: [rest('w', null, DAY)] }
    const lead = async () => {
      const id = await hands.lead({ stage_key: 'mql' })
      await service.drain()
      await hands.later(60)
      return id
    }
    await hands.publish('vip', definition)
    await hands.later(60)
    const first = await lead()
    await hands.publish('vip', { ...definition, name: 'Another version' })
    await hands.must('DELETE', '/v1/sequences/vip')
    await hands.later(60)
    const between = await lead()
    await hands.publish('vip', definition)
    await hands.later(60)
    const last = await lead()
    await hands.must('PATCH', `/v1/leads/${between}`, { city: 'Rome' })
    await service.drain()
    const inside = (await hands.enrollmentsOf('vip')).map(({ lead_id }: { lead_id: string }) => lead_id)
    t.same(inside.toSorted(), [first, last].toSorted())
  },
)
