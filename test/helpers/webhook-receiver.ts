// A real HTTP receiver of webhooks: each path answers as its test says, and everything that came is kept.
import { once } from 'node:events'
import http from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { Webhook } from 'standardwebhooks'
import type { Test } from 'tap'

export interface Received {
  path: string
  headers: Record<string, string>
  /** The bytes as text: what is signed. */
  body: string
  /** performance.now() */
  at: number
}

export type Behaviour = (received: Received, response: http.ServerResponse, socket: Socket) => void

export interface Receiver {
  readonly origin: string
  readonly received: Received[]
  /** What came to a path. */
  at(path: string): Received[]
  /** How a path answers; 200 when nothing is said. */
  answer(path: string, behaviour: Behaviour): void
}

/** Starts a receiver that ends, hanging calls included, with the test. */
export async function startReceiver(t: Test): Promise<Receiver> {
  const received: Received[] = []
  const behaviours = new Map<string, Behaviour>()
  const sockets = new Set<Socket>()
  const server = http.createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('error', () => undefined)
    response.on('error', () => undefined)
    request.on('end', () => {
      const headers = Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, String(value)]))
      const path = request.url ?? ''
      const one = { path, headers, body: Buffer.concat(chunks).toString(), at: performance.now() }
      received.push(one)
      const behaviour = behaviours.get(path) ?? ok
      behaviour(one, response, request.socket)
    })
  })
  server.on('connection', (socket) => {
    sockets.add(socket)
    socket.on('error', () => undefined)
    socket.once('close', () => sockets.delete(socket))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(async () => {
    for (const socket of sockets) socket.destroy()
    server.close()
    await once(server, 'close')
  })
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    received,
    at: (path) => received.filter((one) => one.path === path),
    answer: (path, behaviour) => behaviours.set(path, behaviour),
  }
}

/** Takes what comes. */
export const ok: Behaviour = (_received, response) => {
  response.end('ok')
}

/** Answers with a status and headers. */
export const status =
  (code: number, headers: Record<string, string> = {}, body = ''): Behaviour =>
  (_received, response) => {
    response.writeHead(code, headers).end(body)
  }

/** Never answers. */
export const hang: Behaviour = () => undefined

/** Sends the head of an answer and breaks the connection. */
export const resetAfterHeaders: Behaviour = (_received, response, socket) => {
  response.writeHead(200, { 'content-length': '1000' })
  response.write('some')
  setImmediate(() => socket.resetAndDestroy())
}

/** Writes for ever. */
export const endless: Behaviour = (_received, response) => {
  response.writeHead(200)
  const chunk = Buffer.alloc(64 * 1024, 'x')
  const more = () => {
    while (!response.destroyed && response.write(chunk));
  }
  response.on('drain', more)
  more()
}

/** The payload, verified by the package that receivers use; throws when the signature is not good. */
export function verify(secret: string, { body, headers }: Received): Record<string, unknown> {
  return new Webhook(secret).verify(body, headers) as Record<string, unknown>
}
