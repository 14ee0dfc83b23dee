// What is logged about a request names it, at the level of the service, and nothing else is made.
import { Writable } from 'node:stream'
import { pino } from 'pino'
import t from 'tap'
import { buildApp } from '../../src/app.ts'
import { makeRequestLog } from '../../src/http/request-log.ts'
import { testService } from '../helpers/service.ts'

type Line = Record<string, unknown>

/** A log, what it has written, and how many children were made of it. */
function writeDown(level: string) {
  const lines: Line[] = []
  const sink = new Writable({
    write: (chunk, _encoding, done) => {
      lines.push(JSON.parse(String(chunk)) as Line)
      done()
    },
  })
  let children = 0
  const log = pino({ level, onChild: () => children++ }, sink)
  return { log, lines, children: () => children }
}

t.test('a line carries the bindings of its request, and an error as pino writes it', async (t) => {
  const { log, lines, children } = writeDown('info')
  const mine = makeRequestLog(log, { reqId: 'r1' })
  mine.info({ size: 2 }, 'taken in %s ms', 7)
  mine.error(new RangeError('too far'))
  mine.fatal('over')
  t.match(lines, [
    { level: 30, reqId: 'r1', size: 2, msg: 'taken in 7 ms' },
    { level: 50, reqId: 'r1', err: { type: 'RangeError', message: 'too far' } },
    { level: 60, reqId: 'r1', msg: 'over' },
  ])
  t.equal(children(), 1, 'one child for all lines')
  t.equal(mine.level, 'info')
})

t.test('what the level leaves out makes nothing', async (t) => {
  const { log, lines, children } = writeDown('warn')
  const mine = makeRequestLog(log, { reqId: 'r2' })
  mine.trace('a')
  mine.debug('b')
  mine.info('c')
  mine.silent('d')
  t.same([lines.length, children()], [0, 0])
  mine.warn('e')
  t.match(lines, [{ level: 40, reqId: 'r2', msg: 'e' }])
})

t.test('a child names both, and the level may change while a request lasts', async (t) => {
  const { log, lines } = writeDown('error')
  const mine = makeRequestLog(log, { reqId: 'r3' })
  const traced = mine.child({ trace_id: 'abc' })
  traced.warn('before')
  log.level = 'warn'
  traced.warn('after')
  t.match(lines, [{ reqId: 'r3', trace_id: 'abc', msg: 'after' }])
  t.equal(lines.length, 1)
})

t.test('the service names the request in what it logs, and makes no child for one that it does not log', async (t) => {
  const service = await testService(t)
  for (const [level, count] of [
    ['debug', 1],
    ['info', 0],
  ] as const) {
    const { log, lines, children } = writeDown(level)
    const app = await buildApp({ ...service.ctx, log }, 'http://127.0.0.1')
    t.teardown(() => app.close())
    lines.length = 0
    const before = children()
    const answer = await app.inject({ url: '/healthz' })
    const answered = lines.filter(({ msg }) => msg === 'answered')
    t.equal(answered.length, count, level)
    for (const line of answered) t.equal(line['reqId'], answer.headers['x-request-id'])
    t.equal(children() - before, count)
  }
})
