// Idempotency-Key: a repeated request is done once and answered alike, whatever happens in between.
import type { LightMyRequestResponse } from 'fastify'
import t, { type Test } from 'tap'
import { buildApp } from '../../src/app.ts'
import { type Tx, withWorkspace } from '../../src/db/client.ts'
import { joinedDatabase } from '../../src/db/joined-transaction.ts'
import { forgetOldAnswers } from '../../src/http/repeat/kept-answers.ts'
import { rowsOf } from '../helpers/rows.ts'
import { type TestService, testService } from '../helpers/service.ts'

const LEAD = { email: 'ada@example.org', first_name: 'Ada' }

const post = (service: TestService, key: string, body: unknown = LEAD, url = '/v1/leads', secret = service.key) =>
  service.call('POST', url, body, { headers: { 'idempotency-key': key, authorization: `Bearer ${secret}` } })

const countLeads = async (service: TestService) => (await rowsOf(service, 'leads')).length

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
  const spelled = await service.call('POST', '/v1/leads', LEAD, {
    headers: { 'idempotency-key': 'retry-1', authorization: `bearer  ${service.key}` },
  })
  t.strictSame(essence(spelled), essence(first), 'however the scheme is spelled')
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
  await post(service, 'mine')
  const elsewhere = await service.makeWorkspace()
  const secondKey = await service.makeKey('secret')
  for (const [who, key] of [
    ['another tenant', elsewhere.key],
    ['another key of the tenant', secondKey],
  ] as const) {
    const answer = await post(service, 'mine', LEAD, '/v1/leads', key)
    t.ok(answer.statusCode < 300, `${who} is served`)
    t.equal(answer.headers['idempotent-replayed'], undefined, `${who} gets an answer of its own`)
  }
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
  const changes = await rowsOf(service, 'changes', "object = 'lead'")
  t.equal(changes.length, 0, 'and so is its change')
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
  const kept = await rowsOf(service, 'idempotency_keys')
  t.equal(kept.length, 1)
  t.notMatch(String(kept[0]?.['body']), 'ada@')
  t.notMatch(JSON.stringify(kept), 'sealed')
})

t.test('answers are kept for 72 hours and then forgotten', async (t) => {
  const service = await testService(t)
  const other = await service.makeWorkspace()
  const age = async (hours: number) => {
    for (const id of [service.workspaceId, other.workspaceId]) {
      const statement = `UPDATE idempotency_keys SET created_at = now() - interval '${hours} hours'`
      await withWorkspace(service.ctx.db, id, (tx) => tx.query(statement))
    }
  }
  await post(service, 'kept')
  await post(service, 'kept', LEAD, '/v1/leads', other.key)
  await age(71.9)
  t.equal(await forgetOldAnswers(service.ctx.db), 0)
  t.equal((await post(service, 'kept')).headers['idempotent-replayed'], 'true')
  await age(72.1)
  t.equal(await forgetOldAnswers(service.ctx.db), 2, 'of all workspaces')
  t.equal((await post(service, 'kept')).headers['idempotent-replayed'], undefined)
})

t.test('what starts after a request waits for its commit', async (t) => {
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

t.test('a new API key is shown again to its maker, and to nobody else', async (t) => {
  const service = await testService(t)
  const wanted = { name: 'CI', kind: 'restricted', scopes: ['leads:read'] }
  const first = await post(service, 'make-a-key', wanted, '/v1/api-keys')
  t.equal(first.statusCode, 201)
  const { id, secret } = first.json<{ id: string; secret: string }>()
  t.equal((await post(service, 'make-a-key', wanted, '/v1/api-keys')).json<{ secret: string }>().secret, secret)
  const kept = await rowsOf(service, 'idempotency_keys')
  t.notMatch(JSON.stringify(kept.map(({ body }) => String(body))), secret, 'the secret is stored nowhere')

  const rotation = { overlap_seconds: 60 }
  const rotated = await post(service, 'turn', rotation, `/v1/api-keys/${id}/rotate`)
  t.strictSame(essence(await post(service, 'turn', rotation, `/v1/api-keys/${id}/rotate`)), essence(rotated))
  const me = await service.call('GET', '/v1/me', undefined, {
    headers: { authorization: `Bearer ${rotated.json<{ secret: string }>().secret}` },
  })
  t.equal(me.statusCode, 200, 'it was turned once')
})

t.test('parts of a request run one after the other, and one that fails is undone alone', async (t) => {
  const { ctx, workspaceId } = await testService(t)
  const order: string[] = []
  const insert = (name: string) => (tx: Tx) => tx.query('INSERT INTO settings_probe SELECT $1, $2', [workspaceId, name])
  await ctx.db.query(
    'CREATE TABLE settings_probe (workspace_id uuid, name text); GRANT ALL ON settings_probe TO leadwell_app',
  )
  await withWorkspace(ctx.db, workspaceId, async (outer) => {
    const db = joinedDatabase(ctx.db, outer)
    const parts = ['a', 'b', 'c'].map((name) =>
      withWorkspace(db, workspaceId, async (tx) => {
        order.push(`${name} begins`)
        tx.beforeCommit({
          run: async () => {
            order.push(`${name} at the end`)
          },
        })
        await insert(name)(tx)
        if (name === 'b') throw new Error('b fails')
        order.push(`${name} ends`)
      }),
    )
    const outcomes = await Promise.allSettled(parts)
    t.strictSame(
      outcomes.map(({ status }) => status),
      ['fulfilled', 'rejected', 'fulfilled'],
    )
    await t.rejects(withWorkspace(db, '00000000-0000-7000-8000-000000000000', insert('d')), /one workspace/)
    order.push('commit')
  })
  t.strictSame(order, [
    'a begins',
    'a ends',
    'b begins',
    'c begins',
    'c ends',
    'commit',
    'a at the end',
    'c at the end',
  ])
  const rows = await ctx.db.query<{ name: string }>('SELECT name FROM settings_probe ORDER BY 1')
  t.strictSame(
    rows.map(({ name }) => name),
    ['a', 'c'],
  )
})

t.test('a request without a key touches no kept answer', async (t) => {
  const service = await testService(t)
  await service.call('POST', '/v1/leads', LEAD)
  t.equal((await rowsOf(service, 'idempotency_keys')).length, 0)
})
