import t from 'tap'
import { withWorkspace } from '../../src/db/client.ts'
import { decodeTypeId } from '../../src/domain/type-id.ts'
import { planMessages } from '../../src/pipeline/mail/plan-message.ts'
import { publishDraft, saveDraft } from '../../src/policies/policy-store.ts'
import { DAY, holds, mail, rest, sequenceHands, step, THREE_MAILS } from '../helpers/sequences.ts'
import { testService } from '../helpers/service.ts'

t.test('three mails go out on their days, one row each, and the enrollment is over', async (t) => {
  const service = await testService(t)
  const hands = await sequenceHands(service)
  await hands.publish('welcome', { steps: THREE_MAILS })
  const lead = await hands.lead({ email: 'ada@example.org' })
  const [id = ''] = await hands.enroll('welcome', [lead])
  await hands.run()
  t.same(
    (await hands.messages()).map(({ step_key }) => step_key),
    ['one'],
  )
  t.match(await hands.enrollment(id), { status: 'active', step_key: 'w1', steps_taken: 1, version: 1 })
  await hands.later(DAY - 1)
  t.equal((await hands.messages()).length, 1, 'not a second too early')
  await hands.later(1)
  t.same(
    (await hands.messages()).map(({ step_key }) => step_key),
    ['one', 'two'],
  )
  await hands.later(3 * DAY)
  t.same(
    (await hands.messages()).map(({ step_key }) => step_key),
    ['one', 'two', 'three'],
  )
  t.match(await hands.enrollment(id), { status: 'ended', reason: 'completed', step_key: null, due_at: null })
  t.same(await hands.tookSteps(id), ['one', 'w1', 'two', 'w2', 'three'])
  await hands.later(30 * DAY)
  t.equal((await hands.messages()).length, 3, 'never again')
  const timeline = (await hands.must('GET', `/v1/leads/${lead}/timeline`)).data.map(
    ({ type }: { type: string }) => type,
  )
  t.ok(timeline.includes('sequence_entered') && timeline.includes('sequence_ended'), 'the timeline tells of it')
  t.equal((await hands.changes('enrollment.started')).length, 1)
  t.equal((await hands.changes('enrollment.completed')).length, 1)
})

t.test('who comes into a stage or meets a condition enters by itself, once', async (t) => {
  const service = await testService(t)
  const hands = await sequenceHands(service)
  const present = await hands.lead({ city: 'Paris' })
  await service.drain()
  const steps = [rest('w', null, DAY)]
  await hands.publish('city', { entry: { kind: 'condition', condition: holds('city', 'Paris') }, steps })
  await hands.publish('stage', { entry: { kind: 'stage', stage_key: 'mql' }, steps })
  const lead = await hands.lead()
  await service.drain()
  t.same(await hands.enrollmentsOf('city'), [])
  await hands.must('PATCH', `/v1/leads/${lead}`, { city: 'Paris' })
  await service.drain()
  t.match(await hands.enrollmentsOf('city'), [{ lead_id: lead, entered_by: 'entry:condition' }])
  await hands.must('PATCH', `/v1/leads/${lead}`, { city: 'Berlin' })
  await hands.must('PATCH', `/v1/leads/${lead}`, { city: 'Paris' })
  await service.drain()
  t.equal((await hands.enrollmentsOf('city')).length, 1, 'a trigger that fires again finds it inside')
  await hands.publish('city', {
    entry: { kind: 'condition', condition: holds('city', 'Paris'), includes_present: true },
    steps,
  })
  await service.drain()
  t.ok(
    (await hands.enrollmentsOf('city')).some(({ lead_id }: { lead_id: string }) => lead_id === present),
    'who was there is let in when the version says so',
  )
  await hands.must('PATCH', `/v1/leads/${lead}`, { stage_key: 'mql' })
  await service.drain()
  t.match(await hands.enrollmentsOf('stage'), [{ lead_id: lead, entered_by: 'entry:stage' }])
})

