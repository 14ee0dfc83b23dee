/** Whose website a browser's request comes from: its publishable key says it, in the header or, for beacons, in the URL. */
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Caller, Ctx } from '../../ctx.ts'
import { isInRanges } from '../../domain/ip-range.ts'
import { ApiError } from '../../errors.ts'
import { keyring } from '../../http/plugins/auth.ts'

/** The workspace of a request with a publishable key; 401 without one, 403 for a key that may not send events. */
export async function requireSite(ctx: Ctx, request: FastifyRequest, given: string | undefined): Promise<string> {
  const { caller } = request
  if (caller.keyKind !== null) {
    requireOrigin(caller, request)
    if (caller.keyKind !== 'restricted' || caller.scopes.has('events:write')) return caller.workspaceId
    throw new ApiError('forbidden', 'This key lacks the scope events:write.')
  }
  const found = given === undefined ? null : await keyring(ctx).find(given)
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
  requireOrigin(found.caller, request)
  return found.caller.workspaceId
}

/** A key without a list is open to every page; a call without Origin is not from a page. */
const isOriginAllowed = ({ allowedOrigins = [] }: Caller, origin: string | undefined) =>
  origin === undefined || allowedOrigins.length === 0 || allowedOrigins.includes(origin)

function requireOrigin(caller: Caller, { headers }: FastifyRequest): void {
  if (isOriginAllowed(caller, headers.origin)) return
  throw new ApiError('origin_not_allowed', 'Pages of this origin may not use this key; see its allowed_origins.')
}

const EXPOSED = 'RateLimit, RateLimit-Policy, Retry-After, X-Request-Id'

/**
 * The pages of the key's websites may send events, and any page where it names none: without cookies a foreign page can do
 * nothing that curl could not. A preflight, and a request that is shed, is answered by the key in the URL or by none.
 */
export async function addEventCors(
  ctx: Ctx,
  request: FastifyRequest,
  reply: FastifyReply,
  isShed = false,
): Promise<void> {
  reply.header('vary', 'Origin')
  const { origin } = request.headers
  if (origin === undefined) return
  const caller = request.caller.keyKind === null && !isShed ? await callerInUrl(ctx, request) : request.caller
  if (caller !== undefined && !isOriginAllowed(caller, origin)) return
  reply.headers({ 'access-control-allow-origin': origin, 'access-control-expose-headers': EXPOSED })
  if (request.method !== 'OPTIONS') return
  reply.headers({
    'access-control-allow-methods': 'POST',
    'access-control-allow-headers': 'Content-Type, Authorization',
    'access-control-max-age': '600',
  })
}

/** Whom the key in the URL belongs to; undefined without one that is known. */
async function callerInUrl(ctx: Ctx, request: FastifyRequest): Promise<Caller | undefined> {
  // Before validation: a parameter that comes twice is a list.
  const given = (request.query as Record<string, unknown>)['publishable_key']
  return typeof given === 'string' ? (await keyring(ctx).find(given))?.caller : undefined
}
