import t from 'tap'
import { withWorkspace } from '../../src/db/client.ts'
import { processSubmissions } from '../../src/pipeline/process-submissions.ts'
import { claimSubmissions, finishSubmissions } from '../../src/pipeline/submission-queries.ts'
import { testService } from '../helpers/service.ts'

const FORM = '/v1/public/forms/demo/submissions'

t.test('a submission becomes a lead with an activity, a touch, a receipt and a change', async (t) => {
  const { call, drain } = await testService(t)
  const sent = await call('POST', FORM, {
    full_name: 'Ada Lovelace',
    email: ' Ada@Example.ORG ',
    utm_source: 'News Letter',
    gclid: 'g1',
    shoe_size: 39,
  })
  t.equal(sent.statusCode, 202)
  await drain()
  const submission = (await call('GET', `/v1/form-submissions/${sent.json().submission_id}`)).json()
  t.match(submission, {
    state: 'processed',
    outcome: 'created',
    attempts: 1,
    fields: { shoe_size: 39, email: ' Ada@Example.ORG ' },
  })
  const lead = (await call('GET', `/v1/leads/${submission.lead_id}`)).json()
  t.match(lead, {
    email: 'Ada@example.org',
    first_name: 'Ada',
    last_name: 'Lovelace',
    source_key: 'news_letter',
    stage_key: 'lead',
    version: 1,
  })
  const timeline = (await call('GET', `/v1/leads/${lead.id}/timeline`)).json()
  t.match(timeline.data, [
    {
      type: 'form_submitted',
      actor: 'form:demo',
      data: { submission_id: submission.id },
      receipt_id: submission.receipt_id,
    },
  ])
  const changes = (await call('GET', '/v1/changes?types=lead.*')).json()
  t.match(changes.data, [
    { type: 'lead.created', object_id: lead.id, data: { lead: { id: lead.id, email: 'Ada@example.org' } } },
  ])
})

t.test('a person who comes back is updated, and nothing typed is lost', async (t) => {
  const { call, drain } = await testService(t)
  await call('POST', FORM, { full_name: 'Ada Lovelace', email: 'ada@example.org', company_name: 'Engines' })
  await drain()
  await call('POST', FORM, {
    full_name: 'Ada King',
    email: 'ADA@example.org',
    phone: '+49 30 901820',
    message: 'Hello',
  })
  await drain()
  const { data } = (await call('GET', '/v1/leads')).json()
  t.equal(data.length, 1)
  t.match(data[0], { full_name: 'Ada King', company_name: 'Engines', phone: '+4930901820' })
  const changes = (await call('GET', '/v1/changes?types=lead.updated')).json()
  t.match(changes.data, [{ data: { previous: { full_name: 'Ada Lovelace', last_name: 'Lovelace' } } }])
  const timeline = (await call('GET', `/v1/leads/${data[0].id}/timeline`)).json()
  t.equal(timeline.data.filter(({ type }: { type: string }) => type === 'form_submitted').length, 2)
})

t.test('twenty equal posts at once are one submission and one lead', async (t) => {
  const { call, drain } = await testService(t)
  const body = { full_name: 'Ada Lovelace', email: 'ada@example.org' }
  const answers = await Promise.all(Array.from({ length: 20 }, () => call('POST', FORM, body)))
  t.same([...new Set(answers.map((answer) => answer.statusCode))], [202])
  t.equal(new Set(answers.map((answer) => answer.json().submission_id)).size, 1)
  await drain()
  t.equal((await call('GET', '/v1/leads')).json().data.length, 1)
})

t.test('different submissions of one person, processed by several workers at once, make one lead', async (t) => {
  const { call, ctx, workspaceId } = await testService(t)
  for (let i = 0; i < 60; i++)
    await call('POST', FORM, { full_name: 'Ada Lovelace', email: `Ada${i % 3}@example.org`, message: `message ${i}` })
  await Promise.all(Array.from({ length: 4 }, () => processSubmissions(ctx, workspaceId)))
  t.equal((await call('GET', '/v1/leads')).json().data.length, 3)
  const states = (await call('GET', '/v1/form-submissions?limit=200'))
    .json()
    .data.map((each: { state: string }) => each.state)
  t.same(new Set(states), new Set(['processed']))
})

t.test('twenty API creates of one person at once make one lead', async (t) => {
  const { call } = await testService(t)
  const answers = await Promise.all(
    Array.from({ length: 20 }, (_, i) => call('POST', '/v1/leads', { email: 'ada@example.org', city: `City ${i}` })),
  )
  t.same(answers.map((answer) => answer.statusCode).sort(), [...Array(19).fill(200), 201])
  t.equal(new Set(answers.map((answer) => answer.json().id)).size, 1)
})

