/** What every service is given instead of globals. */
import type { Logger } from 'pino'
import type { Config } from './config.ts'
import type { Db } from './db/client.ts'
import type { Metrics } from './metrics.ts'
import type { WorkHints } from './queue/work-hints.ts'

export interface Ctx {
  readonly db: Db
  /** The clock of decisions; tests set it. Leases and due times use the database clock instead. */
  readonly now: () => Date
  readonly log: Logger
  readonly config: Config
  readonly metrics: Metrics
  /** Tells the worker in this process that there is something to do; the sweep is the guarantee. */
  readonly hints: WorkHints
  /** Secret of this installation, from the database: signs cursors, links and form tokens. */
  readonly secret: Buffer
  /** Only in the view of the service that works inside the transaction of one request. */
  readonly bound?: { readonly service: Ctx; readonly afterCommit: (() => void)[] }
}

/** Does what must not happen before the work is committed: at once, or after the request's transaction if there is one. */
export function afterCommit(ctx: Ctx, deed: () => void): void {
  if (ctx.bound === undefined) deed()
  else ctx.bound.afterCommit.push(deed)
}

/** Who asks: the key of an API call, a visitor of a form, or the system itself. */
export interface Caller {
  readonly workspaceId: string
  /** `key_…`, `form:<key>` or `system`; written to changes, activities and the audit log. */
  readonly actor: string
  /** The integration that writes, so that it can drop its own echoes from the change feed. */
  readonly origin: string | null
  readonly scopes: ReadonlySet<string>
  readonly keyId: string | null
  readonly keyKind: 'secret' | 'restricted' | 'publishable' | null
  /** Websites whose pages may use the key; none named means any. */
  readonly allowedOrigins?: readonly string[]
  /** The request that it came by, for the audit log; absent for the system and the command line. */
  readonly via?: { readonly requestId: string; readonly network: string }
}

/** State that belongs to one running service (a cache, a writer): made on first use, the same for each use after. */
export function perCtx<T>(make: (ctx: Ctx) => T): (ctx: Ctx) => T {
  const made = new WeakMap<Ctx, T>()
  return (ctx) => {
    const service = ctx.bound?.service ?? ctx
    const known = made.get(service)
    if (known !== undefined) return known
    const fresh = make(service)
    made.set(service, fresh)
    return fresh
  }
}
