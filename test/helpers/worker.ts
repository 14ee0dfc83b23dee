/** Workers beside the service: each with connections of its own, as processes have. */
import type { Ctx } from '../../src/ctx.ts'
import { openDatabase } from '../../src/db/client.ts'

/** Runs `work` as so many workers at once, and closes their connections; returns what each of them said. */
export async function asWorkers<T>(ctx: Ctx, count: number, work: (worker: Ctx) => Promise<T>): Promise<T[]> {
  const workers = Array.from({ length: count }, () => ({ ...ctx, db: anotherPool(ctx) }))
  try {
    return await Promise.all(workers.map((worker) => work(worker)))
  } finally {
    await Promise.all(workers.map(({ db }) => db.close()))
  }
}

const anotherPool = (ctx: Ctx) =>
  openDatabase({
    connectionString: ctx.db.pool.options.connectionString ?? '',
    max: ctx.config.WORKER_POOL_SIZE,
    applicationName: 'test',
    statementTimeoutMs: 20_000,
  })
