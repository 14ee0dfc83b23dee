/**
 * Who is calling: a bearer key is looked up by its hash and held for at most KEY_CACHE_MS, so a revocation is in force
 * within that time on every process. Routes declare the scope they need; a restricted key without it gets 403.
 */
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { LRUCache } from 'lru-cache'
import { type Caller, type Ctx, perCtx } from '../../ctx.ts'
import type { Statement } from '../../db/client.ts'
import { readInWorkspace } from '../../db/client.ts'
import { hashKey, looksLikeKey } from '../../domain/api-key.ts'
import { isInRanges } from '../../domain/ip-range.ts'
import { networkOf } from '../../domain/network.ts'
import { encodeTypeId } from '../../domain/type-id.ts'
import { ApiError } from '../../errors.ts'
import { withinTime } from '../time-limit.ts'
import type { Budgets } from './rate-limit.ts'

/** Promise P25: a revoked key is refused everywhere within 5 s. */
const KEY_CACHE_MS = 3_000
const KEY_CACHE_SIZE = 10_000

const findKeyHash: Statement = {
  name: 'find_api_key_hash',
  text: `SELECT workspace_id, api_key_id FROM api_key_hashes
    WHERE key_hash = $1 AND (expires_at IS NULL OR expires_at > now())`,
}
const findKey: Statement = {
  name: 'find_api_key',
  text: `SELECT id, kind, scopes, origin, allowed_ips, allowed_origins FROM api_keys
    WHERE workspace_id = $1 AND id = $2 AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > now())`,
}

interface KeyRow {
  id: string
  kind: 'secret' | 'restricted' | 'publishable'
  scopes: string[]
  origin: string | null
  allowed_ips: string[]
  allowed_origins: string[]
}

interface KnownKey {
  caller: Caller
  allowedIps: string[]
}

/** Looks keys up, with a short memory. */
function createKeyring(ctx: Ctx) {
  const known = new LRUCache<string, { key: KnownKey | null }>({ max: KEY_CACHE_SIZE, ttl: KEY_CACHE_MS })
  let memory = 0
  return {
    /** Throws 503 when the database does not answer in time. */
    find: async (key: string): Promise<KnownKey | null> => {
      const hash = hashKey(key)
      const cached = known.get(hash)
      if (cached !== undefined) return cached.key
      // Garbage costs no look-up, and takes no place of the memory.
      if (!looksLikeKey(key)) return null
      const begun = memory
      const found = await withinTime(ctx.config.ANSWER_LIMIT_MS, findKnownKey(ctx, hash))
      // What was looked up before a revocation must not be remembered after it.
      if (begun === memory) known.set(hash, { key: found })
      return found
    },
    /** Forgets all keys: a revocation in this process is in force at once. */
    forget: () => {
      memory++
      known.clear()
    },
  }
}

/** The keys that this service knows. */
export const keyring = perCtx(createKeyring)

async function findKnownKey(ctx: Ctx, hash: string): Promise<KnownKey | null> {
  const [found] = await ctx.db.query<{ workspace_id: string; api_key_id: string }>(findKeyHash, [
    Buffer.from(hash, 'hex'),
  ])
  if (found === undefined) return null
  const [key] = await readInWorkspace<KeyRow>(ctx.db, found.workspace_id, findKey, [
    found.workspace_id,
    found.api_key_id,
  ])
  if (key === undefined) return null
  const caller: Caller = {
    workspaceId: found.workspace_id,
    actor: encodeTypeId('key', key.id),
    origin: key.origin,
    scopes: new Set(key.scopes),
    keyId: key.id,
    keyKind: key.kind,
    allowedOrigins: key.allowed_origins,
  }
  return { caller, allowedIps: key.allowed_ips }
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
export function addAuth(app: FastifyInstance, ctx: Ctx, budgets: Budgets): void {
  const keys = keyring(ctx)
  app.decorateRequest('caller')
  app.addHook('onRoute', ({ method, url, config }) => {
    // Nobody would be asked for a key there.
    if (config?.access === undefined) throw new Error(`${method} ${url} does not declare who may call it`)
  })
  app.addHook('onRequest', async (request, reply) => {
    const access = request.routeOptions.config.access
    request.caller = NOBODY
    if (access === undefined || access.auth === 'open') return
    const key = bearerOf(request)
    // A callback brings what its sender signs by; only a key of ours is one that can be wrong.
    if (access.auth === 'public' && (key === null || isBasic(request))) return
    const found = key === null ? null : await keys.find(key)
    if (found === null) {
      budgets.takeAnonymous(request, reply)
      throw unauthorized(key === null)
    }
    request.caller = { ...found.caller, via: viaOf(request) }
    if (access.auth === 'secret') budgets.take(request, reply)
    requireNetwork(found, request)
    if (access.auth === 'secret') requireRight(found.caller, access.scope)
  })
}

const isBasic = ({ headers }: FastifyRequest) => /^basic /i.test(headers.authorization ?? '')

/** How a call came in; most calls never ask for the network. */
function viaOf(request: FastifyRequest): NonNullable<Caller['via']> {
  return {
    requestId: request.id,
    get network() {
      return networkOf(request.ip)
    },
  }
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

function requireNetwork({ allowedIps }: KnownKey, request: FastifyRequest): void {
  if (allowedIps.length === 0 || isInRanges(request.ip, allowedIps)) return
  throw new ApiError('forbidden', 'This key may not be used from this address.')
}

function requireRight(caller: Caller, scope: string | null): void {
  if (caller.keyKind === 'publishable')
    throw new ApiError('forbidden', 'A publishable key may only capture; use a secret key.')
  if (scope === null || caller.keyKind === 'secret' || caller.scopes.has(scope)) return
  throw new ApiError('forbidden', `This key lacks the scope ${scope}.`)
}
