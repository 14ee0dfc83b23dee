/** Addresses for those who run the service: health, readiness, metrics, the contract, and pages of the problem codes. */
import { createHash, timingSafeEqual } from 'node:crypto'
import type { FastifyInstance } from 'fastify'
import type { Ctx } from '../ctx.ts'
import { ApiError, notFound, PROBLEMS, type ProblemCode } from '../errors.ts'
import { RELEASE } from '../version.ts'
import { chooseLanguage } from './accept-language.ts'
import { titleOf } from './problem-titles.ts'
import { addVary } from './vary.ts'

/** Registers the unversioned addresses. */
export function addOperations(app: FastifyInstance, ctx: Ctx): void {
  const hidden = { schema: { hide: true } as object, config: { access: OPEN } }
  app.get('/', hidden, async (request, reply) => {
    addVary(reply, 'Accept')
    return request.headers.accept?.includes('text/html') ? reply.redirect('/docs', 302) : INDEX
  })
  // Liveness does no work: it must not be a lever against the database.
  app.get('/healthz', hidden, async () => ({ status: 'ok' }))
  const isReady = rememberReadiness(ctx)
  app.get('/readyz', hidden, async (_request, reply) => {
    const ready = await isReady()
    return reply.code(ready ? 200 : 503).send({ status: ready ? 'ready' : 'not_ready', database: ready })
  })
  app.get('/metrics', hidden, async (request, reply) => {
    requireMetricsKey(ctx.config.METRICS_KEY, request.headers.authorization)
    ctx.metrics.poolWaiting.set(ctx.db.pool.waitingCount)
    return reply.type(ctx.metrics.registry.contentType).send(await ctx.metrics.registry.metrics())
  })
  serveDocument(app, '/openapi.json', () => app.swagger())
  serveDocument(app, '/openapi-3.0.json', () => app.swagger30())
  app.get<{ Params: { code: string } }>('/problems/:code', hidden, async (request, reply) => {
    const code = request.params.code as ProblemCode
    if (!Object.hasOwn(PROBLEMS, code)) throw notFound('problem code')
    const language = chooseLanguage(request.headers['accept-language'])
    addVary(reply, 'Accept-Language')
    reply.header('content-language', language)
    return reply.send({ code, title: titleOf(code, language), status: PROBLEMS[code].status })
  })
}

/** Over a megabyte that everybody may ask for: written out once, or a few readers would keep all others waiting. */
function serveDocument(app: FastifyInstance, url: string, describe: () => unknown): void {
  let text: Buffer | undefined
  app.get(url, { schema: { hide: true } as object, config: { access: OPEN } }, async (_request, reply) => {
    text ??= Buffer.from(JSON.stringify(describe()))
    return reply.type('application/json; charset=utf-8').send(text)
  })
}

/** What a program finds at the root; a browser goes on to the reference. */
const INDEX = {
  service: 'Leadwell',
  version: RELEASE,
  api: '/v1',
  reference: '/docs',
  openapi: '/openapi.json',
  openapi_3_0: '/openapi-3.0.json',
  health: '/healthz',
  readiness: '/readyz',
} as const

const OPEN = {
  auth: 'open',
  scope: null,
  tenant_bound: false,
  idempotent: false,
  rate_class: 'unlimited',
  pii_out: false,
} as const

/** Nobody is asked for a key here, so however often it is called, the database is asked once a second. */
function rememberReadiness(ctx: Ctx): () => Promise<boolean> {
  let askedAt = Number.NEGATIVE_INFINITY
  let answer = Promise.resolve(false)
  return () => {
    if (performance.now() - askedAt > 1_000) {
      askedAt = performance.now()
      answer = isDatabaseReady(ctx)
    }
    return answer
  }
}

async function isDatabaseReady(ctx: Ctx): Promise<boolean> {
  try {
    await ctx.db.query('SELECT 1')
    return true
  } catch {
    return false
  }
}

/** Digests, because only values of one length can be compared in constant time. */
function requireMetricsKey(key: string | undefined, authorization: string | undefined): void {
  const digest = (text: string) => createHash('sha256').update(text).digest()
  if (key === undefined || timingSafeEqual(digest(`Bearer ${key}`), digest(authorization ?? ''))) return
  throw new ApiError('unauthorized', 'Send `Authorization: Bearer` with the METRICS_KEY of this installation.', {
    headers: { 'www-authenticate': 'Bearer realm="leadwell metrics"' },
  })
}