t.test('members of a segment enter when they come in, those present only when it is said', async (t) => {
  const service = await testService(t)
  const hands = await sequenceHands(service)
  const { ctx, workspaceId } = service
  const by = { actor: 'system', origin: null, via: 'api' as const }
  const place = { kind: 'segment' as const, key: 'vip', now: ctx.now() }
  const definition = { name: 'VIP', condition: holds('city', 'Paris') }
  await withWorkspace(ctx.db, workspaceId, async (tx) => {
    await saveDraft(tx, by as never, place, definition, { ifMatchVersion: null })
    await publishDraft(tx, by as never, place)
  })
  const join = (lead: string) =>
    hands.rows(
      `INSERT INTO segment_members (workspace_id, segment_key, lead_id, entered_at, actor) VALUES ($1, 'vip', $2, $3, 'system')
      ON CONFLICT DO NOTHING`,
      [hands.uuid(lead), hands.now().toISOString()],
    )
  const [early = '', late = ''] = await hands.leads(2)
  await join(early)
  await hands.later(60)
  const entry = { kind: 'segment', segment_key: 'vip' }
  await hands.publish('vip', { entry, steps: [rest('w', null, DAY)] })
  await hands.must('PATCH', `/v1/leads/${early}`, { job_title: 'CEO' })
  await service.drain()
  t.same(await hands.enrollmentsOf('vip'), [], 'who was in before it was published stays out')
  await hands.later(60)
  await join(late)
  await hands.must('PATCH', `/v1/leads/${late}`, { job_title: 'CTO', city: 'Paris' })
  await service.drain()
  t.match(await hands.enrollmentsOf('vip'), [{ lead_id: late }])
  await hands.publish('vip', { entry: { ...entry, includes_present: true }, steps: [rest('w', null, DAY)] })
  await hands.must('PATCH', `/v1/leads/${early}`, { city: 'Paris' })
  await service.drain()
  t.equal((await hands.enrollmentsOf('vip')).length, 2)
})

t.test('the goal, opting out and stopping end an enrollment and cancel mail that has not left', async (t) => {
  const service = await testService(t)
  const hands = await sequenceHands(service)
  await hands.publish('welcome', { goal: holds('city', 'Rome'), exit: { stage_keys: ['mql'] }, steps: THREE_MAILS })
  const leads = await hands.leads(4)
  const ids = await hands.enroll('welcome', leads)
  await hands.run()
  await hands.must('PATCH', `/v1/leads/${leads[0]}`, { city: 'Rome' })
  const withdrawal = { purpose: 'marketing', channel: 'email', action: 'withdrawn', wording: 'No more.' }
  await hands.must('POST', `/v1/leads/${leads[1]}/consents`, withdrawal)
  await hands.must('PATCH', `/v1/enrollments/${ids[2]}`, { status: 'ended' })
  await hands.must('PATCH', `/v1/leads/${leads[3]}`, { stage_key: 'mql' })
  await service.drain()
  const reasons = await Promise.all(ids.map(async (id) => (await hands.enrollment(id)).reason))
  t.same(reasons, ['goal', 'opted_out', 'stopped', 'stage'])
  const states = (await hands.messages()).map(({ state }) => state)
  t.notOk(states.includes('planned'), 'nothing is left to send')
  const again = await hands.must('POST', '/v1/enrollments', { sequence_key: 'welcome', lead_ids: leads })
  t.match(
    again.results.map(({ error }: { error: { errors: unknown[] } }) => error.errors[0]),
    [{ code: 'not_again' }, { code: 'opted_out' }, { code: 'not_again' }, { code: 'not_again' }],
  )
})

