/** Entity tags: a strong validator made of the version number, the same in the header and in `etag` of the body. */
import type { FastifyRequest } from 'fastify'
import { ApiError } from '../errors.ts'

/** The tag of a version, quoted as HTTP wants it. */
export function etagOf(version: number): string {
  return `"v${version}"`
}

/** The version that If-Match asks for: null when the header is absent or `*`. Weak or foreign tags never match. */
export function expectedVersion(request: FastifyRequest): number | null {
  const header = request.headers['if-match']
  if (header === undefined || header.trim() === '*') return null
  const versions = header.split(',').map((tag) => /^\s*"v(\d{1,9})"\s*$/.exec(tag)?.[1])
  const version = versions.find((candidate) => candidate !== undefined)
  return version === undefined ? -1 : Number(version)
}

/** True when If-None-Match is `*`: the caller wants to create and nothing else. */
export function isCreateOnly(request: FastifyRequest): boolean {
  return request.headers['if-none-match']?.trim() === '*'
}

/** Throws 412 when the caller saw another version. */
export function requireVersion(expected: number | null, current: number): void {
  if (expected !== null && expected !== current) {
    throw new ApiError(
      'precondition_failed',
      `The current version is ${etagOf(current)}; read it again and repeat the change.`,
    )
  }
}
