/**
 * Who is calling: a bearer key is looked up by its hash and held for at most KEY_CACHE_MS, so a revocation is in force
 * within that time on every process. Routes declare the scope they need; a restricted key without it gets 403.
 */
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { LRUCache } from 'lru-cache'
import type { Caller, Ctx } from '../../ctx.ts'
import type { Statement } from '../../db/client.ts'
import { readInWorkspace } from '../../db/client.ts'
import { hashKey, looksLikeKey } from '../../domain/api-key.ts'
import { encodeTypeId } from '../../domain/type-id.ts'
import { ApiError } from '../../errors.ts'

/** Promise P25: a revoked key is refused everywhere within 5 s. */
const KEY_CACHE_MS = 3_000
const KEY_CACHE_SIZE = 10_000

const findKeyHash: Statement = {
  name: 'find_api_key_hash',
  text: 'SELECT workspace_id, api_key_id FROM api_key_hashes WHERE key_hash = $1',
}
const findKey: Statement = {
  name: 'find_api_key',
  text: `SELECT id, kind, scopes, origin FROM api_keys
    WHERE workspace_id = $1 AND id = $2 AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > now())`,
}

interface KeyRow {
  id: string
  kind: 'secret' | 'restricted' | 'publishable'
  scopes: string[]
  origin: string | null
}

/** Looks keys up, with a short memory. */
export function createKeyring(ctx: Ctx) {
  const known = new LRUCache<string, { caller: Caller | null }>({ max: KEY_CACHE_SIZE, ttl: KEY_CACHE_MS })
  return async (key: string): Promise<Caller | null> => {
    const hash = hashKey(key)
    const cached = known.get(hash.toString('base64'))
    if (cached !== undefined) return cached.caller
    const caller = await findCaller(ctx, hash)
    known.set(hash.toString('base64'), { caller })
    return caller
  }
}

async function findCaller(ctx: Ctx, hash: Buffer): Promise<Caller | null> {
  const [found] = await ctx.db.query<{ workspace_id: string; api_key_id: string }>(findKeyHash, [hash])
  if (found === undefined) return null
  const [key] = await readInWorkspace<KeyRow>(ctx.db, found.workspace_id, findKey, [
    found.workspace_id,
    found.api_key_id,
  ])
  if (key === undefined) return null
  return {
    workspaceId: found.workspace_id,
    actor: encodeTypeId('key', key.id),
    origin: key.origin,
    scopes: new Set(key.scopes),
    keyId: key.id,
    keyKind: key.kind,
  }
}

/** A visitor without a key; the workspace follows from the form that is addressed. */
export const NOBODY: Caller = {
  workspaceId: '',
  actor: 'visitor',
  origin: null,
  scopes: new Set(),
  keyId: null,
  keyKind: null,
}

/** Puts `request.caller` on every request, or answers 401 or 403. */
export function addAuth(app: FastifyInstance, ctx: Ctx): void {
  const findByKey = createKeyring(ctx)
  app.decorateRequest('caller')
  app.addHook('onRequest', async (request) => {
    const access = request.routeOptions.config.access
    request.caller = NOBODY
    if (access === undefined || access.auth === 'open') return
    const key = bearerOf(request)
    if (key === null && access.auth === 'public') return
    const caller = key !== null && looksLikeKey(key) ? await findByKey(key) : null
    if (caller === null) throw unauthorized(key === null)
    if (access.auth === 'secret') requireRight(caller, access.scope)
    request.caller = caller
  })
}

function bearerOf(request: FastifyRequest): string | null {
  const header = request.headers.authorization
  if (header === undefined) return null
  return /^Bearer +([\x21-\x7e]{1,200})$/i.exec(header)?.[1] ?? ''
}

function unauthorized(absent: boolean): ApiError {
  const detail = absent
    ? 'Send `Authorization: Bearer sk_…`. `leadwell keys create` makes a key.'
    : 'This key is unknown, expired or revoked.'
  return new ApiError('unauthorized', detail, { headers: { 'www-authenticate': 'Bearer realm="leadwell"' } })
}

function requireRight(caller: Caller, scope: string | null): void {
  if (caller.keyKind === 'publishable')
    throw new ApiError('forbidden', 'A publishable key may only capture; use a secret key.')
  if (scope === null || caller.keyKind === 'secret' || caller.scopes.has(scope)) return
  throw new ApiError('forbidden', `This key lacks the scope ${scope}.`)
}
