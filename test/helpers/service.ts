/** A whole service on a database of its own, for one test file. */

import type { FastifyInstance, InjectOptions, LightMyRequestResponse } from 'fastify'
import type { Test } from 'tap'
import { uuidv7 } from 'uuidv7'
import { buildApp } from '../../src/app.ts'
import { type Config, loadConfig } from '../../src/config.ts'
import type { Ctx } from '../../src/ctx.ts'
import { openDatabase, withWorkspace } from '../../src/db/client.ts'
import type { KeyKind } from '../../src/domain/api-key.ts'
import { insertWorkspace } from '../../src/features/admin/admin-queries.ts'
import { ensureInstallation } from '../../src/features/admin/installation-service.ts'
import { createKey } from '../../src/features/admin/key-service.ts'
import { ensureDemoForm } from '../../src/features/capture/demo-form.ts'
import { ensureDefaultScoreModel } from '../../src/features/scoring/default-score-model.ts'
import { ensureDemoCustomFields } from '../../src/features/settings/demo-fields.ts'
import { dueWork } from '../../src/jobs.ts'
import { createLog } from '../../src/log.ts'
import { createMetrics } from '../../src/metrics.ts'
import { createWorkHints } from '../../src/queue/work-hints.ts'
import { testDatabase } from './database.ts'

export interface TestService {
  app: FastifyInstance
  ctx: Ctx
  workspaceId: string
  /** Secret key of the default workspace. */
  key: string
  /** Moves the clock of decisions. */
  setNow(now: Date | null): void
  /** A request with the secret key; `body` is sent as JSON. */
  call(method: string, url: string, body?: unknown, more?: Partial<InjectOptions>): Promise<LightMyRequestResponse>
  /** Does all due work of the default workspace. */
  drain(): Promise<void>
  /** A key of the default workspace, or of another one. */
  makeKey(kind: KeyKind, options?: { scopes?: string[]; workspaceId?: string; origin?: string }): Promise<string>
  /** Another tenant with a secret key of its own. */
  makeWorkspace(): Promise<{ workspaceId: string; key: string }>
}

/** Nothing is refused for being much or slow, unless a test is about that. */
const UNLIMITED = {
  ANSWER_LIMIT_MS: '60000',
  SHED_DELAY_MS: '0',
  RATE_LIMIT_DEFAULT: '0',
  RATE_LIMIT_SEARCH: '0',
  RATE_LIMIT_EXPORT: '0',
  RATE_LIMIT_ANONYMOUS: '0',
  RATE_LIMIT_CAPTURE_NETWORK: '0',
  RATE_LIMIT_CAPTURE_FORM: '0',
  RATE_LIMIT_EVENTS_NETWORK: '0',
}

/** Builds the service without background loops: `drain` does their work when a test says so. */
export async function testService(t: Test, settings: Partial<Config> = {}): Promise<TestService> {
  const { url } = await testDatabase(t)
  const db = openDatabase({ connectionString: url, max: 6, applicationName: 'test', statementTimeoutMs: 20_000 })
  let fixed: Date | null = null
  const { installation, keys } = await ensureInstallation(db, new Date())
  if (keys === null) throw new Error('the template database already has keys')
  const ctx: Ctx = {
    db,
    now: () => fixed ?? new Date(),
    log: createLog(process.env['TEST_LOG_LEVEL'] ?? 'silent'),
    config: { ...loadConfig({ NODE_ENV: 'test', ...UNLIMITED }), ...settings },
    metrics: createMetrics({ processMetrics: false }),
    hints: createWorkHints(),
    secret: installation.secret,
  }
  const workspaceId = installation.default_workspace_id
  await ensureDemoCustomFields(ctx, workspaceId)
  await ensureDemoForm(ctx, workspaceId)
  await ensureDefaultScoreModel(ctx, workspaceId)
  const app = await buildApp(ctx, 'http://127.0.0.1')
  t.teardown(async () => {
    await app.close()
    await db.close()
  })

  const makeKey: TestService['makeKey'] = async (
    kind,
    { scopes = [], workspaceId: other = workspaceId, origin } = {},
  ) => {
    const wanted = { name: 'test', kind, scopes, origin: origin ?? null, expiresAt: null }
    return (await createKey(db, other, wanted, new Date())).secret
  }
  return {
    app,
    ctx,
    workspaceId,
    key: keys.secret,
    setNow: (now) => {
      fixed = now
    },
    call: (method, url, body, more = {}) =>
      app.inject({
        method: method as 'GET',
        url,
        ...(body !== undefined && { payload: body as object }),
        ...more,
        headers: { authorization: `Bearer ${keys.secret}`, ...more.headers },
      }),
    drain: async () => {
      for (const work of dueWork(ctx)) {
        await work.drain(workspaceId)
        await work.settle?.()
      }
    },
    makeKey,
    makeWorkspace: async () => {
      const other = uuidv7()
      await withWorkspace(db, other, (tx) => insertWorkspace(tx, 'Another', new Date().toISOString()))
      return { workspaceId: other, key: await makeKey('secret', { workspaceId: other }) }
    },
  }
}
