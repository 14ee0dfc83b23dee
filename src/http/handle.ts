/** What happens between a checked request and the handler of its route. */
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Ctx } from '../ctx.ts'
import { requireAcceptable } from './accept.ts'
import { repeatKey } from './idempotency-key.ts'
import { preferredWait } from './prefer.ts'
import { describeProblem, renderProblem } from './problem.ts'
import type { RenderedAnswer } from './rendered-answer.ts'
import { answerOnce } from './repeat/answer-once.ts'
import type { Call, Route } from './route.ts'
import { renderAnswer, sendAnswer, sendRendered } from './send.ts'
import { withinTime } from './time-limit.ts'

/** Params, query and body are checked already; their types are folded away with those of the route. */
type CheckedCall = Call<undefined, undefined, undefined>

/** The Fastify handler of a route; `base` is how the world reaches the service. */
export function makeHandler(ctx: Ctx, route: Route, base: string) {
  const types = [...new Set(Object.values(route.responses).map(({ contentType = 'application/json' }) => contentType))]
  return async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    // The public plane answers whatever a browser says: a submission is worth more than a format.
    if (route.access.auth === 'secret') requireAcceptable(request, types)
    const call: CheckedCall = {
      caller: request.caller,
      params: request.params as undefined,
      query: request.query as undefined,
      body: request.body as undefined,
      request,
      describe: (error) => describeProblem(error, request, base),
    }
    const limit = timeLimit(ctx, route, request)
    const key = repeatKey(request)
    if (key === null)
      return sendAnswer(request, reply, await withinTime(limit, route.handle(ctx, call)), route.volatile)
    return sendRendered(reply, await withinTime(limit, handleOnce(ctx, route, call, key, reply, base)))
  }
}

/** Milliseconds; a wait that the caller asked for comes on top. */
function timeLimit({ config }: Ctx, route: Route, request: FastifyRequest): number {
  const { wait_seconds = 0 } = request.query as { wait_seconds?: number }
  const wait = (wait_seconds + preferredWait(request)) * 1000
  return wait + (route.timeLimitSeconds === undefined ? config.ANSWER_LIMIT_MS : route.timeLimitSeconds * 1000)
}

async function handleOnce(
  ctx: Ctx,
  route: Route,
  call: CheckedCall,
  idempotencyKey: string,
  reply: FastifyReply,
  base: string,
): Promise<RenderedAnswer> {
  const { request, caller } = call
  const [path = '', query = ''] = request.url.split('?', 2)
  const repeatable = {
    workspaceId: caller.workspaceId,
    scope: `${caller.keyId} ${request.method} ${path}`,
    idempotencyKey,
    content: [query, '\0', request.bodyBytes ?? ''],
    // The secret itself: the spelling of its scheme may differ from one try to the next.
    secret: request.headers.authorization?.replace(/^\S+ +/, '') ?? '',
    isPersonal: route.access.pii_out,
  }
  return await answerOnce(ctx, repeatable, {
    run: async (bound) => renderAnswer(reply, await route.handle(bound, call)),
    describe: (failure) => renderProblem(failure, request, base),
  })
}
