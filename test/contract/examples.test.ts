/**
 * The document is true: its examples work, every documented status can happen, nothing else ever does, and every answer
 * has the documented headers and body. All of it is made from the document, so an operation added later is covered.
 */
import t from 'tap'
import { buildApp } from '../../src/app.ts'
import { openDatabase } from '../../src/db/client.ts'
import { type TestService, testService } from '../helpers/service.ts'
import { publishedDocument } from './openapi-document.ts'
import { isStaged, tryParameters, unusedStages, waysTo } from './openapi-provoke.ts'
import { createRecorder } from './openapi-recorder.ts'
import { exampleRequest } from './openapi-requests.ts'
import { type OperationPlace, operationsOf } from './openapi-walk.ts'
import { AMPLE, createWorld } from './openapi-world.ts'

const document = await publishedDocument()
const recorder = createRecorder(document)
const operations = operationsOf(document)

const MEAGRE = Object.fromEntries(Object.keys(AMPLE).map((name) => [name, 1]))

const statusesOf = ({ operation }: OperationPlace) => Object.keys(operation.responses).map(Number)

async function stageOf(service: TestService, place: OperationPlace) {
  const world = await createWorld(service)
  const authorization = `Bearer ${world.key}`
  return {
    place,
    document,
    world,
    send: (request: ReturnType<typeof exampleRequest>) =>
      recorder.send(service.app, place, { ...request, headers: { authorization, ...request.headers } }),
  }
}

t.test('every documented status happens, and no other', async (t) => {
  const service = await testService(t, AMPLE)
  for (const place of operations) {
    const { operationId } = place.operation
    const used = await stageOf(service, place)
    await tryParameters(used)
    for (const status of statusesOf(place)) {
      const isSeen = () => recorder.seen(operationId).has(status)
      for (const provoke of waysTo(operationId, status)) {
        // A world of its own costs ten requests: only what does not happen in the one that is there gets one.
        if (!isSeen() && !isStaged(operationId, status)) await provoke(used)
        if (!isSeen()) await provoke(await stageOf(service, place))
      }
      if (status < 300 && !recorder.seen(operationId).has(status)) {
        t.comment(`${operationId} refused: ${recorder.lastRefusal(operationId)}`)
      }
    }
  }
})

t.test('a used-up budget is a 429', async (t) => {
  const generous = await testService(t, AMPLE)
  const mean = await buildApp({ ...generous.ctx, config: { ...generous.ctx.config, ...MEAGRE } }, 'http://127.0.0.1')
  t.teardown(() => mean.close())
  const world = await createWorld(generous)
  for (const place of operations) {
    const request = await world.realize(exampleRequest(place, document))
    const headers = { authorization: `Bearer ${world.key}`, ...request.headers }
    for (let i = 0; i < 3 && !recorder.seen(place.operation.operationId).has(429); i++) {
      await recorder.send(mean, place, { ...request, headers })
    }
  }
})

t.test('a database that is gone is a 503, one that is broken a 500', async (t) => {
  const { ctx, key } = await testService(t, AMPLE)
  const settings = { max: 2, applicationName: 'test', statementTimeoutMs: 5_000 }
  const gone = openDatabase({ ...settings, connectionString: 'postgres://nobody@127.0.0.1:1/gone' })
  await ctx.db.query({ name: 'break_everything', text: 'ALTER SCHEMA public RENAME TO broken' })
  for (const db of [gone, ctx.db]) {
    const app = await buildApp({ ...ctx, db }, 'http://127.0.0.1')
    for (const place of operations) {
      const request = exampleRequest(place, document)
      await recorder.send(app, place, { ...request, headers: { authorization: `Bearer ${key}`, ...request.headers } })
    }
    await app.close()
  }
  await ctx.db.query({ name: 'mend_everything', text: 'ALTER SCHEMA broken RENAME TO public' })
  await gone.close()
})

t.test('all in all', async (t) => {
  const missing = operations.flatMap((place) => {
    const { operationId } = place.operation
    const never = statusesOf(place).filter((status) => !recorder.seen(operationId).has(status))
    return never.map((status) => `${operationId} ${status} never happened`)
  })
  t.same(missing, [], 'every documented status was seen')
  t.same(recorder.faults(), [], 'every answer was as documented')
  const documented = operations.flatMap((place) =>
    statusesOf(place).map((status) => `${place.operation.operationId} ${status}`),
  )
  t.same(unusedStages(new Set(documented)), [], 'no stage is set for nothing')
  t.comment(`${operations.length} operations, ${documented.length} documented statuses`)
})
