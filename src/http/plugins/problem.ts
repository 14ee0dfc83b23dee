/** The one renderer of failures: services throw, routes never catch, every answer that is no success passes here. */
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest, HTTPMethods } from 'fastify'
import type { Ctx } from '../../ctx.ts'
import { ApiError } from '../../errors.ts'
import { type KnownRoute, methodsAt, shadowedRoutes } from '../known-paths.ts'
import { renderProblem } from '../problem.ts'
import { sendRendered } from '../send.ts'
import { toApiError } from '../to-api-error.ts'
import { NOBODY } from './auth.ts'

export type ProblemRenderer = (error: FastifyError, request: FastifyRequest, reply: FastifyReply) => FastifyReply

/** Renders any failure; also given to Fastify for faults that it finds before a route is known. */
export function makeProblemRenderer(ctx: Ctx, base: string): ProblemRenderer {
  return (error, request, reply) => sendProblem(reply, request, toApiError(error, ctx, request), base)
}

/** Registers the renderer and the answers 404 and 405. */
export function addProblems(app: FastifyInstance, render: ProblemRenderer, base: string): void {
  app.decorate('knownRoutes', [])
  app.addHook('onRoute', ({ method, url, config }) => {
    if (config?.isRefusal === true) return
    for (const one of [method].flat()) app.knownRoutes.push({ method: one, url })
  })

  app.setErrorHandler<FastifyError>(async (error, request, reply) => {
    await addMissingCors(request, reply)
    if (error.code === 'FST_ERR_CTP_BODY_TOO_LARGE') takeTheRest(request, reply)
    return render(error, request, reply)
  })
  app.setNotFoundHandler((request, reply) => {
    const path = request.url.split('?')[0] ?? ''
    return sendProblem(reply, request, nothingAt(methodsAt(app.knownRoutes, path)), base)
  })
}

/**
 * Answers 405 for the methods of an address in words that the router would pass on to an address with a parameter: the
 * caller would be told what is wrong with an id that was none. After all other routes.
 */
export function refuseShadowed(app: FastifyInstance): void {
  for (const { method, url } of shadowedRoutes(app.knownRoutes)) {
    app.route({
      method: method as HTTPMethods, // from a route that has it
      url,
      exposeHeadRoute: false,
      schema: { hide: true } as object, // belongs to the swagger plugin's schema
      config: { access: ANYBODY, isRefusal: true },
      // Before anything is asked of the body, as for every address that lacks the method.
      preParsing: async () => {
        throw nothingAt(methodsAt(app.knownRoutes, url))
      },
      handler: () => undefined,
    })
  }
}

const ANYBODY = {
  auth: 'open',
  scope: null,
  tenant_bound: false,
  idempotent: false,
  rate_class: 'default',
  pii_out: false,
} as const

function nothingAt(allowed: readonly string[]): ApiError {
  if (allowed.length === 0) return new ApiError('not_found', 'There is nothing at this address.')
  const list = allowed.join(', ')
  return new ApiError('method_not_allowed', `Use ${list}.`, { headers: { allow: list } })
}

/** What a client may still send of a body that was refused: more than any that is accepted somewhere. */
const MOST_DROPPED_BYTES = 67_108_864

/**
 * Who is still sending when the connection closes is reset, and never reads why. Fastify closes it; left open, the platform
 * reads and drops the rest, within the time that a request may take.
 */
function takeTheRest({ headers }: FastifyRequest, reply: FastifyReply): void {
  if (Number(headers['content-length']) <= MOST_DROPPED_BYTES) reply.removeHeader('connection')
}

/**
 * What is refused before the route's own CORS hook (load, an unknown key) must be readable for the page all the same, or its
 * script cannot tell a refusal from a dead network. Whether the hook has spoken is seen by its Vary.
 */
async function addMissingCors(request: FastifyRequest, reply: FastifyReply): Promise<void> {
  const { cors } = request.routeOptions.config
  if (cors === undefined || /\borigin\b/i.test(String(reply.getHeader('vary') ?? ''))) return
  // What is shed was refused before anybody asked who calls.
  request.caller ??= NOBODY
  // A refusal is answered whatever becomes of its headers.
  await cors(request, reply, request.isShed).catch((error: unknown) =>
    request.log.debug({ err: error }, 'no CORS headers'),
  )
}

function sendProblem(reply: FastifyReply, request: FastifyRequest, error: ApiError, base: string): FastifyReply {
  const balance = reply.getHeader('ratelimit')
  if (error.status === 503 && balance !== undefined) {
    // The budget is not what holds the caller back, and Retry-After must not be earlier than a `t` (api.md 35).
    reply.header('ratelimit', String(balance).replaceAll(/;t=\d+/g, ''))
  }
  const page = request.routeOptions.config?.problemPage?.(request, error)
  if (page)
    return reply
      .code(error.status)
      .headers({ ...error.headers, ...page.headers })
      .send(page.html)
  return sendRendered(reply, renderProblem(error, request, base))
}

declare module 'fastify' {
  interface FastifyInstance {
    /** Every route but those that refuse. */
    knownRoutes: KnownRoute[]
  }
  interface FastifyContextConfig {
    /** Answers 405 and nothing else. */
    isRefusal?: boolean
  }
}
