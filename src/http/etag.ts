/** Entity tags (RFC 9110, 8.8 and 13): made of the version number, the same in the header and in `etag` of the body. */
import { createHash } from 'node:crypto'
import type { FastifyRequest } from 'fastify'
import { ANY_VERSION, type ExpectedVersion, isExpectedVersion } from '../domain/expected-version.ts'
import { ApiError } from '../errors.ts'

/** The tag of a version, quoted as HTTP wants it. */
export function etagOf(version: number): string {
  return `"v${version}"`
}

/** The tag of a resource that has no version: made of the bytes that are sent. */
export function contentTag(text: string): string {
  return `"${createHash('sha256').update(text).digest('base64url').slice(0, 22)}"`
}

/** True when If-None-Match holds the tag. Reading compares weakly: proxies that compress mark tags as weak. */
export function isUnchanged(request: FastifyRequest, tag: string): boolean {
  const header = request.headers['if-none-match']
  if (header === undefined) return false
  return header.trim() === '*' || tagsOf(header).some((given) => given.replace(/^W\//, '') === tag)
}

const tagsOf = (header: string) => header.match(/(?:W\/)?"[\x21\x23-\x7e\x80-\xff]*"/g) ?? []

/**
 * The versions that If-Match accepts: null when the header is absent, ANY_VERSION for `*`, none when no version can match.
 * Any tag of the list may match. Writing compares strongly, so weak tags never match, nor do foreign ones.
 */
export function expectedVersion(request: FastifyRequest): ExpectedVersion {
  const header = request.headers['if-match']
  if (header === undefined) return null
  if (header.trim() === '*') return ANY_VERSION
  return tagsOf(header)
    .flatMap((tag) => /^"v([1-9]\d{0,8})(?:[.][\w-]{1,22})?"$/.exec(tag)?.[1] ?? [])
    .map(Number)
}

/** True when If-None-Match is `*`: the caller wants to create and nothing else. */
export function isCreateOnly(request: FastifyRequest): boolean {
  return request.headers['if-none-match']?.trim() === '*'
}

/** Throws 412 when the caller saw another version. */
export function requireVersion(expected: ExpectedVersion, current: number): void {
  if (!isExpectedVersion(expected, current)) {
    throw new ApiError(
      'precondition_failed',
      `The current version is ${etagOf(current)}; read it again and repeat the change.`,
    )
  }
}
