/** What a caller can read (RFC 9110, 12.5.1). */
import type { FastifyRequest } from 'fastify'
import { ApiError } from '../errors.ts'

/**
 * Throws 406 before anything is done when the caller excludes every media type that the operation can answer with.
 * Problems are sent whatever it accepts: an error that nobody can read helps nobody.
 */
export function requireAcceptable(request: FastifyRequest, types: string[]): void {
  const { accept } = request.headers
  if (accept === undefined || accept === '*/*') return
  const ranges = accept
    .toLowerCase()
    .split(',')
    .map((range) => range.split(';').map((part) => part.trim()))
    .filter(([, ...parameters]) => !parameters.some((parameter) => /^q=0(\.0{0,3})?$/.test(parameter)))
    .map(([range = '']) => range)
  const isAcceptable = (type: string) => ranges.some((range) => matches(range, type))
  if (!types.some(isAcceptable)) throw new ApiError('not_acceptable', `This operation answers ${types.join(' or ')}.`)
}

function matches(range: string, type: string): boolean {
  if (range === '*/*' || range === type) return true
  return range.endsWith('/*') && type.startsWith(range.slice(0, -1))
}
