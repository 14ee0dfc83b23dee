// W3C Trace Context: one trace id from the caller through our logs and spans and back.
import { once } from 'node:events'
import http from 'node:http'
import type { AddressInfo } from 'node:net'
import { Writable } from 'node:stream'
import { pino } from 'pino'
import t from 'tap'
import { buildApp } from '../../src/app.ts'
import { traceIdOf } from '../../src/http/plugins/trace.ts'
import { inSpan, startTracing } from '../../src/tracing.ts'
import { testService } from '../helpers/service.ts'

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736'
const PARENT = '00f067aa0ba902b7'
const traceparent = `00-${TRACE}-${PARENT}-01`

t.test('a well-formed traceparent is believed, any other ignored', async (t) => {
  for (const good of [
    traceparent,
    `00-${TRACE}-${PARENT}-00`,
    `cc-${TRACE}-${PARENT}-01`,
    `cc-${TRACE}-${PARENT}-01-more`,
  ]) {
    t.equal(traceIdOf(good), TRACE, good)
  }
  const bad = [
    undefined,
    '',
    'nonsense',
    `ff-${TRACE}-${PARENT}-01`,
    `00-${'0'.repeat(32)}-${PARENT}-01`,
    `00-${TRACE}-${'0'.repeat(16)}-01`,
    `00-${TRACE.toUpperCase()}-${PARENT}-01`,
    `00-${TRACE}-${PARENT}-01-more`,
    `00-${TRACE}-${PARENT}-1`,
    `cc-${TRACE}-${PARENT}-01x`,
    [traceparent, traceparent],
  ]
  for (const header of bad) t.equal(traceIdOf(header), null, String(header))
})

t.test('the trace id is in our logs and comes back', async (t) => {
  const service = await testService(t)
  const lines: string[] = []
  const sink = new Writable({
    write: (chunk, _encoding, done) => {
      lines.push(String(chunk))
      done()
    },
  })
  const app = await buildApp({ ...service.ctx, log: pino({ level: 'debug' }, sink) }, 'http://127.0.0.1')
  t.teardown(() => app.close())
  const answer = await app.inject({ url: '/v1/leads', headers: { traceparent } })
  t.equal(answer.statusCode, 401)
  const [, trace, span, flags] = String(answer.headers['traceresponse']).split('-')
  t.equal(trace, TRACE)
  t.match(span, /^(?!0{16}|00f067aa0ba902b7)[0-9a-f]{16}$/, 'a span of its own')
  t.equal(flags, '00', 'we recorded nothing')
  t.match(lines.join(''), `"trace_id":"${TRACE}"`)
  t.equal((await app.inject('/healthz')).headers['traceresponse'], undefined, 'nobody asked')
})

interface Sent {
  name: string
  traceId: string
  spanId: string
  parentSpanId?: string
  attributes: { key: string; value: Record<string, unknown> }[]
}

/** A collector that keeps what it is sent. */
async function collect() {
  const spans: Sent[] = []
  const resources: string[] = []
  const server = http.createServer(async (request, response) => {
    let body = ''
    for await (const chunk of request) body += chunk
    resources.push(body)
    for (const resource of JSON.parse(body).resourceSpans)
      for (const scope of resource.scopeSpans) spans.push(...scope.spans)
    response.setHeader('content-type', 'application/json').end('{}')
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(() => server.close())
  return { spans, resources, endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}/` }
}

t.test('spans of request, statements and due work reach the collector', async (t) => {
  const { spans, resources, endpoint } = await collect()
  const tracing = await startTracing(endpoint)
  const service = await testService(t)
  const created = await service.call('POST', '/v1/leads', { email: 'ada@example.org' }, { headers: { traceparent } })
  t.equal(created.statusCode, 201)
  const [, trace, spanId, flags] = String(created.headers['traceresponse']).split('-')
  t.equal(trace, TRACE)
  t.equal(flags, '01')
  await inSpan('due_work', {}, () => service.ctx.db.query('SELECT 1'))
  await t.rejects(inSpan('failing', {}, () => service.ctx.db.query('SELECT 1/0')))
  await tracing.stop()

  const request = spans.find(({ name }) => name === 'createLead')
  t.equal(request?.traceId, TRACE)
  t.equal(request?.parentSpanId, PARENT)
  t.equal(request?.spanId, spanId)
  t.strictSame(
    request?.attributes.find(({ key }) => key === 'http.route')?.value,
    { stringValue: '/v1/leads' },
    'the route, not the URL',
  )
  const statements = spans.filter(({ parentSpanId }) => parentSpanId === spanId).map(({ name }) => name)
  t.ok(statements.length >= 3, 'statements are below their request, also after the body has come')
  const work = spans.find(({ name }) => name === 'due_work')
  t.ok(spans.some(({ parentSpanId }) => parentSpanId === work?.spanId))
  t.ok(spans.some(({ name }) => name === 'failing'))
  t.match(resources.join(''), /"leadwell"/, 'the service is named')
  t.notMatch(resources.join(''), /ada@example|example\.org/, 'no person leaves')

  const count = spans.length
  t.equal((await service.call('GET', '/v1/leads')).headers['traceresponse'], undefined)
  t.equal(spans.length, count, 'after the stop nothing is sent')
})
