/** The service without a database, for commands that only look at its routes. */
import { buildApp } from '../app.ts'
import type { Config } from '../config.ts'
import type { Ctx } from '../ctx.ts'
import { openDatabase } from '../db/client.ts'
import { createLog } from '../log.ts'
import { createMetrics } from '../metrics.ts'
import { createWorkHints } from '../queue/work-hints.ts'

/** Address in the committed document; a running service publishes its own. */
export const DOCUMENT_URL = 'https://api.leadwell.dev'

/** Builds the app; no connection is opened, because none is used. */
export async function describeApp(config: Config) {
  const unused = {
    connectionString: 'postgres://unused@127.0.0.1:1/unused',
    max: 1,
    applicationName: 'unused',
    statementTimeoutMs: 1000,
  }
  const ctx: Ctx = {
    db: openDatabase(unused),
    now: () => new Date(),
    log: createLog('silent'),
    config,
    metrics: createMetrics({ processMetrics: false }),
    hints: createWorkHints(),
    secret: Buffer.alloc(32),
  }
  return await buildApp(ctx, DOCUMENT_URL)
}
