// Shedding: what cannot be done in time is refused at once, the dispensable first, captures last.
import type pg from 'pg'
import t from 'tap'
import { watchPressure } from '../../src/http/limits/pressure.ts'
import { testService } from '../helpers/service.ts'

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

t.test('requests of a class are refused once work waits too long, and served again when it does not', async (t) => {
  const service = await testService(t, { SHED_DELAY_MS: 1_600 })
  const { pool } = service.ctx.db
  const held = await Promise.all(Array.from({ length: pool.options.max ?? 0 }, () => pool.connect()))
  const release = () => {
    for (const client of held.splice(0)) client.release()
  }
  t.teardown(release)

  // A request of the class is let in, and its wait for a connection is what is measured.
  const waiting = service.call('GET', '/v1/leads')
  const calls: Promise<unknown>[] = [waiting]
  const refused = await new Promise<Awaited<typeof waiting>>((resolve) => {
    const ask = setInterval(() => {
      const call = service.call('GET', '/v1/leads')
      calls.push(call)
      void call.then((answer) => {
        if (answer.statusCode !== 503) return
        clearInterval(ask)
        resolve(answer)
      })
    }, 50)
  })
  t.match(refused.json(), { code: 'unavailable', detail: /more to do/ })
  t.match(refused.headers['retry-after'], /^[1-3]$/)

  const begun = performance.now()
  t.equal((await service.call('GET', '/v1/leads')).statusCode, 503)
  t.ok(performance.now() - begun < 500, 'at once')
  t.equal((await service.app.inject('/healthz')).statusCode, 200, 'health always answers')

  const capture = service.call('POST', '/v1/public/forms/demo/submissions', { email: 'a@example.org', full_name: 'A' })
  release()
  t.equal((await capture).statusCode, 202, 'a capture is let in while others are not')
  await Promise.all(calls)
  while ((await service.call('GET', '/v1/leads')).statusCode !== 200) await pause(20)
  const metrics = (await service.app.inject('/metrics')).body
  t.match(metrics, /requests_shed_total\{rate_class="default"\} [1-9]/)
  t.notMatch(metrics, /requests_shed_total\{rate_class="capture"\}/)
})

t.test('nothing is refused when shedding is off', async (t) => {
  const service = await testService(t)
  const { pool } = service.ctx.db
  const held = await Promise.all(Array.from({ length: pool.options.max ?? 0 }, () => pool.connect()))
  const calls = Array.from({ length: 30 }, () => service.call('GET', '/v1/leads'))
  while (pool.waitingCount < 30) await pause(10)
  for (const client of held) client.release()
  t.strictSame(new Set((await Promise.all(calls)).map(({ statusCode }) => statusCode)), new Set([200]))
})

/** A pool that nobody waits for. */
const idlePool = { waitingCount: 0 } as pg.Pool // only this is looked at while nobody waits

t.test('a busy event loop is noticed, a single pause is not', async (t) => {
  const pressure = watchPressure(idlePool)
  t.teardown(() => pressure.stop())
  const block = (ms: number) => {
    const until = performance.now() + ms
    while (performance.now() < until);
  }
  block(100)
  await pause(0)
  t.ok(pressure.delayMs() < 60, 'one collection of garbage')
  while (pressure.delayMs() < 120) {
    block(250)
    await pause(0)
  }
  t.pass('noticed')
  while (pressure.delayMs() > 20) await pause(10)
  t.pass('and over')
})
