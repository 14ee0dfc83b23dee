import t from 'tap'
import { withWorkspace } from '../../src/db/client.ts'
import { encodeTypeId } from '../../src/domain/type-id.ts'
import { claimOperation, findOperation } from '../../src/operations/operation-queries.ts'
import { startOperation } from '../../src/operations/operation-store.ts'
import { type OperationRunner, runOperations } from '../../src/operations/run-operations.ts'
import { testService } from '../helpers/service.ts'

const service = await testService(t)
const { ctx, workspaceId } = service
const inTx = <T>(work: Parameters<typeof withWorkspace<T>>[2]) => withWorkspace(ctx.db, workspaceId, work)
const start = (kind: string) => inTx((tx) => startOperation(tx, { kind, input: { n: 3 }, actor: 'system' }, ctx.now()))
const read = async (id: string) => await findOperation(ctx.db, workspaceId, id)
const forget = {
  name: 'forget_lease',
  text: "UPDATE operations SET lease_until = now() - interval '1 s', due_at = now() WHERE workspace_id = $1",
}

/** Counts to `input.n`, one transaction for each step; `before` may do anything in between. */
const counter = (steps: number[], before: (step: number) => Promise<void> = async () => {}): OperationRunner => ({
  kind: 'count',
  run: async (context, operation, report) => {
    const { n } = operation.input as { n: number }
    for (let step = Number(operation.checkpoint?.['step'] ?? 0) + 1; step <= n; step++) {
      await before(step)
      await withWorkspace(context.db, operation.workspaceId, async (tx) => {
        await report(tx, { processed: step, total: n, checkpoint: { step } })
      })
      steps.push(step)
    }
    return { counted: n }
  },
})

t.test('an operation runs, tells how far it is, and ends with a result', async (t) => {
  const steps: number[] = []
  const { id } = await start('count')
  t.match(await read(id), { status: 'queued', processed: 0, total: null })
  t.equal(await runOperations(ctx, [counter(steps)], workspaceId), 1)
  t.same(steps, [1, 2, 3])
  const answer = (await service.call('GET', `/v1/operations/${encodeTypeId('operation', id)}`)).json()
  t.match(answer, { status: 'succeeded', progress: { processed: 3, failed: 0, total: 3 }, result: { counted: 3 } })
  t.type(answer.finished_at, 'string')
})

t.test('after a crash another worker goes on where the row says, and the old one can write nothing', async (t) => {
  const steps: number[] = []
  const { id } = await start('count')
  let crash: () => void = () => {}
  const crashed = new Promise<void>((resolve) => {
    crash = resolve
  })
  let reached: () => void = () => {}
  const atTwo = new Promise<void>((resolve) => {
    reached = resolve
  })
  const frozen = counter(steps, async (step) => {
    if (step !== 2) return
    reached()
    await crashed
  })
  const first = runOperations(ctx, [frozen], workspaceId)
  await atTwo
  await inTx((tx) => tx.query(forget, [workspaceId]))
  await runOperations(ctx, [counter(steps)], workspaceId)
  t.same(steps, [1, 2, 3], 'the first step was not done again')
  crash()
  await first
  t.same(steps, [1, 2, 3], 'the one that woke up too late did nothing')
  t.match(await read(id), { status: 'succeeded', fence: 2 })
})

t.test('a canceled operation stops at its next report, a waiting one at once', async (t) => {
  const steps: number[] = []
  const running = await start('count')
  const cancel = (id: string) => service.call('POST', `/v1/operations/${encodeTypeId('operation', id)}/cancel`)
  const runner = counter(steps, async (step) => {
    if (step === 2) t.equal((await cancel(running.id)).json().status, 'running')
  })
  await runOperations(ctx, [runner], workspaceId)
  t.same(steps, [1])
  t.match(await read(running.id), { status: 'canceled', processed: 1 })
  const waiting = await start('count')
  t.equal((await cancel(waiting.id)).json().status, 'canceled')
  t.equal((await cancel(waiting.id)).json().status, 'canceled', 'twice is once')
  t.equal(await runOperations(ctx, [runner], workspaceId), 0)
})

t.test('a stop of the process gives the operation back', async (t) => {
  const steps: number[] = []
  const { id } = await start('count')
  let stopping = false
  const runner = counter(steps, async (step) => {
    stopping = step === 2
  })
  await runOperations(ctx, [runner], workspaceId, () => stopping)
  t.match(await read(id), { status: 'queued', processed: 1 })
  await runOperations(ctx, [counter(steps)], workspaceId)
  t.same(steps, [1, 2, 3])
})

t.test('one that fails again and again is visible as failed; what it cannot do fails at once', async (t) => {
  const broken: OperationRunner = {
    kind: 'broken',
    run: async () => {
      throw new Error('no')
    },
  }
  const { id } = await start('broken')
  for (let i = 0; i < 5; i++) {
    await runOperations(ctx, [broken], workspaceId)
    await inTx((tx) => tx.query(forget, [workspaceId]))
  }
  t.match(await read(id), { status: 'failed', error: { code: 'internal_error' } })
  const unknown = await start('unheard-of')
  await runOperations(ctx, [broken], workspaceId)
  t.match(await read(unknown.id), { status: 'failed', error: { code: 'unprocessable' } })
})

t.test('of many workers one claims', async (t) => {
  await start('count')
  const at = ctx.now().toISOString()
  const claims = await Promise.all(Array.from({ length: 5 }, () => inTx((tx) => claimOperation(tx, 30, at))))
  t.equal(claims.filter((claim) => claim !== undefined).length, 1)
})

t.test('the list pages and filters', async (t) => {
  const first = (await service.call('GET', '/v1/operations?limit=2')).json()
  t.equal(first.data.length, 2)
  const second = (await service.call('GET', `/v1/operations?limit=200&cursor=${first.next_cursor}`)).json()
  t.notOk(second.data.some(({ id }: { id: string }) => first.data.some((one: { id: string }) => one.id === id)))
  const failed = (await service.call('GET', '/v1/operations?status=failed&kind=broken')).json()
  t.same(
    failed.data.map(({ kind }: { kind: string }) => kind),
    ['broken'],
  )
  const { key } = await service.makeWorkspace()
  const headers = { authorization: `Bearer ${key}` }
  t.same((await service.call('GET', '/v1/operations', undefined, { headers })).json().data, [], 'of this workspace')
})
