/**
 * Budgets of requests (api.md 35): per key and class, and for captures per form and network. Holders come from the
 * connection, the key and the address, never from a body, which a sender could vary at will.
 */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Config } from '../../config.ts'
import { ApiError } from '../../errors.ts'
import type { RateClass } from '../access.ts'
import { type Balance, type Budget, balanceHeaders, createBudget } from '../limits/budget.ts'
import { networkOfCaller } from '../limits/network-of-caller.ts'

type BudgetName = Exclude<RateClass, 'unlimited' | 'capture'> | 'form' | 'network' | 'anonymous'

/** Takes what a request costs and tells what is left; throws 429 when a budget is used up. */
export interface Budgets {
  /** For a request whose caller is known. */
  take(request: FastifyRequest, reply: FastifyReply): void
  /** For a request without a valid key, or to nowhere. */
  takeAnonymous(request: FastifyRequest, reply: FastifyReply): void
}

const MINUTE = 60
/** Short, so that a rush is over soon: 500 in 10 s is ten times what HubSpot grants a form. */
const FORM_WINDOW = 10

/** The budgets of one process; a quota of 0 in the settings means none. */
export function createBudgets(config: Config): Budgets {
  const quotas: [BudgetName, number, number][] = [
    ['default', config.RATE_LIMIT_DEFAULT, MINUTE],
    ['search', config.RATE_LIMIT_SEARCH, MINUTE],
    ['export', config.RATE_LIMIT_EXPORT, MINUTE],
    ['anonymous', config.RATE_LIMIT_ANONYMOUS, MINUTE],
    ['events', config.RATE_LIMIT_EVENTS_NETWORK, MINUTE],
    ['network', config.RATE_LIMIT_CAPTURE_NETWORK, MINUTE],
    ['form', config.RATE_LIMIT_CAPTURE_FORM, FORM_WINDOW],
  ]
  const budgets = new Map<BudgetName, Budget>(
    quotas
      .filter(([, quota]) => quota > 0)
      .map(([name, quota, windowSeconds]) => [name, createBudget({ name, quota, windowSeconds })]),
  )
  const takeFrom = (reply: FastifyReply, holders: [BudgetName, string | null][]) => {
    const balances: Balance[] = []
    for (const [name, holder] of holders) {
      const balance = holder === null ? undefined : budgets.get(name)?.(holder)
      if (balance === undefined) continue
      balances.push(balance)
      // What one budget refuses must not use up the next: a single network could close a form to all others.
      if (balance.isExceeded) break
    }
    if (balances.length === 0) return
    reply.headers(balanceHeaders(balances))
    const exceeded = balances.find(({ isExceeded }) => isExceeded)
    if (exceeded !== undefined) throw rateLimited(exceeded)
  }
  return {
    take: (request, reply) => takeFrom(reply, holdersOf(request)),
    takeAnonymous: (request, reply) => takeFrom(reply, [['anonymous', networkOfCaller(request.ip)]]),
  }
}

function holdersOf(request: FastifyRequest): [BudgetName, string | null][] {
  const { access } = request.routeOptions.config
  if (access === undefined || access.rate_class === 'unlimited' || request.method === 'OPTIONS') return []
  const { keyId, keyKind, workspaceId } = request.caller
  const isVisitor = keyKind === null || keyKind === 'publishable'
  // The server of a website that passes submissions on is one address for all of its visitors.
  const network = isVisitor ? networkOfCaller(request.ip) : null
  // Pages load their form far more often than visitors send it: reading must not use up the budget of sending.
  const isCapture = access.rate_class === 'capture' && request.method === 'POST'
  // Browsing must not use up what reading and sending a form need.
  if (access.rate_class === 'events') return isVisitor ? [['events', network]] : [['default', keyId]]
  if (!isCapture && isVisitor) return [['anonymous', network]]
  if (!isCapture) return [[access.rate_class === 'capture' ? 'default' : access.rate_class, keyId]]
  const { form_key } = request.params as { form_key?: string }
  return [
    ['network', network],
    ['form', form_key === undefined ? null : `${workspaceId}/${form_key}`],
  ]
}

function rateLimited({ policy, resetSeconds }: Balance): ApiError {
  return new ApiError('rate_limited', `Too many requests; wait ${resetSeconds} seconds.`, {
    headers: { 'retry-after': String(resetSeconds) },
    extra: { violated_policies: [policy.name] },
  })
}

/**
 * Counts what comes without a secret key: requests to nowhere, and those of the public plane. The latter only after the
 * route's own CORS hook, or a browser could not read the refusal. Calls with a key are counted by the authentication.
 */
export function addRateLimit(app: FastifyInstance, budgets: Budgets): void {
  app.addHook('preParsing', (request, reply, _payload, done) => {
    if (request.is404 || request.routeOptions.config.isRefusal === true) budgets.takeAnonymous(request, reply)
    else if (request.routeOptions.config.access?.auth === 'public') budgets.take(request, reply)
    done()
  })
}
