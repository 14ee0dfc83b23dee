/**
 * The one way out: every call to another system goes through here. No redirect is followed, no proxy variable is read,
 * answers are bounded in size and time, and no address inside our walls can be reached (reliability.md S8, P29).
 */
import { Readable } from 'node:stream'
import { Agent, type Dispatcher, errors } from 'undici'
import { checkTarget, type TargetRefusal, type TargetRules } from './check-target.ts'
import { AddressRefused, guardedConnector, type Resolve, resolveBySystem } from './guarded-connect.ts'

/** Time for a whole exchange, and the most bytes of an answer that are read (P29). */
export const OUTBOUND_TIMEOUT_MS = 15_000
export const OUTBOUND_MAX_BYTES = 1_048_576

export interface OutboundRequest {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  url: string
  headers?: Record<string, string>
  body?: string | Buffer
  /** At most OUTBOUND_TIMEOUT_MS. */
  timeoutMs?: number
  /** Reads so many bytes of the answer and hangs up: for callers to whom the status says it all. */
  readAtMost?: number
  /** For calls that must not be repeated: no connection is used twice, and a failure knows whether anything was sent. */
  once?: boolean
}

export type OutboundFailure = TargetRefusal | 'unreachable' | 'timeout' | 'too_large'

/**
 * An answer of any status is `ok`; a failure says only what kind it was, never what was found inside. `sent` false means
 * that the other side has certainly seen nothing; only calls with `once` can be so certain after a connection was tried.
 */
export type OutboundResult =
  | { ok: true; status: number; headers: Record<string, string>; body: Buffer }
  | { ok: false; reason: OutboundFailure; sent: boolean }

export interface HttpClient {
  request(request: OutboundRequest): Promise<OutboundResult>
  close(): Promise<void>
}

/** Connections to one host: enough for what a batch of work does at once. */
const CONNECTIONS = 50

/** Makes a client; `resolve` is for tests of names, `connections` for who bounds its calls itself. */
export function createHttpClient(
  rules: TargetRules,
  resolve: Resolve = resolveBySystem,
  connections = CONNECTIONS,
): HttpClient {
  const limits = {
    connections,
    maxResponseSize: OUTBOUND_MAX_BYTES,
    headersTimeout: OUTBOUND_TIMEOUT_MS,
    bodyTimeout: OUTBOUND_TIMEOUT_MS,
    maxHeaderSize: 16_384,
  }
  const guarded = new Agent({ ...limits, connect: guardedConnector(resolve, OUTBOUND_TIMEOUT_MS) })
  const open = new Agent({ ...limits, connect: { timeout: OUTBOUND_TIMEOUT_MS } })
  return {
    request: async (request) => {
      const target = checkTarget(request.url, rules)
      if (!target.ok) return { ok: false, reason: target.reason, sent: false }
      const writing = { begun: request.once !== true }
      try {
        return await exchange(target.trusted ? open : guarded, target.url, request, writing)
      } catch (error) {
        return { ok: false, reason: failureOf(error), sent: writing.begun }
      }
    },
    close: async () => {
      await Promise.all([guarded.destroy(), open.destroy()])
    },
  }
}

async function exchange(
  agent: Agent,
  url: URL,
  request: OutboundRequest,
  writing: { begun: boolean },
): Promise<OutboundResult> {
  const signal = AbortSignal.timeout(Math.min(request.timeoutMs ?? OUTBOUND_TIMEOUT_MS, OUTBOUND_TIMEOUT_MS))
  const reply = await agent.request({
    origin: url.origin,
    path: `${url.pathname}${url.search}`,
    method: request.method,
    headers: { ...OWN_HEADERS, ...request.headers, ...lengthOf(request) },
    ...bodyOf(request, writing),
    signal,
  })
  const body = await readBody(reply.body, request.readAtMost)
  return { ok: true, status: reply.statusCode, headers: headersOf(reply.headers), body }
}

const OWN_HEADERS = { 'user-agent': 'Leadwell', accept: '*/*', 'accept-encoding': 'identity' }

/** A body that is asked for has no length of its own, and not every server understands chunks. */
const lengthOf = ({ body, once }: OutboundRequest) =>
  once === true ? { 'content-length': String(Buffer.byteLength(body ?? '')) } : {}

/** The body is asked for when the head has been written, which tells that a connection was there. */
function bodyOf({ body, once }: OutboundRequest, writing: { begun: boolean }) {
  if (once !== true) return body === undefined ? {} : { body }
  const bytes = Buffer.from(body ?? '')
  async function* write() {
    writing.begun = true
    yield bytes
  }
  return { body: Readable.from(write(), { objectMode: false }), reset: true }
}

/** Leaving the loop closes the connection, so that an endless answer costs no more than its beginning. */
async function readBody(body: Dispatcher.ResponseData['body'], readAtMost: number | undefined): Promise<Buffer> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of body) {
    size += (chunk as Buffer).length
    chunks.push(chunk as Buffer)
    if (readAtMost !== undefined && size >= readAtMost) break
    if (size > OUTBOUND_MAX_BYTES) throw new errors.ResponseExceededMaxSizeError('too large')
  }
  return Buffer.concat(chunks).subarray(0, readAtMost)
}

function headersOf(headers: Record<string, string | string[] | undefined>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, [value].flat().join(', ')]))
}

function failureOf(error: unknown): OutboundFailure {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    if (cause instanceof AddressRefused) return 'address_refused'
    if (cause instanceof errors.ResponseExceededMaxSizeError) return 'too_large'
    if (cause.name === 'TimeoutError' || /TIMEOUT|ETIMEDOUT/.test(codeOf(cause))) return 'timeout'
  }
  return 'unreachable'
}

const codeOf = (error: Error) => ('code' in error ? String(error.code) : '')
