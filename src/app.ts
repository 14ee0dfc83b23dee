/** Contents page of the service: every plugin and every room, by hand, in order. */
import multipart from '@fastify/multipart'
import Fastify, { type FastifyBaseLogger, type FastifyInstance, LogController } from 'fastify'
import type { Ctx } from './ctx.ts'
import { accounts } from './features/accounts/index.ts'
import { activities } from './features/activities/index.ts'
import { admin } from './features/admin/index.ts'
import { behaviour } from './features/behaviour/index.ts'
import { capture } from './features/capture/index.ts'
import { crmSync } from './features/crm-sync/index.ts'
import { distribution } from './features/distribution/index.ts'
import { enrichment } from './features/enrichment/index.ts'
import { leads } from './features/leads/index.ts'
import { lifecycle } from './features/lifecycle/index.ts'
import { nurturing } from './features/nurturing/index.ts'
import { operations } from './features/operations/index.ts'
import { privacy } from './features/privacy/index.ts'
import { scoring } from './features/scoring/index.ts'
import { segments } from './features/segments/index.ts'
import { sequences } from './features/sequences/index.ts'
import { settings } from './features/settings/index.ts'
import { webhooks } from './features/webhooks/index.ts'
import { makeClientErrorHandler } from './http/client-error.ts'
import { closing } from './http/closing.ts'
import { addOperations } from './http/operations.ts'
import { addAuth } from './http/plugins/auth.ts'
import { addBodyParsers } from './http/plugins/body-parsers.ts'
import { addManners, commonHeaders, requestIdOf } from './http/plugins/manners.ts'
import { addOverload } from './http/plugins/overload.ts'
import { addProblems, makeProblemRenderer, refuseShadowed } from './http/plugins/problem.ts'
import { addRateLimit, createBudgets } from './http/plugins/rate-limit.ts'
import { addSwagger } from './http/plugins/swagger.ts'
import { addTrace } from './http/plugins/trace.ts'
import './http/problem.ts'
import { buyers } from './features/buyers/index.ts'
import { sla } from './features/sla/index.ts'
import { working } from './features/working/index.ts'
import { makeRequestLog } from './http/request-log.ts'
import { type Room, registerRoom } from './http/route.ts'
import { allComponents } from './http/schema.ts'
import { buildSerializer } from './http/serializer.ts'
import { limitServer, serverLimits } from './http/server-limits.ts'
import { buildValidator } from './http/validator.ts'

/** All capabilities, in the order of a lead's life. */
// biome-ignore format: one room a line, so that rooms that come at the same time do not meet.
export const rooms = [
  capture,
  leads,
  behaviour,
  activities,
  accounts,
  enrichment,
  lifecycle,
  segments,
  distribution,
  sla,
  working,
  buyers,
  privacy,
  nurturing,
  scoring,
  sequences,
  crmSync,
  operations,
  webhooks,
  settings,
  admin,
]

/** Builds the service; `baseUrl` is how the world reaches it. Tests serve rooms of their own. */
export async function buildApp(ctx: Ctx, baseUrl: string, served: Room[] = rooms): Promise<FastifyInstance> {
  const render = makeProblemRenderer(ctx, baseUrl)
  const app = Fastify({
    loggerInstance: ctx.log as FastifyBaseLogger, // the wider type would spread through every plugin's types
    logController: new LogController({ disableRequestLogging: true }),
    childLoggerFactory: makeRequestLog,
    genReqId: requestIdOf,
    // Exactly so many hops are believed: `true` would let anybody name their own address (S9).
    trustProxy: (_address, hop) => hop < ctx.config.TRUST_PROXY_HOPS,
    bodyLimit: ctx.config.BODY_LIMIT_BYTES,
    ...serverLimits(ctx.config),
    // What still comes on an open connection during the stop is answered; the rest finds no listener.
    return503OnClosing: false,
    // The id of another system: 255 characters of up to four bytes, each written as %XX.
    routerOptions: { maxParamLength: 3_100, ignoreTrailingSlash: false },
    clientErrorHandler: makeClientErrorHandler(baseUrl),
    schemaController: { compilersFactory: { buildSerializer, buildValidator } },
    frameworkErrors: (error, request, reply) => render(error, request, reply.headers(commonHeaders(request))),
  })
  limitServer(app.server, ctx.config)
  for (const schema of allComponents()) app.addSchema(schema)

  addProblems(app, render, baseUrl)
  addTrace(app)
  addManners(app, ctx)
  addOverload(app, ctx)
  addBodyParsers(app)
  await app.register(multipart, { throwFileSizeLimit: true })
  await addSwagger(app, served, baseUrl)
  const budgets = createBudgets(ctx.config)
  addAuth(app, ctx, budgets)
  addRateLimit(app, budgets)

  addOperations(app, ctx)
  for (const room of served) room.pages?.(app, ctx)
  await app.register(
    async (v1) => {
      for (const room of served) registerRoom(v1, ctx, room, baseUrl)
    },
    { prefix: '/v1' },
  )
  refuseShadowed(app)
  app.addHook('preClose', async () => closing(ctx).abort())
  await app.ready()
  return app
}
