// The audit log: every deed with its difference, in an unbroken chain that nobody who serves requests can change.
import type { LightMyRequestResponse } from 'fastify'
import t, { type Test } from 'tap'
import { recordAudit } from '../../src/changes/record-audit.ts'
import { recordChange } from '../../src/changes/record-change.ts'
import { withWorkspace } from '../../src/db/client.ts'
import { testService } from '../helpers/service.ts'

const { app, ctx, makeKey, makeWorkspace } = await testService(t)

type Call = (
  method: 'GET' | 'POST' | 'PUT' | 'DELETE',
  url: string,
  payload?: object,
  more?: object,
) => Promise<LightMyRequestResponse>

interface Workspace {
  workspaceId: string
  call: Call
}

/** A workspace with nothing in its log but the making of its first key. */
async function newWorkspace(): Promise<Workspace> {
  const { key, workspaceId } = await makeWorkspace()
  const call: Call = async (method, url, payload, { headers = {}, ...more }: { headers?: object } = {}) =>
    await app.inject({
      method,
      url,
      ...(payload && { payload }),
      ...more,
      headers: { authorization: `Bearer ${key}`, ...headers },
    })
  return { workspaceId, call }
}

type Entry = Record<string, unknown> & { sequence: number; hash: string; previous_hash: string }

async function readLog({ call }: Workspace, query = ''): Promise<Entry[]> {
  const answer = await call('GET', `/v1/audit-log?limit=200${query}`)
  return answer.json().data
}

const verify = async ({ call }: Workspace, query = '') =>
  (await call('GET', `/v1/audit-log/verification?${query}`)).json()

/** Does what an insider with the owner's login could do. */
async function tamper({ workspaceId }: Workspace, statement: string): Promise<void> {
  await ctx.db.query(statement, [workspaceId])
}

async function addDeeds({ workspaceId }: Workspace, count: number): Promise<void> {
  for (let i = 0; i < count; i++) {
    await withWorkspace(ctx.db, workspaceId, async (tx) => recordAudit(tx, { actor: 'test' }, deedOf(`form${i}`)))
  }
}

const deedOf = (object_id: string) => ({
  action: 'form.updated' as const,
  object_id,
  before: { title: 'Old' },
  after: { title: 'New' },
  occurred_at: '2026-11-22T05:28:00.123Z',
})

t.test('deeds on keys are in the log with who, what, whence and the difference', async (t) => {
  const service = await newWorkspace()
  const { call } = service
  const me = (await call('GET', '/v1/me')).json().key.id
  const headers = { 'x-request-id': 'req-of-mine' }
  const from = { headers, remoteAddress: '203.0.113.77' }
  const key = (await call('POST', '/v1/api-keys', { name: 'CRM', kind: 'secret' }, from)).json()
  await call('POST', `/v1/api-keys/${key.id}/rotate`, { overlap_seconds: 60 })
  await call('DELETE', `/v1/api-keys/${key.id}`)
  await call('DELETE', `/v1/api-keys/${key.id}`)

  const [revoked, rotated, created] = await readLog(service, `&object=api_key&object_id=${key.id}`)
  t.match(created, {
    actor: me,
    action: 'api_key.created',
    before: {},
    after: { name: 'CRM', kind: 'secret', prefix: key.prefix, last_four: key.last_four },
    before_hash: null,
    after_hash: /^[0-9a-f]{64}$/,
    request_id: 'req-of-mine',
    ip_prefix: '203.0.113.0/24',
  })
  t.equal(rotated?.['before_hash'], created?.['after_hash'])
  t.strictSame(Object.keys(revoked?.['after'] as object).sort(), ['revoked_at', 'state', 'version'])
  t.match(revoked, { before: { state: 'active', revoked_at: null }, after: { state: 'revoked' } })
  t.equal((await readLog(service, `&object_id=${key.id}`)).length, 3, 'revoking again is no deed')
  t.notMatch(JSON.stringify(await readLog(service)), key.secret.slice(12, -4))
  t.match(await verify(service), { valid: true, first_break: null, next_sequence: null })
})

