/** The Vary header names what an answer depends on; several hands add to it. */
import type { FastifyReply } from 'fastify'

/** Adds a request header to Vary, once. */
export function addVary(reply: FastifyReply, name: string): void {
  const before = String(reply.getHeader('vary') ?? '')
  const names = before.split(',').map((known) => known.trim().toLowerCase())
  if (!names.includes(name.toLowerCase())) reply.header('vary', before === '' ? name : `${before}, ${name}`)
}