t.test('a shared phone does not join two people with different addresses', async (t) => {
  const { call, drain } = await testService(t)
  await call('POST', FORM, { full_name: 'Ada Lovelace', email: 'ada@example.org', phone: '+49 30 901820' })
  await call('POST', FORM, { full_name: 'Bob Builder', email: 'bob@example.org', phone: '+49 30 901820' })
  await drain()
  const { data } = (await call('GET', '/v1/leads?sort=created_at')).json()
  t.equal(data.length, 2)
  t.same(
    data.map((lead: { phone: string }) => lead.phone),
    ['+4930901820', '+4930901820'],
  )
})

t.test('processing a submission again doubles nothing', async (t) => {
  const { call, drain } = await testService(t)
  const sent = (await call('POST', FORM, { full_name: 'Ada Lovelace', email: 'ada@example.org' })).json()
  await drain()
  const again = await call('POST', `/v1/form-submissions/${sent.submission_id}/reprocess`)
  t.equal(again.statusCode, 202)
  await drain()
  const submission = (await call('GET', `/v1/form-submissions/${sent.submission_id}`)).json()
  t.match(submission, { state: 'processed', outcome: 'unchanged' })
  t.equal((await call('GET', '/v1/leads')).json().data.length, 1)
  t.equal((await call('GET', `/v1/leads/${submission.lead_id}/timeline`)).json().data.length, 1)
})

t.test('a worker that lost its lease writes nothing', async (t) => {
  const { call, ctx, workspaceId, drain } = await testService(t)
  const sent = (await call('POST', FORM, { full_name: 'Ada Lovelace', email: 'ada@example.org' })).json()
  const [late] = await withWorkspace(ctx.db, workspaceId, (tx) => claimSubmissions(tx, 1, 30))
  if (late === undefined) throw new Error('the submission is due')
  await drain()
  t.match(
    (await call('GET', `/v1/form-submissions/${sent.submission_id}`)).json(),
    { state: 'received' },
    'another worker does not take what is leased',
  )
  const expire = {
    name: 'expire_lease_test',
    text: `UPDATE form_submissions SET lease_until = now() - interval '1 second' WHERE workspace_id = $1`,
  }
  await withWorkspace(ctx.db, workspaceId, (tx) => tx.query(expire, [workspaceId]))
  await drain()
  t.match((await call('GET', `/v1/form-submissions/${sent.submission_id}`)).json(), { state: 'processed', attempts: 2 })
  const end = {
    id: late.id,
    attempt: late.attempt,
    state: 'failed' as const,
    lead_id: null,
    outcome: 'failed',
    reasons: ['late'],
    receipt_id: null,
    due_at: null,
  }
  t.equal(await withWorkspace(ctx.db, workspaceId, (tx) => finishSubmissions(tx, [end], new Date())), 0)
  t.match((await call('GET', `/v1/form-submissions/${sent.submission_id}`)).json(), { state: 'processed' })
})

t.test('one poisonous submission does not hold up its neighbours', async (t) => {
  const { call, ctx, workspaceId, drain } = await testService(t)
  const good = (await call('POST', FORM, { full_name: 'Ada Lovelace', email: 'ada@example.org' })).json()
  const bad = (await call('POST', FORM, { full_name: 'Bob Builder', email: 'bob@example.org' })).json()
  // A value that no check of ours would let in, as a bug might leave it.
  const poison = {
    name: 'poison_test',
    text: `UPDATE form_submissions SET payload = jsonb_set(payload, '{company_name}', to_jsonb(repeat('x', 400))) WHERE workspace_id = $1 AND id <> $2`,
  }
  await ctx.db.query(
    'ALTER TABLE leads ADD CONSTRAINT poison_test CHECK (company_name IS NULL OR length(company_name) < 300)',
  )
  const { decodeTypeId } = await import('../../src/domain/type-id.ts')
  await withWorkspace(ctx.db, workspaceId, (tx) =>
    tx.query(poison, [workspaceId, decodeTypeId('submission', good.submission_id)]),
  )
  await drain()
  t.match((await call('GET', `/v1/form-submissions/${good.submission_id}`)).json(), { state: 'processed' })
  t.match((await call('GET', `/v1/form-submissions/${bad.submission_id}`)).json(), {
    state: 'received',
    reasons: ['database_23514'],
    attempts: 1,
  })
  const exhaust = {
    name: 'exhaust_test',
    text: `UPDATE form_submissions SET attempt = 7, due_at = now() WHERE workspace_id = $1 AND state = 'received'`,
  }
  await withWorkspace(ctx.db, workspaceId, (tx) => tx.query(exhaust, [workspaceId]))
  await drain()
  t.match((await call('GET', `/v1/form-submissions/${bad.submission_id}`)).json(), {
    state: 'failed',
    reasons: ['database_23514'],
  })
  t.match((await call('GET', '/v1/changes?types=form_submission.*')).json().data, [
    { type: 'form_submission.failed', object_id: bad.submission_id },
  ])
})
