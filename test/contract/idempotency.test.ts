// Idempotency-Key: a repeated request is done once and answered alike, whatever happens in between.
import type { LightMyRequestResponse } from 'fastify'
import t, { type Test } from 'tap'
import { buildApp } from '../../src/app.ts'
import { withWorkspace } from '../../src/db/client.ts'
import { forgetOldAnswers } from '../../src/http/repeat/kept-answers.ts'
import { type TestService, testService } from '../helpers/service.ts'

const LEAD = { email: 'ada@example.org', first_name: 'Ada' }

const post = (service: TestService, key: string, body: unknown = LEAD, url = '/v1/leads') =>
  service.call('POST', url, body, { headers: { 'idempotency-key': key } })

async function countLeads({ ctx }: TestService): Promise<number> {
  const [row] = await ctx.db.query<{ count: number }>('SELECT count(*) FROM leads')
  return row?.count ?? 0
}

/** Everything of an answer that a repetition must have too. */
const essence = ({ statusCode, rawPayload, headers }: LightMyRequestResponse) => ({
  statusCode,
  body: rawPayload.toString('base64'),
  type: headers['content-type'],
  location: headers['location'],
  etag: headers['etag'],
})

t.test('a repeated create is answered byte for byte as the first, and makes one lead', async (t) => {
  const service = await testService(t)
  const first = await post(service, 'retry-1')
  t.equal(first.statusCode, 201)
  t.equal(first.headers['idempotent-replayed'], undefined)
  const lead = first.json<{ id: string }>()
  await service.call('PATCH', `/v1/leads/${lead.id}`, { first_name: 'Augusta' })

  const again = await post(service, 'retry-1')
  t.strictSame(essence(again), essence(first), 'the answer of then, not of now')
  t.equal(again.headers['idempotent-replayed'], 'true')
  t.not(again.headers['x-request-id'], first.headers['x-request-id'], 'but another request')
  t.equal(await countLeads(service), 1)

  t.strictSame(essence(await post(service, '"retry-1"')), essence(first), 'a quoted key is the same key')
})

t.test('the answer is the same after a restart', async (t) => {
  const service = await testService(t)
  const first = await post(service, 'before-the-restart')
  const restarted = await buildApp({ ...service.ctx }, 'http://127.0.0.1')
  t.teardown(() => restarted.close())
  const again = await restarted.inject({
    method: 'POST',
    url: '/v1/leads',
    payload: LEAD,
    headers: { authorization: `Bearer ${service.key}`, 'idempotency-key': 'before-the-restart' },
  })
  t.strictSame(essence(again), essence(first))
})

t.test('the same key with another body or query is refused', async (t) => {
  const service = await testService(t)
  await post(service, 'reused')
  const other = await post(service, 'reused', { ...LEAD, first_name: 'Grace' })
  t.equal(other.statusCode, 422)
  t.equal(other.json<{ code: string }>().code, 'idempotency_key_reused')
  const first = await post(service, 'spaces')
  t.equal(first.statusCode, 200)
  const spaced = await service.call('POST', '/v1/leads', undefined, {
    payload: ` ${JSON.stringify(LEAD)}`,
    headers: { 'idempotency-key': 'spaces', 'content-type': 'application/json' },
  })
  t.equal(spaced.statusCode, 422, 'the bytes count, not what they mean')
  t.equal(await countLeads(service), 1)
})

t.test('a key belongs to an API key, a method and a path', async (t) => {
  const service = await testService(t)
  const first = await post(service, 'mine')
  const elsewhere = await service.makeWorkspace()
  const secondKey = await service.makeKey('secret')
  for (const [who, key] of [
    ['another tenant', elsewhere.key],
    ['another key of the tenant', secondKey],
  ] as const) {
    const answer = await service.call('POST', '/v1/leads', LEAD, {
      headers: { authorization: `Bearer ${key}`, 'idempotency-key': 'mine' },
    })
    t.ok(answer.statusCode < 300, `${who} is served`)
    t.equal(answer.headers['idempotent-replayed'], undefined, `${who} gets an answer of its own`)
  }
  t.not(essence(first).body, '')
})

t.test('of many requests at once one is done; the others are told to wait', async (t) => {
  const service = await testService(t)
  const answers = await Promise.all(Array.from({ length: 12 }, () => post(service, 'at-once')))
  const done = answers.filter(({ statusCode }) => statusCode === 201)
  const waiting = answers.filter(({ statusCode }) => statusCode === 409)
  t.equal(done.length + waiting.length, 12, 'nothing else happens')
  t.ok(done.length >= 1)
  for (const answer of waiting) {
    t.equal(answer.json<{ code: string }>().code, 'idempotency_key_in_use')
    t.match(answer.headers['retry-after'], /^[1-9]\d*$/)
  }
  t.equal(new Set(done.map((answer) => answer.body)).size, 1, 'one answer')
  t.equal(done.filter((answer) => answer.headers['idempotent-replayed'] === undefined).length, 1, 'done once')
  t.equal(await countLeads(service), 1)
})

