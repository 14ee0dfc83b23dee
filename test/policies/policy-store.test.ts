import t from 'tap'
import { withWorkspace } from '../../src/db/client.ts'
import type { ApiError } from '../../src/errors.ts'
import { findPolicy, listPolicyVersions } from '../../src/policies/policy-queries.ts'
import { publishDraft, retirePolicy, saveDraft } from '../../src/policies/policy-store.ts'
import { readPolicies } from '../../src/policies/published-policies.ts'
import { testService } from '../helpers/service.ts'

const service = await testService(t)
const { ctx, workspaceId } = service
const by = { actor: 'key_test', origin: null }
const place = (key: string) => ({ kind: 'segment' as const, key, now: ctx.now() })
const inTx = <T>(work: Parameters<typeof withWorkspace<T>>[2]) => withWorkspace(ctx.db, workspaceId, work)
const save = (key: string, definition: object, version: number | null = null) =>
  inTx((tx) => saveDraft(tx, by, place(key), definition, { ifMatchVersion: version === null ? null : [version] }))
const publish = (key: string) => inTx((tx) => publishDraft(tx, by, place(key)))
const followed = () => inTx(async (tx) => (await readPolicies(tx)).of('segment'))
const codeOf = async (work: Promise<unknown>) =>
  await work.then(
    () => 'done',
    (error: ApiError) => error.code,
  )

t.test('a draft is followed by nobody until it is published', async (t) => {
  const { policy, created } = await save('hot', { name: 'Hot' })
  t.ok(created)
  t.same([policy.draft_version, policy.published_version, policy.edits], [1, null, 1])
  t.same(await followed(), [])
  const { published } = await publish('hot')
  t.equal(published.version, 1)
  t.same(await followed(), [{ key: 'hot', version: 1, definition: { name: 'Hot' } }])
})

t.test('what is followed is the same object until something is published, and never stale after it', async (t) => {
  const first = await followed()
  t.equal(await followed(), first, 'kept in memory')
  await save('hot', { name: 'Hotter' }, 2)
  t.equal(await followed(), first, 'a draft changes nothing')
  const { previous } = await publish('hot')
  t.equal(previous?.version, 1)
  t.same(
    (await followed()).map(({ version, definition }) => [version, definition]),
    [[2, { name: 'Hotter' }]],
  )
})

t.test('a publication that is rolled back is followed by nobody', async (t) => {
  const { policy } = await save('rolled', { name: 'Never' })
  t.equal(policy.edits, 1)
  await t.rejects(
    inTx(async (tx) => {
      await publishDraft(tx, by, place('rolled'))
      t.ok((await readPolicies(tx)).of('segment').some(({ key }) => key === 'rolled'))
      throw new Error('no')
    }),
    { message: 'no' },
  )
  t.notOk((await followed()).some(({ key }) => key === 'rolled'))
})

t.test('writers that have not read are refused', async (t) => {
  t.equal(await codeOf(save('hot', { name: 'x' })), 'precondition_required')
  t.equal(await codeOf(save('hot', { name: 'x' }, 1)), 'precondition_failed')
  t.equal(await codeOf(save('nothing', { name: 'x' }, 1)), 'precondition_failed')
  t.equal(await codeOf(publish('nothing')), 'not_found')
  t.equal(await codeOf(publish('hot')), 'conflict', 'there is no draft')
  t.equal(await findPolicy(ctx.db, workspaceId, 'segment', 'nothing'), undefined, 'nothing is left behind')
})

t.test('the same definition again changes nothing', async (t) => {
  const before = await findPolicy(ctx.db, workspaceId, 'segment', 'hot')
  const { policy } = await save('hot', { name: 'Hotter' }, before?.edits ?? null)
  t.same(policy, before)
})

t.test('of many who publish at once one does, and the version before is retired once', async (t) => {
  await save('race', { n: 1 })
  const outcomes = await Promise.all(Array.from({ length: 5 }, () => codeOf(publish('race'))))
  t.same(outcomes.sort(), ['conflict', 'conflict', 'conflict', 'conflict', 'done'])
  const saves = await Promise.all(Array.from({ length: 5 }, (_, n) => codeOf(save('race', { n: n + 2 }, 2))))
  t.same(saves.filter((code) => code === 'done').length, 1, 'one writer of the version that all have read')
})

t.test('of many who create at once one does', async (t) => {
  const outcomes = await Promise.all(Array.from({ length: 5 }, (_, n) => codeOf(save('new', { n }))))
  t.same(outcomes.filter((code) => code === 'done').length, 1)
})

t.test('a retired policy is followed by nobody and keeps its history', async (t) => {
  await inTx((tx) => retirePolicy(tx, by, place('hot')))
  t.notOk((await followed()).some(({ key }) => key === 'hot'))
  const versions = await listPolicyVersions(ctx.db, workspaceId, 'segment', 'hot', null, 10)
  t.same(
    versions.map(({ version, state }) => [version, state]),
    [
      [2, 'retired'],
      [1, 'retired'],
    ],
  )
})

t.test('publishing and retiring are in the feed and in the audit log', async (t) => {
  const changes = (await service.call('GET', '/v1/changes?types=policy.*')).json().data
  t.same(
    changes
      .filter((c: { data: { policy: { key: string } } }) => c.data.policy.key === 'hot')
      .map((c: { type: string }) => c.type),
    ['policy.published', 'policy.published', 'policy.retired'],
  )
  const audit = (await service.call('GET', '/v1/audit-log')).json().data
  t.ok(
    audit.some(
      (entry: { action: string; object_id: string }) =>
        entry.action === 'policy.saved' && entry.object_id === 'segment:hot',
    ),
  )
})