t.test('a paused enrollment stands still, and goes on with what has become due', async (t) => {
  const service = await testService(t)
  const hands = await sequenceHands(service)
  await hands.publish('welcome', { steps: THREE_MAILS })
  const [id = ''] = await hands.enroll('welcome', await hands.leads(1))
  await hands.run()
  await hands.must('PATCH', `/v1/enrollments/${id}`, { status: 'paused' })
  await hands.later(10 * DAY)
  t.equal((await hands.messages()).length, 1)
  await hands.must('PATCH', `/v1/enrollments/${id}`, { status: 'active' })
  await hands.run()
  t.equal((await hands.messages()).length, 2, 'the wait was over, the next begins now')
})

t.test('re-entry is let in by its policy', async (t) => {
  const service = await testService(t)
  const hands = await sequenceHands(service)
  await hands.publish('again', { reentry: { mode: 'again', after_days: 2 }, steps: [mail('one', null)] })
  const leads = await hands.leads(1)
  await hands.enroll('again', leads)
  await hands.run()
  const enter = async () =>
    (await hands.must('POST', '/v1/enrollments', { sequence_key: 'again', lead_ids: leads })).results[0]
  t.match(await enter(), { outcome: 'failed', error: { errors: [{ code: 'too_early' }] } })
  await hands.later(2 * DAY)
  t.match(await enter(), { outcome: 'created' })
  t.match(await enter(), { outcome: 'unchanged' })
})

t.test('held out leads get nothing, and their goal counts', async (t) => {
  const service = await testService(t)
  const hands = await sequenceHands(service)
  await hands.publish('tested', { holdout_percent: 50, goal: holds('city', 'Rome'), steps: THREE_MAILS })
  const leads = await hands.leads(60)
  await hands.enroll('tested', leads)
  await hands.run()
  const inside = await hands.enrollmentsOf('tested')
  const heldOut = inside.filter(({ held_out }: { held_out: boolean }) => held_out)
  t.ok(heldOut.length > 10 && heldOut.length < 50, 'about half')
  t.equal((await hands.messages()).length, 60 - heldOut.length)
  await hands.must('PATCH', `/v1/leads/${heldOut[0].lead_id}`, { city: 'Rome' })
  await service.drain()
  t.match(await hands.enrollment(heldOut[0].id), { status: 'ended', reason: 'goal', steps_taken: 0 })
  const stats = await hands.must('GET', '/v1/sequences/tested/stats')
  t.match(stats, {
    entered: 60,
    held_out: { n: heldOut.length, goals: 1 },
    treated: { n: 60 - heldOut.length, goals: 0 },
  })
  t.ok(stats.lift.low < 0 && stats.lift.rate < 0 && stats.lift.high > stats.lift.rate)
})

t.test('every kind of step does what it says, and tells what came of it', async (t) => {
  const service = await testService(t)
  const hands = await sequenceHands(service)
  const seller = (await hands.must('POST', '/v1/users', { name: 'Grace', email: 'grace@sellers.test' })).id
  await hands.publish('other', { steps: [rest('w', null, DAY)] })
  await hands.publish('all', {
    steps: [
      step('fork', 'branch', 'end', { branch: [{ condition: holds('city', 'Rome'), next: 'update' }] }),
      step('update', 'update', 'tag', {
        update: [
          { field: 'job_title', value: 'Consul' },
          { field: 'city', value: null },
        ],
      }),
      step('tag', 'tag', 'stage', { tag: { add: ['new'], remove: ['old'] } }),
      step('stage', 'move_stage', 'notify', { move_stage: { stage_key: 'mql' } }),
      step('notify', 'notify', 'signal', {
        notify: { user_id: seller, subject: 'Look', text: 'At {{ data.lead.name }}' },
      }),
      step('signal', 'webhook', 'enroll', { webhook: { name: 'ready' } }),
      step('enroll', 'enroll', 'split', { enroll: { sequence_key: 'other' } }),
      step('split', 'split', null, { split: [{ key: 'a', next: 'hello' }] }),
      mail('hello', 'end'),
      step('end', 'end', null),
    ],
  })
  const lead = await hands.lead({ city: 'Rome', tags: ['old', 'kept'], email: 'ada@example.org' })
  const [id = ''] = await hands.enroll('all', [lead])
  await hands.run()
  t.match(await hands.must('GET', `/v1/leads/${lead}`), {
    job_title: 'Consul',
    city: null,
    stage_key: 'mql',
    tags: ['kept', 'new'],
  })
  const { visits, ...enrollment } = await hands.enrollment(id)
  t.match(enrollment, { status: 'ended', reason: 'completed', variant: 'a' })
  t.same(
    visits.filter(({ outcome }: { outcome: string }) => outcome !== null && outcome !== 'done'),
    [],
  )
  t.match(visits[0], { step_key: 'fork', way: '0', outcome: null })
  t.match(await hands.enrollmentsOf('other'), [{ lead_id: lead, entered_by: 'sequence:all' }])
  t.match(await hands.changes('enrollment.signaled'), [{}])
  const mails = await hands.rows<object>(
    'SELECT to_email, lead_id, step_key, variant FROM messages WHERE workspace_id = $1 ORDER BY step_key',
    [],
  )
  t.match(mails, [
    { step_key: 'hello', variant: 'a', to_email: 'ada@example.org' },
    { step_key: 'notify', lead_id: null, to_email: 'grace@sellers.test' },
  ])
})

