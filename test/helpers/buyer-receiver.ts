/** A buyer's server: answers by path, keeps what it was sent, and can be slow, wrong, silent or gone. */
import http from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Test } from 'tap'

export interface Received {
  path: string
  headers: http.IncomingHttpHeaders
  body: Record<string, unknown>
}

export type Behave = (request: Received, reply: http.ServerResponse) => void

export interface Receiver {
  host: string
  url(path: string): string
  received: Received[]
  on(path: string, behave: Behave): void
  /** What came to a path. */
  to(path: string): Received[]
}

/** Answers with JSON. */
export const says =
  (body: unknown, status = 200): Behave =>
  (_, reply) => {
    reply.writeHead(status, { 'content-type': 'application/json' })
    reply.end(typeof body === 'string' ? body : JSON.stringify(body))
  }

/** Takes the request and says nothing. */
export const hangs: Behave = () => undefined
/** Takes the request and drops the connection. */
export const cuts: Behave = (_, reply) => reply.socket?.destroy()

/** Starts a receiver on a port of its own. */
export async function startReceiver(t: Test): Promise<Receiver> {
  const paths = new Map<string, Behave>()
  const received: Received[] = []
  const server = http.createServer((request, reply) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const text = Buffer.concat(chunks).toString()
      const path = request.url ?? ''
      const isJson = request.headers['content-type'] === 'application/json'
      const body = isJson ? JSON.parse(text) : Object.fromEntries(new URLSearchParams(text))
      received.push({ path, headers: request.headers, body })
      const behave = paths.get(path) ?? says({}, 404)
      behave({ path, headers: request.headers, body }, reply)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.teardown(() => {
    server.closeAllConnections()
    server.close()
  })
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`
  return {
    host,
    received,
    url: (path) => `http://${host}${path}`,
    on: (path, behave) => void paths.set(path, behave),
    to: (path) => received.filter((one) => one.path === path),
  }
}
