/** The Idempotency-Key header (IETF draft; api.md 26). */
import type { FastifyRequest } from 'fastify'
import { ApiError } from '../errors.ts'

/** 1 to 255 visible ASCII characters, bare or as a quoted string; null when absent. */
export function submissionKeyHeader(request: FastifyRequest): string | null {
  const header = request.headers['idempotency-key']
  if (header === undefined) return null
  const text = Array.isArray(header) ? header.join(',') : header
  const key = /^"(.*)"$/.exec(text.trim())?.[1] ?? text.trim()
  if (!/^[\x21-\x7e]{1,255}$/.test(key)) {
    throw new ApiError('invalid_request', 'Idempotency-Key must have 1 to 255 visible ASCII characters.', {
      items: [
        {
          code: 'invalid_format',
          detail: '1 to 255 visible ASCII characters.',
          pointer: null,
          parameter: 'Idempotency-Key',
        },
      ],
    })
  }
  return key
}

/**
 * The key of a request that the house itself answers once: those of the secret plane whose route says `idempotent`.
 * Public routes know repetitions by their own means, for visitors send no key. Null when there is none.
 */
export function repeatKey(request: FastifyRequest): string | null {
  const { access } = request.routeOptions.config
  return access?.idempotent && access.auth === 'secret' ? submissionKeyHeader(request) : null
}