t.test('settings are in the log, and in the change feed', async (t) => {
  const service = await newWorkspace()
  const { call } = service
  const { etag } = (await call('GET', '/v1/settings/workspace')).json()
  const body = { name: 'Engines', currency: 'CHF', default_country: 'CH' }
  const answer = await call('PUT', '/v1/settings/workspace', body, { headers: { 'if-match': etag } })
  t.equal(answer.statusCode, 200)
  const [entry] = await readLog(service, '&action=settings.updated')
  t.match(entry, {
    object: 'workspace',
    object_id: answer.json().id,
    before: { name: 'Another', currency: 'EUR', default_country: null },
    after: { name: 'Engines', currency: 'CHF', default_country: 'CH' },
  })
  const changes = (await call('GET', '/v1/changes?types=settings.*')).json().data
  t.match(changes, [
    {
      type: 'settings.updated',
      object: 'workspace',
      object_id: answer.json().id,
      data: {
        workspace: { currency: 'CHF' },
        changed_fields: ['currency', 'default_country', 'name'],
        previous: { currency: 'EUR' },
      },
    },
  ])
})

t.test('a deed that fails leaves no entry', async (t) => {
  const service = await newWorkspace()
  const before = await readLog(service)
  await t.rejects(
    withWorkspace(ctx.db, service.workspaceId, async (tx) => {
      recordAudit(tx, { actor: 'test' }, deedOf('contact'))
      throw new Error('changed my mind')
    }),
  )
  t.strictSame(await readLog(service), before)
})

t.test('many writers make one chain, in whichever order they record', async (t) => {
  const service = await newWorkspace()
  const { workspaceId } = service
  const known = (await readLog(service)).length
  const change = {
    type: 'form.updated' as const,
    object_id: '00000000-0000-7000-8000-000000000001',
    actor: 'test',
    origin: null,
    occurred_at: '2026-11-22T05:28:00.123Z',
    object: {},
    changed_fields: [],
    previous: {},
  }
  await Promise.all(
    Array.from({ length: 60 }, (_, i) =>
      withWorkspace(ctx.db, workspaceId, async (tx) => {
        // Both orders, and only one of the two: none of them may end in a deadlock.
        if (i % 3 === 0) recordChange(tx, change)
        recordAudit(tx, { actor: `writer${i}` }, deedOf('contact'))
        if (i % 3 === 1) recordChange(tx, change)
        recordAudit(tx, { actor: `writer${i}` }, deedOf('contact'))
      }),
    ),
  )
  const entries = await readLog(service)
  t.equal(entries.length, known + 120)
  t.strictSame(
    entries.map(({ sequence }) => sequence),
    Array.from({ length: known + 120 }, (_, i) => known + 120 - i),
    'without gaps',
  )
  for (const [i, entry] of entries.slice(0, -1).entries()) {
    if (entry.previous_hash !== entries[i + 1]?.hash) t.fail(`entry ${entry.sequence} does not link`)
  }
  t.match(await verify(service), { valid: true, checked_entries: known + 120, head_hash: entries[0]?.hash })
})

t.test('whatever an insider does to the log, the walk names the place', async (t) => {
  const attempts: [string, string, { sequence: number; reason: string }][] = [
    [
      'an altered value',
      `UPDATE audit_log SET after = '{"title":"Forged"}' WHERE workspace_id = $1 AND sequence = 5`,
      { sequence: 5, reason: 'altered' },
    ],
    [
      'another actor',
      `UPDATE audit_log SET actor = 'system' WHERE workspace_id = $1 AND sequence = 6`,
      { sequence: 6, reason: 'altered' },
    ],
    [
      'a moved time',
      `UPDATE audit_log SET occurred_at = occurred_at + interval '1 ms' WHERE workspace_id = $1 AND sequence = 7`,
      { sequence: 7, reason: 'altered' },
    ],
    [
      'a removed entry',
      'DELETE FROM audit_log WHERE workspace_id = $1 AND sequence = 4',
      { sequence: 4, reason: 'missing' },
    ],
    [
      'a removed beginning',
      'DELETE FROM audit_log WHERE workspace_id = $1 AND sequence < 4',
      { sequence: 1, reason: 'missing' },
    ],
    [
      'a removed end',
      'DELETE FROM audit_log WHERE workspace_id = $1 AND sequence > 9',
      { sequence: 10, reason: 'cut_off' },
    ],
    ['a removed log', 'DELETE FROM audit_log WHERE workspace_id = $1', { sequence: 1, reason: 'cut_off' }],
  ]
  for (const [what, statement, first_break] of attempts) {
    await t.test(what, async (t: Test) => {
      const service = await newWorkspace()
      await addDeeds(service, 10)
      t.match(await verify(service), { valid: true, checked_entries: 11 })
      await tamper(service, statement)
      t.match(await verify(service), { valid: false, first_break })
    })
  }
})

