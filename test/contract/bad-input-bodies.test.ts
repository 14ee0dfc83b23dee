/** Bodies that are no JSON, hardly JSON, or JSON of another type than asked for; and media types that are none. */
import t from 'tap'
import { positionsOf, withJson } from './bad-input-positions.ts'
import { createProber, cycle, SEED, type Target, VOLUME } from './bad-input-probe.ts'
import { ALL_JSON_BODIES } from './corpus/json-bodies.ts'
import { JSON_NUMBERS, JSON_OTHERS } from './corpus/numbers-and-moments.ts'
import { MEDIA_TYPES } from './corpus/raw-addresses.ts'

const REQUESTS = 6_000 * VOLUME

t.test('naughty bodies', async (t) => {
  const prober = await createProber(t)
  const targets = prober.targets.filter(({ request }) => request.body !== null)
  const places = targets.flatMap((target) =>
    positionsOf(target, prober.document).map(({ pointer }) => ({ target, pointer })),
  )
  const describe = (body: string | Buffer) => `body ${body.toString('latin1').slice(0, 80)}`
  const sendRaw = (target: Target, body: string | Buffer, headers: Record<string, string> = {}) =>
    prober.send(target, { ...target.request, headers: { ...target.request.headers, ...headers }, body }, describe(body))

  for (const target of targets) {
    for (const body of ALL_JSON_BODIES) await sendRaw(target, body)
    for (const type of MEDIA_TYPES) await sendRaw(target, target.request.body ?? '', { 'content-type': type })
  }
  const left = REQUESTS - targets.length * (ALL_JSON_BODIES.length + MEDIA_TYPES.length)
  const each = Math.max(4, Math.ceil(left / places.length))
  const next = cycle([...JSON_NUMBERS, ...JSON_OTHERS], SEED)
  for (const { target, pointer } of places) {
    for (let i = 0; i < each; i++) {
      const json = next()
      await prober.send(target, withJson(target.request, pointer, json), `${pointer} ${json.slice(0, 80)}`)
    }
  }
  await prober.finish(t, REQUESTS)
})
