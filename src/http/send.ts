/** From what a handler gives back to what goes over the wire. */
import type { FastifyReply, FastifyRequest } from 'fastify'
import { contentTag, isUnchanged } from './etag.ts'
import type { RenderedAnswer } from './rendered-answer.ts'
import type { Answer } from './route.ts'
import { addVary } from './vary.ts'

const JSON_TYPE = 'application/json; charset=utf-8'

/** Sends an answer; a single resource carries an entity tag, and one that the caller has already is a 304. */
export function sendAnswer(
  request: FastifyRequest,
  reply: FastifyReply,
  answer: Answer,
  isVolatile = false,
): FastifyReply {
  const { status, body, headers } = answer
  reply.code(status)
  if (headers !== undefined) reply.headers(headers)
  if (body === undefined) return reply.send()
  return isSingleResource(request, answer) && !isVolatile ? sendTagged(request, reply, body) : reply.send(body)
}

/** Lists have no tag: one new row anywhere makes another page, so a copy of theirs is hardly ever good. */
function isSingleResource({ method }: FastifyRequest, { status, body }: Answer): boolean {
  const isRead = method === 'GET' || method === 'HEAD'
  return (
    isRead &&
    status === 200 &&
    typeof body === 'object' &&
    body !== null &&
    !Buffer.isBuffer(body) &&
    !('has_more' in body)
  )
}

function sendTagged(request: FastifyRequest, reply: FastifyReply, body: unknown): FastifyReply {
  const text = String(reply.serialize(body))
  if (!reply.hasHeader('etag')) reply.header('etag', contentTag(text))
  if (isUnchanged(request, String(reply.getHeader('etag')))) return reply.code(304).send()
  return reply.type(JSON_TYPE).send(text)
}

/** Writes an answer out; the serializer is the one that the route has for this status. */
export function renderAnswer(reply: FastifyReply, { status, body, headers = {} }: Answer): RenderedAnswer {
  if (body === undefined) return { status, headers, content_type: null, body: null }
  return { status, headers, content_type: JSON_TYPE, body: Buffer.from(String(reply.code(status).serialize(body))) }
}

/** Sends an answer that is written out already. */
export function sendRendered(
  reply: FastifyReply,
  { status, headers, content_type, body }: RenderedAnswer,
): FastifyReply {
  reply.code(status).headers(headers)
  // Titles of problems are in the language of the caller.
  if (status >= 400) addVary(reply, 'Accept-Language')
  if (content_type !== null) reply.type(content_type)
  return body === null ? reply.send() : reply.send(body)
}