t.test('a history that was rewritten as a whole does not have the hash that was noted', async (t) => {
  const service = await newWorkspace()
  await addDeeds(service, 4)
  const { head_sequence, head_hash } = await verify(service)
  const known = `known_sequence=${head_sequence}&known_hash=${head_hash}`
  await addDeeds(service, 2)
  t.match(await verify(service, known), { valid: true })
  await tamper(service, 'DELETE FROM audit_log WHERE workspace_id = $1')
  await tamper(service, 'DELETE FROM audit_counters WHERE workspace_id = $1')
  await addDeeds(service, 9)
  t.match(await verify(service), { valid: true }, 'the forged chain holds in itself')
  t.match(await verify(service, known), { valid: false, first_break: { sequence: head_sequence, reason: 'rewritten' } })
  t.equal((await service.call('GET', '/v1/audit-log/verification?known_sequence=1')).statusCode, 400)
})

t.test('a walk goes on from any entry', async (t) => {
  const service = await newWorkspace()
  await addDeeds(service, 10)
  t.match(await verify(service, 'from_sequence=8'), { valid: true, checked_entries: 4, through_sequence: 11 })
  t.match(await verify(service, 'from_sequence=12'), { valid: true, checked_entries: 0, through_sequence: 11 })
  t.match(await verify(service, 'from_sequence=20'), { valid: false, first_break: { sequence: 19, reason: 'missing' } })
})

t.test('who serves requests may add to the log and read it, nothing else', async (t) => {
  const { workspaceId } = await newWorkspace()
  for (const deed of ['DELETE FROM audit_log', "UPDATE audit_log SET actor = 'system'", 'TRUNCATE audit_log']) {
    await t.rejects(
      withWorkspace(ctx.db, workspaceId, (tx) => tx.query(deed)),
      { code: '42501' },
      deed,
    )
  }
})

t.test('the log is listed page by page and filtered, each workspace by itself', async (t) => {
  const service = await newWorkspace()
  const { call } = service
  await addDeeds(service, 5)
  const all = await readLog(service)
  const seen: Entry[] = []
  for (let cursor = ''; ; ) {
    const page = (await call('GET', `/v1/audit-log?limit=2${cursor}`)).json()
    seen.push(...page.data)
    if (!page.has_more) break
    cursor = `&cursor=${page.next_cursor}`
  }
  t.strictSame(seen, all)
  t.equal((await readLog(service, '&actor=test')).length, 5)
  t.equal((await readLog(service, '&actor=test&object_id=form3')).length, 1)
  t.equal((await readLog(service, '&action=form.updated&action=api_key.created')).length, 6)
  t.equal((await readLog(service, '&occurred_before=2026-11-22T05:28:00.124Z&actor=test')).length, 5)
  t.equal((await readLog(service, '&occurred_before=2026-11-22T05:28:00.123Z&actor=test')).length, 0)
  t.equal((await call('GET', '/v1/audit-log?occurred_after=2026-02-30T00:00:00Z')).statusCode, 400)

  const stranger = await makeWorkspace()
  const headers = { authorization: `Bearer ${stranger.key}` }
  const foreign = await app.inject({ url: '/v1/audit-log', headers })
  t.strictSame(
    foreign.json().data.map((entry: Entry) => [entry.sequence, entry['action']]),
    [[1, 'api_key.created']],
    'only the making of its own key',
  )
  const cursor = (await call('GET', '/v1/audit-log?limit=2')).json().next_cursor
  t.equal((await app.inject({ url: `/v1/audit-log?limit=2&cursor=${cursor}`, headers })).statusCode, 400)
})

t.test('reading the log needs its own scope', async (t) => {
  const authorization = `Bearer ${await makeKey('restricted', { scopes: ['keys:read', 'settings:read'] })}`
  for (const url of ['/v1/audit-log', '/v1/audit-log/verification']) {
    t.equal((await app.inject({ url, headers: { authorization } })).statusCode, 403)
  }
})
