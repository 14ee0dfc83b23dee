/** From a sealed reference in a mail to the message behind it. */
import type { FastifyRequest } from 'fastify'
import type { Ctx } from '../../ctx.ts'
import { type LinkRef, type RefKind, readRef } from '../../domain/mail/link-ref.ts'
import type { MessageFacts } from '../../domain/mail/message-row.ts'
import { networkOf } from '../../domain/network.ts'
import { notFound } from '../../errors.ts'
import { refKeys } from '../../pipeline/mail/mail-links.ts'
import { findMessage } from './message-queries.ts'

export interface ReferredMessage {
  ref: LinkRef
  message: MessageFacts
}

/** What a reference says; 404 when it is none of ours, or for another purpose. */
export function requireRef(ctx: Ctx, kind: RefKind, text: string): LinkRef {
  const ref = readRef(refKeys(ctx), kind, text)
  if (ref === undefined) throw notFound('link')
  return ref
}

/** The message of a reference; 404 when there is none any more. */
export async function requireMessage(ctx: Ctx, kind: RefKind, text: string): Promise<ReferredMessage> {
  const ref = requireRef(ctx, kind, text)
  const message = await findMessage(ctx.db, ref.workspace_id, ref.id)
  if (message === undefined) throw notFound('link')
  return { ref, message }
}

/** Network of the visitor, never the full address. */
export const networkOfVisitor = (request: FastifyRequest): string | null => networkOf(request.ip)
