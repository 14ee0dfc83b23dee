/** Whole requests that fast-check makes from the document: fitting ones, and such with a part bent out of shape. */
import fc from 'fast-check'
import t from 'tap'
import { bent, fitting } from './bad-input-arbitrary.ts'
import { createProber, type Prober, SEED, type Target, VOLUME } from './bad-input-probe.ts'
import { optionalQuery } from './openapi-requests.ts'

const REQUESTS = 4_000 * VOLUME

/** A wait that was asked for is no slow answer. */
const WAITS = new Set(['wait_seconds'])

function queriesOf(target: Target, { document }: Prober): fc.Arbitrary<Record<string, unknown>> {
  const parameters = optionalQuery(target.place).filter(({ name }) => !WAITS.has(name))
  const values = parameters.map(({ name, schema }) => {
    const fits = fitting(schema, document)
    return [name, fc.oneof({ weight: 4, arbitrary: fits }, fc.string({ unit: 'binary', maxLength: 20 }))]
  })
  return fc.record(Object.fromEntries(values), { requiredKeys: [], noNullPrototype: true })
}

function bodiesOf({ place }: Target, { document }: Prober): fc.Arbitrary<unknown> {
  const schema = place.operation.requestBody?.content['application/json']?.schema
  if (schema === undefined) return fc.constant(undefined)
  const fits = fitting(schema, document)
  return fc.oneof(fits, bent(fits), bent(bent(fits)))
}

t.test('generated requests', async (t) => {
  const prober = await createProber(t)
  const numRuns = Math.ceil(REQUESTS / prober.targets.length)
  for (const target of prober.targets) {
    const { operationId } = target.place.operation
    const property = fc.asyncProperty(queriesOf(target, prober), bodiesOf(target, prober), async (query, body) => {
      const before = prober.faultCount()
      const request = {
        ...target.request,
        query: { ...target.request.query, ...query },
        body: body === undefined ? target.request.body : JSON.stringify(body),
      }
      await prober.send(target, request, JSON.stringify([query, body]))
      if (prober.faultCount() > before) throw new Error(`${operationId} was answered wrongly`)
    })
    await fc.assert(property, { seed: SEED, numRuns }).catch((error: Error) => t.fail(error.message))
  }
  await prober.finish(t, REQUESTS)
})