t.test('workers and triggers at once take every step once', async (t) => {
  const service = await testService(t)
  const hands = await sequenceHands(service)
  await hands.publish('welcome', { entry: { kind: 'condition', condition: holds('city', 'Rome') }, steps: THREE_MAILS })
  const leads = await hands.leads(100)
  const enroll = () => hands.must('POST', '/v1/enrollments', { sequence_key: 'welcome', lead_ids: leads })
  const touch = () => hands.must('POST', '/v1/leads/batch/upsert', { items: leads.map((id) => ({ id, city: 'Rome' })) })
  await Promise.all([touch(), touch()])
  await Promise.all([service.drain(), service.drain(), enroll(), hands.run(), hands.run()])
  await service.drain()
  for (let day = 0; day < 3; day++) {
    await hands.later(DAY)
    await Promise.all([hands.run(), hands.run(), service.drain()])
  }
  const rows = await hands.messages()
  const keys = rows.map(({ lead_id, step_key }) => `${lead_id}/${step_key}`)
  t.equal(new Set(keys).size, keys.length, 'no step has two mails')
  t.equal(keys.length, 300, 'and none has none')
  t.ok((await hands.enrollmentsOf('welcome')).every(({ reason }: { reason: string }) => reason === 'completed'))
})

t.test('an enrollment that fails is tried again, at last paused, and holds up nobody', async (t) => {
  const service = await testService(t)
  const hands = await sequenceHands(service)
  await hands.publish('welcome', { steps: THREE_MAILS })
  const ids = await hands.enroll('welcome', await hands.leads(3))
  const [bad = ''] = ids
  // A visit that is there already makes every look at this one fail.
  await hands.rows(
    `INSERT INTO enrollment_visits (workspace_id, enrollment_id, position, sequence_key, step_key, kind, visited_at)
      VALUES ($1, $2, 0, 'welcome', 'one', 'email', now())`,
    [hands.uuid(bad)],
  )
  await hands.run()
  t.equal((await hands.messages()).length, 2, 'the others went on')
  for (let i = 0; i < 8; i++) await hands.later(3_600)
  t.match(await hands.enrollment(bad), { status: 'paused', reason: 'failed', due_at: null })
  await hands.rows('DELETE FROM enrollment_visits WHERE workspace_id = $1 AND enrollment_id = $2', [hands.uuid(bad)])
  await hands.must('PATCH', `/v1/enrollments/${bad}`, { status: 'active' })
  await hands.run()
  t.match(await hands.enrollment(bad), { status: 'active', reason: null, step_key: 'w1' })
})

