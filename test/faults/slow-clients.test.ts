// Clients that send slowly, or nothing: closed in time, with a problem document where there is a request to answer.
import { once } from 'node:events'
import http, { type IncomingMessage } from 'node:http'
import net from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'
import t, { type Test } from 'tap'
import { loadConfig } from '../../src/config.ts'
import { serverLimits } from '../../src/http/server-limits.ts'
import { testService } from '../helpers/service.ts'

const LIMIT_MS = 1_200
/** The check runs ten times within the limit; the rest is a busy machine. */
const LATEST_MS = LIMIT_MS + 3_000

const service = await testService(t, { REQUEST_TIMEOUT_MS: LIMIT_MS })
const address = new URL(await service.app.listen({ host: '127.0.0.1', port: 0 }))

interface Outcome {
  answer: string
  ms: number
}

/** Sends a beginning at once, then a byte at a time for as long as the server listens. */
async function dribble(t: Test, beginning: string, byte: string | null): Promise<Outcome> {
  const socket = net.connect(Number(address.port), '127.0.0.1').on('error', () => undefined)
  t.teardown(() => socket.destroy())
  let answer = ''
  socket.on('data', (chunk) => {
    answer += chunk
  })
  const begun = performance.now()
  const closed = once(socket, 'close')
  socket.write(beginning)
  const drip = byte === null ? undefined : setInterval(() => socket.writable && socket.write(byte), 200)
  await closed
  clearInterval(drip)
  return { answer, ms: performance.now() - begun }
}

const authorization = `host: x\r\nauthorization: Bearer ${service.key}\r\n`
const post = `POST /v1/leads HTTP/1.1\r\n${authorization}content-type: application/json\r\n`

const SLOW: Record<string, [beginning: string, byte: string | null]> = {
  'sends nothing': ['', null],
  'stops in the request line': ['GET /v1/le', null],
  'sends a header a byte at a time': ['GET /v1/leads HTTP/1.1\r\nhost: x\r\nx-a: ', 'a'],
  'sends many headers, never the last': ['GET /v1/leads HTTP/1.1\r\nhost: x\r\n', 'a: b\r\n'],
  'stops in the body': [`${post}content-length: 100\r\n\r\n{"email"`, null],
  'sends a body a byte at a time': [`${post}content-length: 100000\r\n\r\n{"email": "`, 'a'],
  'sends chunks without end': [`${post}transfer-encoding: chunked\r\n\r\n`, '1\r\na\r\n'],
}

for (const [name, [beginning, byte]] of Object.entries(SLOW)) {
  t.test(`a client that ${name} is closed`, async (t) => {
    const { answer, ms } = await dribble(t, beginning, byte)
    t.ok(ms < LATEST_MS, `after ${Math.round(ms)} ms`)
    t.match(answer, /^HTTP\/1.1 408 Request Timeout\r\ncontent-type: application\/problem\+json/)
    t.match(answer, /"code":"request_timeout"/)
  })
}

/** One request on a connection of its own. */
async function quickStatus(): Promise<number | undefined> {
  const [answer] = (await once(http.get(new URL('/healthz', address), { agent: false }), 'response')) as [
    IncomingMessage,
  ]
  answer.resume()
  await once(answer, 'close')
  return answer.statusCode
}

/** Open connections of the service. */
const connections = () =>
  new Promise<number>((resolve, reject) =>
    service.app.server.getConnections((error, count) => (error ? reject(error) : resolve(count))),
  )

t.test('a client that ignores the end and sends on is cut off', async (t) => {
  const socket = net.connect({ port: Number(address.port), host: '127.0.0.1', allowHalfOpen: true })
  t.teardown(() => socket.destroy())
  socket.on('error', () => undefined).resume()
  const drip = setInterval(() => socket.writable && socket.write('a'), 50)
  socket.write('GET / HTTP/1.1\r\nx-a: ')
  const begun = performance.now()
  await once(socket, 'end')
  while ((await connections()) > 0) await pause(20)
  clearInterval(drip)
  t.ok(performance.now() - begun < LATEST_MS + 1_000)
})

t.test('many slow clients do not hold up a quick one, and all go', async (t) => {
  const slow = Array.from({ length: 300 }, () => dribble(t, `${post}content-length: 100000\r\n\r\n{`, ' '))
  const latencies: number[] = []
  for (let i = 0; i < 20; i++) {
    const begun = performance.now()
    t.equal(await quickStatus(), 200)
    latencies.push(performance.now() - begun)
  }
  const median = latencies.sort((a, b) => a - b)[10] ?? 0
  t.ok(median < 1_000, `half of the quick answers took ${Math.round(median)} ms at most`)
  const outcomes = await Promise.all(slow)
  t.ok(outcomes.every(({ ms }) => ms < LATEST_MS + 3_000))
  while ((await connections()) > 0) await pause(20)
})

t.test('a request that waits for something is not taken for a slow one', async (t) => {
  const { connectionTimeout, requestTimeout, http: node } = serverLimits(loadConfig({}))
  t.ok(connectionTimeout > 30_000, 'the longest wait that may be asked for is 30 s')
  t.ok(node.headersTimeout < requestTimeout, 'or Node would swap the two')
  const begun = performance.now()
  const poll = await fetch(new URL('/v1/changes?cursor=latest&wait_seconds=3', address), {
    headers: { authorization: `Bearer ${service.key}` },
  })
  t.equal(poll.status, 200, 'the time-out is for arriving, not for answering')
  t.ok(performance.now() - begun > 2 * LIMIT_MS)
})
