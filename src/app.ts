/** Contents page of the service: every plugin and every room, by hand, in order. */
import multipart from '@fastify/multipart'
import Fastify, { type FastifyBaseLogger, type FastifyInstance } from 'fastify'
import type { Ctx } from './ctx.ts'
import { capture } from './features/capture/index.ts'
import { crmSync } from './features/crm-sync/index.ts'
import { leads } from './features/leads/index.ts'
import { makeClientErrorHandler } from './http/client-error.ts'
import { addOperations } from './http/operations.ts'
import { addAuth } from './http/plugins/auth.ts'
import { addBodyParsers } from './http/plugins/body-parsers.ts'
import { addManners, requestIdOf } from './http/plugins/manners.ts'
import { addProblems, makeProblemRenderer } from './http/plugins/problem.ts'
import { addSwagger } from './http/plugins/swagger.ts'
import './http/problem.ts'
import { registerRoom } from './http/route.ts'
import { allComponents } from './http/schema.ts'
import { buildValidator } from './http/validator.ts'

/** All capabilities, in the order of a lead's life. */
export const rooms = [capture, leads, crmSync]

/** Builds the service; `baseUrl` is how the world reaches it. */
export async function buildApp(ctx: Ctx, baseUrl: string): Promise<FastifyInstance> {
  const render = makeProblemRenderer(ctx, baseUrl)
  const app = Fastify({
    loggerInstance: ctx.log as FastifyBaseLogger, // the wider type would spread through every plugin's types
    disableRequestLogging: true,
    genReqId: requestIdOf,
    // Exactly so many hops are believed: `true` would let anybody name their own address (S9).
    trustProxy: (_address, hop) => hop < ctx.config.TRUST_PROXY_HOPS,
    bodyLimit: ctx.config.BODY_LIMIT_BYTES,
    // A slow or silent client is closed: all three limits are needed, and the check must be frequent (reliability.md S3).
    requestTimeout: 15_000,
    connectionTimeout: 20_000,
    keepAliveTimeout: 65_000,
    http: { headersTimeout: 10_000, connectionsCheckingInterval: 1_000, maxHeaderSize: 16_384 },
    maxRequestsPerSocket: 10_000,
    routerOptions: { maxParamLength: 300, ignoreTrailingSlash: false },
    clientErrorHandler: makeClientErrorHandler(baseUrl),
    schemaController: { compilersFactory: { buildValidator } },
    frameworkErrors: (error, request, reply) => render(error, request, reply),
  })
  app.server.maxHeadersCount = 200
  for (const schema of allComponents()) app.addSchema(schema)

  addProblems(app, render, baseUrl)
  addManners(app, ctx)
  addBodyParsers(app)
  await app.register(multipart, { throwFileSizeLimit: true })
  await addSwagger(app, rooms, baseUrl)
  addAuth(app, ctx)

  addOperations(app, ctx)
  await app.register(
    async (v1) => {
      for (const room of rooms) registerRoom(v1, ctx, room)
    },
    { prefix: '/v1' },
  )
  await app.ready()
  return app
}
