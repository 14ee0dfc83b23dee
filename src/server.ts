/** The door of the service: config -> database -> ctx -> app -> worker, and the way back in the same order reversed. */
import type { FastifyInstance } from 'fastify'
import type { Logger } from 'pino'
import { type Config, ConfigError, publicBase } from './config.ts'
import type { Ctx } from './ctx.ts'
import { openDatabase } from './db/client.ts'
import { requireDurable } from './db/durability.ts'
import { migrate } from './db/migrate.ts'
import { type ProvidedDatabase, provideDatabase } from './db/provide.ts'
import { ensureInstallation, type FirstKeys } from './features/admin/installation-service.ts'
import { ensureDemoForm } from './features/capture/demo-form.ts'
import { ensureDefaultScoreModel } from './features/scoring/default-score-model.ts'
import { ensureDemoCustomFields } from './features/settings/demo-fields.ts'
import { createLifecycle, type Lifecycle } from './lifecycle.ts'
import { createMetrics } from './metrics.ts'
import { prepareEventPartitions } from './pipeline/events/partitions.ts'
import { createWorkHints, type WorkKind } from './queue/work-hints.ts'
import { startTracing } from './tracing.ts'

/** A request never waits longer for one statement: a frozen database is a 503 within 3 seconds (F8). */
const REQUEST_STATEMENT_MS = 2_500
/** Background statements may take longer; nothing may take longer than this (S13). */
const WORK_STATEMENT_MS = 30_000

export interface Running {
  lifecycle: Lifecycle
  ctx: Ctx
  address: string | null
  database: ProvidedDatabase
  firstKeys: FirstKeys | null
}

/** Starts what is asked for: the HTTP service, the background work, or both. Throws when `lifecycle` is stopped meanwhile. */
export async function start(
  config: Config,
  log: Logger,
  parts: { serve: boolean; work: boolean },
  lifecycle: Lifecycle = createLifecycle(log, config.SHUTDOWN_SECONDS),
): Promise<Running> {
  try {
    return await startPhases(config, log, parts, lifecycle)
  } catch (error) {
    await lifecycle.stop()
    throw error
  }
}

async function startPhases(
  config: Config,
  log: Logger,
  parts: { serve: boolean; work: boolean },
  life: Lifecycle,
): Promise<Running> {
  const { OTEL_EXPORTER_OTLP_ENDPOINT: collector } = config
  if (collector !== undefined) {
    await life.start(
      'tracing',
      () => startTracing(collector),
      (tracing) => tracing.stop(),
    )
  }
  // Most of a start is PostgreSQL's start and the reading of a thousand modules: both at once.
  const starting = life.start(
    'database',
    () =>
      provideDatabase({
        url: config.DATABASE_URL,
        dir: config.DATA_DIR,
        purpose: 'serve',
        log: (line) => log.info(line),
      }),
    (provided) => provided.stop(),
  )
  const [database, { buildApp }, { startWorker }] = await Promise.all([
    starting,
    import('./app.ts'),
    import('./worker.ts'),
  ])
  if (config.NODE_ENV !== 'test' && !config.ALLOW_UNSAFE_DATABASE) {
    await life.start('durability', () => requireDurable(database.url()))
  }
  await life.start('migrations', () => migrate(config.MIGRATION_DATABASE_URL ?? database.url()))
  const pool = (max: number, applicationName: string, statementTimeoutMs: number) =>
    life.start(
      applicationName,
      async () => openDatabase({ connectionString: database.url(), max, applicationName, statementTimeoutMs }),
      (db) => db.close(),
    )
  const workDb = await pool(config.WORKER_POOL_SIZE, 'leadwell work', WORK_STATEMENT_MS)
  const { installation, keys } = await ensureInstallation(workDb, new Date())
  const db = parts.serve ? await pool(config.DATABASE_POOL_SIZE, 'leadwell serve', REQUEST_STATEMENT_MS) : workDb
  const ctx: Ctx = {
    db,
    now: () => new Date(),
    log,
    config,
    metrics: createMetrics({ processMetrics: true }),
    hints: createWorkHints(),
    secret: installation.secret,
  }
  // Work that a transaction leaves behind is begun right after its commit; the sweep is the guarantee.
  for (const announcing of new Set([db, workDb])) {
    announcing.onAnnounce = (kind, workspaceId) => ctx.hints.give(kind as WorkKind, workspaceId)
  }
  await ensureDemoCustomFields({ ...ctx, db: workDb }, installation.default_workspace_id)
  await ensureDemoForm({ ...ctx, db: workDb }, installation.default_workspace_id)
  await ensureDefaultScoreModel({ ...ctx, db: workDb }, installation.default_workspace_id)
  await life.start('event partitions', () => prepareEventPartitions({ ...ctx, db: workDb }))
  const address = parts.serve ? await listen(ctx, life, buildApp) : null
  if (parts.work) {
    const jobsUrl = config.JOBS_DATABASE_URL ?? database.url()
    await life.start(
      'worker',
      () => startWorker({ ...ctx, db: workDb }, jobsUrl),
      (worker) => worker.stop(),
    )
  }
  return { lifecycle: life, ctx, address, database, firstKeys: keys }
}

type BuildApp = typeof import('./app.ts').buildApp

async function listen(ctx: Ctx, life: Lifecycle, buildApp: BuildApp): Promise<string> {
  const { HOST, PORT } = ctx.config
  const base = publicBase(ctx.config)
  const app = await life.start(
    'service',
    () => buildApp(ctx, base),
    (running: FastifyInstance) => running.close(),
  )
  return await app.listen({ host: HOST, port: PORT }).catch((error: NodeJS.ErrnoException) => {
    throw new ConfigError(LISTEN_FAULTS[error.code ?? '']?.(ctx.config) ?? error.message, { cause: error })
  })
}

/** What the most common mistakes of a first start are called, and what to do. */
const LISTEN_FAULTS: Record<string, (config: Pick<Config, 'HOST' | 'PORT'>) => string> = {
  EADDRINUSE: ({ HOST, PORT }) =>
    `Port ${PORT} on ${HOST} is taken by another program: stop that one, or set PORT to another.`,
  EACCES: ({ PORT }) => `This user may not listen on port ${PORT}: set PORT to 1024 or more.`,
  EADDRNOTAVAIL: ({ HOST }) => `HOST: ${HOST} is no address of this machine.`,
  ENOTFOUND: ({ HOST }) => `HOST: the name ${HOST} is not known.`,
}