/** Makes the last statement before the commit fail, as a crash at that instant would. */
async function failToKeep(t: Test, { ctx }: TestService): Promise<void> {
  await ctx.db.query(`CREATE FUNCTION fail() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN RAISE EXCEPTION SQLSTATE '57P01'; END $$`)
  await ctx.db.query('CREATE TRIGGER fail BEFORE INSERT ON idempotency_keys FOR EACH ROW EXECUTE FUNCTION fail()')
  t.teardown(() => ctx.db.query('DROP FUNCTION IF EXISTS fail CASCADE').catch(() => undefined))
}

t.test('when the answer cannot be kept there is no effect either', async (t) => {
  const service = await testService(t)
  await t.test('a failure between effect and answer', async (t) => {
    await failToKeep(t, service)
    const failed = await post(service, 'torn')
    t.equal(failed.statusCode, 503)
    t.equal(await countLeads(service), 0, 'the lead is rolled back')
  })
  const [changes] = await service.ctx.db.query<{ count: number }>("SELECT count(*) FROM changes WHERE object = 'lead'")
  t.equal(changes?.count, 0, 'and so is its change')
  t.equal((await post(service, 'torn')).statusCode, 201, 'the retry does it')
  t.equal(await countLeads(service), 1)
})

t.test('outcomes are kept, refusals before the work and passing troubles are not', async (t) => {
  const service = await testService(t)
  const malformed = await post(service, 'mended', { email: 'not an address' })
  t.equal(malformed.statusCode, 400)
  t.equal((await post(service, 'mended')).statusCode, 201, 'the mended request may use the key')

  const duplicate = { ...LEAD, on_duplicate: 'reject' }
  const refused = await post(service, 'outcome', duplicate)
  t.equal(refused.statusCode, 409)
  const again = await post(service, 'outcome', duplicate)
  t.strictSame(essence(again), essence(refused), 'the request id of the first is in the body')
  t.equal(again.headers['idempotent-replayed'], 'true')
  t.match(again.headers['content-type'], 'application/problem+json')

  for (const key of ['', 'x'.repeat(256), 'smörgås', 'two words']) {
    const answer = await post(service, key)
    t.equal(answer.statusCode, 400, `${key.slice(0, 10)} is no key`)
    t.equal(answer.json<{ errors: { parameter: string }[] }>().errors[0]?.parameter, 'Idempotency-Key')
  }
})

t.test('what is kept can be read only with the secret of the caller', async (t) => {
  const service = await testService(t)
  await post(service, 'sealed')
  const kept = await service.ctx.db.query<{ body: Buffer; row: string }>(
    'SELECT body, idempotency_keys::text AS row FROM idempotency_keys',
  )
  t.equal(kept.length, 1)
  t.notMatch(kept[0]?.body.toString('latin1'), 'ada@')
  t.notMatch(kept[0]?.row, 'sealed')
})

t.test('answers are kept for 72 hours and then forgotten', async (t) => {
  const service = await testService(t)
  const age = (hours: number) =>
    service.ctx.db.query(`UPDATE idempotency_keys SET created_at = now() - interval '${hours} hours'`)
  await post(service, 'kept')
  const elsewhere = await service.makeWorkspace()
  await post(
    {
      ...service,
      call: (method, url, body, more) =>
        service.call(method, url, body, {
          ...more,
          headers: { ...more?.headers, authorization: `Bearer ${elsewhere.key}` },
        }),
    },
    'kept',
  )
  await age(71.9)
  t.equal(await forgetOldAnswers(service.ctx.db), 0)
  t.equal((await post(service, 'kept')).headers['idempotent-replayed'], 'true')
  await age(72.1)
  t.equal(await forgetOldAnswers(service.ctx.db), 2, 'of all workspaces')
  t.equal((await post(service, 'kept')).headers['idempotent-replayed'], undefined)
})

t.test('work inside a request waits for its commit, and parts fail alone', async (t) => {
  const service = await testService(t)
  const hints: string[] = []
  service.ctx.hints.take((kind) => hints.push(kind))
  const submitted = await service.call('POST', '/v1/public/forms/demo/submissions', {
    email: 'ada@example.org',
    full_name: 'Ada Lovelace',
  })
  const { submission_id } = submitted.json<{ submission_id: string }>()
  await service.drain()
  hints.length = 0
  const url = `/v1/form-submissions/${submission_id}/reprocess`
  const begun = performance.now()
  const answer = await service.call('POST', url, undefined, {
    headers: { 'idempotency-key': 'again', prefer: 'wait=5' },
  })
  t.equal(answer.statusCode, 202)
  t.ok(performance.now() - begun < 3_000, 'nobody waits for what starts after the commit')
  t.strictSame(hints, ['submissions'], 'the worker is told once the work is there')
  await service.call('POST', url, undefined, { headers: { 'idempotency-key': 'again' } })
  t.strictSame(hints, ['submissions'], 'a repetition starts nothing')
})

t.test('a request without a key touches no kept answer', async (t) => {
  const service = await testService(t)
  await service.call('POST', '/v1/leads', LEAD)
  const [row] = await service.ctx.db.query<{ count: number }>('SELECT count(*) FROM idempotency_keys')
  t.equal(row?.count, 0)
  await t.rejects(
    withWorkspace(service.ctx.db, service.workspaceId, async () => {
      throw new Error('undone')
    }),
    /undone/,
  )
})