t.test('a worker that dies in the middle of a step leaves nothing behind', async (t) => {
  const service = await testService(t)
  const hands = await sequenceHands(service)
  const { db } = service.ctx
  await hands.publish('welcome', { steps: THREE_MAILS })
  const [id = ''] = await hands.enroll('welcome', await hands.leads(5))
  const key = `enrollment:${hands.uuid(id)}:0`
  await withWorkspace(db, service.workspaceId, async (tx) => {
    // Whoever plans the same mail has to wait for this transaction: the worker stands still in the middle of its own.
    const plan = {
      key,
      kind: 'marketing',
      purpose: 'marketing',
      lead_id: null,
      template_key: 'welcome',
      actor: 't',
    } as const
    await planMessages(tx, [{ ...plan, to: { email: 'ada@example.org', name: null } }], hands.now())
    const worker = hands.run()
    worker.catch(() => {})
    const waiting = `SELECT pid FROM pg_stat_activity
      WHERE datname = current_database() AND wait_event_type = 'Lock' AND query LIKE '%INSERT INTO messages%'`
    let pids: { pid: number }[] = []
    while (pids.length === 0) pids = await db.query<{ pid: number }>(waiting)
    await db.query(`SELECT pg_terminate_backend(${pids[0]?.pid})`)
    await t.rejects(worker, 'the worker is gone')
    await tx.query('DELETE FROM messages WHERE workspace_id = $1 AND dedupe_key = $2', [tx.workspaceId, key])
  })
  t.match(await hands.enrollment(id), { status: 'active', step_key: 'one', steps_taken: 0 })
  await hands.run()
  t.equal((await hands.messages()).length, 5)
  t.match(await hands.enrollment(id), { step_key: 'w1', steps_taken: 1 })
})

t.test('a thousand due enrollments are one drain', async (t) => {
  const service = await testService(t)
  const hands = await sequenceHands(service)
  await hands.publish('welcome', { steps: THREE_MAILS })
  const leads = await hands.leads(1_000)
  for (let i = 0; i < leads.length; i += 200) await hands.enroll('welcome', leads.slice(i, i + 200))
  t.ok((await hands.run()) >= 1_000)
  t.equal((await hands.messages()).length, 1_000)
  t.equal(await hands.run(), 0)
})

t.test('a lead that takes a step in two sequences at once keeps what both of them write', async (t) => {
  const service = await testService(t)
  const hands = await sequenceHands(service)
  const ways = ['x', 'y']
  for (const name of ways) {
    await hands.publish(name, { steps: [step('tag', 'tag', null, { tag: { add: [name] } })] })
  }
  const lead = await hands.lead({ tags: ['z'] })
  for (const name of ways) await hands.enroll(name, [lead])
  await hands.run()
  t.same((await hands.must('GET', `/v1/leads/${lead}`)).tags.sort(), ['x', 'y', 'z'])
})

t.test('a pause also holds mail that has been planned, until somebody goes on', async (t) => {
  const service = await testService(t)
  const hands = await sequenceHands(service)
  service.setNow(null)
  await hands.publish('news', { mail_kind: 'transactional', steps: [mail('one', 'w'), rest('w', null, DAY)] })
  const [held = '', free = ''] = await hands.enroll('news', await hands.leads(2))
  await hands.run()
  t.match(await hands.messages(), [{ state: 'planned' }, { state: 'planned' }])
  await hands.must('PATCH', `/v1/enrollments/${held}`, { status: 'paused' })
  await service.drain()
  const stateOf = async (enrollment: string) => {
    const [row] = await hands.rows<{ state: string; reason: string | null; isLater: boolean }>(
      `SELECT state, reason, due_at > now() + interval '10 minutes' AS "isLater" FROM messages WHERE workspace_id = $1 AND enrollment_id = $2`,
      [decodeTypeId('enrollment', enrollment)],
    )
    return row
  }
  t.match(await stateOf(held), { state: 'planned', reason: 'paused', isLater: true })
  t.match(await stateOf(free), { state: 'sent' })
  await hands.must('PATCH', `/v1/enrollments/${held}`, { status: 'active' })
  await service.drain()
  t.match(await stateOf(held), { state: 'sent' })
})
