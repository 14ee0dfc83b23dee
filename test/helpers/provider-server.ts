/** A provider that is no friend: a real HTTP server on loopback that answers as each test says, and counts. */
import http from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Test } from 'tap'

export interface ProviderCall {
  path: string
  headers: http.IncomingHttpHeaders
  body: string
}

export interface ProviderServer {
  /** `http://127.0.0.1:<port>` */
  url: string
  /** As `OUTBOUND_TRUSTED_HOSTS` takes it. */
  host: string
  /** Calls that arrived, in their order. */
  calls: ProviderCall[]
  /** What it answers from now on. */
  answer: http.RequestListener
}

/** Starts a provider; it is stopped with the test. */
export async function providerServer(t: Test): Promise<ProviderServer> {
  const calls: ProviderCall[] = []
  const provider: ProviderServer = { url: '', host: '', calls, answer: (_request, response) => response.end('{}') }
  const server = http.createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      calls.push({ path: request.url ?? '', headers: request.headers, body: Buffer.concat(chunks).toString() })
      provider.answer(request, response)
    })
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  const { port } = server.address() as AddressInfo
  provider.url = `http://127.0.0.1:${port}`
  provider.host = `127.0.0.1:${port}`
  t.teardown(() => {
    server.closeAllConnections()
    server.close()
  })
  return provider
}

/** Answers with JSON. */
export const json =
  (value: unknown, status = 200, headers: Record<string, string> = {}): http.RequestListener =>
  (_request, response) => {
    response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(value))
  }
