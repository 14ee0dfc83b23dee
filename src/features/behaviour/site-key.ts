/** Whose website a browser's request comes from: its publishable key says it, in the header or, for beacons, in the URL. */
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Ctx } from '../../ctx.ts'
import { looksLikeKey } from '../../domain/api-key.ts'
import { isInRanges } from '../../domain/ip-range.ts'
import { ApiError } from '../../errors.ts'
import { keyring } from '../../http/plugins/auth.ts'

/** The workspace of a request with a publishable key; 401 without one, 403 for a key that may not send events. */
export async function requireSite(ctx: Ctx, request: FastifyRequest, given: string | undefined): Promise<string> {
  const { caller } = request
  if (caller.keyKind !== null) {
    if (caller.keyKind !== 'restricted' || caller.scopes.has('events:write')) return caller.workspaceId
    throw new ApiError('forbidden', 'This key lacks the scope events:write.')
  }
  const found = given !== undefined && looksLikeKey(given) ? await keyring(ctx).find(given) : null
  if (found === null) {
    throw new ApiError('unauthorized', 'Send a publishable key (`pk_…`), as `publishable_key` or as bearer.', {
      headers: { 'www-authenticate': 'Bearer realm="leadwell"' },
    })
  }
  // A URL is written to logs and histories: no place for anything secret.
  if (found.caller.keyKind !== 'publishable') throw new ApiError('forbidden', 'Only a publishable key may be in a URL.')
  if (found.allowedIps.length > 0 && !isInRanges(request.ip, found.allowedIps)) {
    throw new ApiError('forbidden', 'This key may not be used from this address.')
  }
  return found.caller.workspaceId
}

const EXPOSED = 'RateLimit, RateLimit-Policy, Retry-After, X-Request-Id'

/** Any page may send events: the key is public, and without cookies a foreign page can do nothing that curl could not. */
export async function addEventCors(_ctx: Ctx, request: FastifyRequest, reply: FastifyReply): Promise<void> {
  reply.header('vary', 'Origin')
  const { origin } = request.headers
  if (origin === undefined) return
  reply.headers({ 'access-control-allow-origin': origin, 'access-control-expose-headers': EXPOSED })
  if (request.method !== 'OPTIONS') return
  reply.headers({
    'access-control-allow-methods': 'POST',
    'access-control-allow-headers': 'Content-Type, Authorization',
    'access-control-max-age': '600',
  })
}
