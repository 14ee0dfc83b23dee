/** Addresses for those who run the service: health, readiness, metrics, the contract, and pages of the problem codes. */
import type { FastifyInstance } from 'fastify'
import type { Ctx } from '../ctx.ts'
import { notFound, PROBLEMS, type ProblemCode } from '../errors.ts'

/** Registers the unversioned addresses. */
export function addOperations(app: FastifyInstance, ctx: Ctx): void {
  const hidden = { schema: { hide: true } as object, config: { access: OPEN } }
  // Liveness does no work: it must not be a lever against the database.
  app.get('/healthz', hidden, async () => ({ status: 'ok' }))
  app.get('/readyz', hidden, async (_request, reply) => {
    const ready = await isDatabaseReady(ctx)
    return reply.code(ready ? 200 : 503).send({ status: ready ? 'ready' : 'not_ready', database: ready })
  })
  app.get('/metrics', hidden, async (_request, reply) => {
    ctx.metrics.poolWaiting.set(ctx.db.pool.waitingCount)
    return reply.type(ctx.metrics.registry.contentType).send(await ctx.metrics.registry.metrics())
  })
  app.get('/openapi.json', hidden, async () => app.swagger())
  app.get<{ Params: { code: string } }>('/problems/:code', hidden, async (request, reply) => {
    const code = request.params.code as ProblemCode
    const problem = PROBLEMS[code]
    if (problem === undefined) throw notFound('problem code')
    return reply.send({ code, title: problem.title, status: problem.status })
  })
}

const OPEN = {
  auth: 'open',
  scope: null,
  tenant_bound: false,
  idempotent: false,
  rate_class: 'unlimited',
  pii_out: false,
} as const

async function isDatabaseReady(ctx: Ctx): Promise<boolean> {
  try {
    await ctx.db.query('SELECT 1')
    return true
  } catch {
    return false
  }
}
