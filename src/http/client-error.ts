/** Answers to bytes that are not HTTP at all: still a problem document, written by hand because no request exists. */
import { randomUUID } from 'node:crypto'
import type { Socket } from 'node:net'
import { ApiError, type ProblemCode } from '../errors.ts'
import { problemDocument } from './problem.ts'

const REASONS: Record<number, string> = {
  400: 'Bad Request',
  408: 'Request Timeout',
  413: 'Payload Too Large',
  431: 'Request Header Fields Too Large',
}

const CODES: Record<string, { code: ProblemCode; detail: string }> = {
  HPE_HEADER_OVERFLOW: {
    code: 'header_too_large',
    detail: 'The header is larger than 16 KiB or has more than 200 lines.',
  },
  HPE_CHUNK_EXTENSIONS_OVERFLOW: { code: 'payload_too_large', detail: 'The chunk extensions are too large.' },
  ERR_HTTP_REQUEST_TIMEOUT: { code: 'request_timeout', detail: 'The request did not arrive in time.' },
}

/** Time to read the answer; then the connection goes, also when the client ignores the end of ours and sends on. */
const LINGER_MS = 1_000

/** Fastify's `clientErrorHandler` with our base address. */
export function makeClientErrorHandler(base: string) {
  return (fault: Error & { code?: string }, socket: Socket): void => {
    if (fault.code === 'ECONNRESET' || socket.destroyed || !socket.writable) return
    const { code, detail } = CODES[fault.code ?? ''] ?? {
      code: 'invalid_request' as const,
      detail: 'This is not a valid HTTP request.',
    }
    const requestId = `req_${randomUUID()}`
    const error = new ApiError(code, detail)
    const body = JSON.stringify(problemDocument(error, { path: '/', requestId, base }))
    socket.end(
      `HTTP/1.1 ${error.status} ${REASONS[error.status] ?? 'Bad Request'}\r\ncontent-type: application/problem+json; charset=utf-8\r\n` +
        `content-length: ${Buffer.byteLength(body)}\r\nx-request-id: ${requestId}\r\nconnection: close\r\n\r\n${body}`,
    )
    setTimeout(() => socket.destroy(), LINGER_MS).unref()
  }
}
