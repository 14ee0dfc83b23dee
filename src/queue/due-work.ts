/**
 * The dispatcher of due work. Due work is a row in a tenant's own table; a sweep over all workspaces, twice a second,
 * finds which workspaces have some and asks the job queue to drain each. Hints of the same process skip the wait.
 */
import type { Logger } from 'pino'
import { type Db, type Statement, sweep } from '../db/client.ts'
import type { JobQueue } from './job-queue.ts'
import type { WorkHints, WorkKind } from './work-hints.ts'

export interface DueWork {
  kind: WorkKind
  /** Selects `workspace_id` of workspaces with due work; `$1` is the most to return. */
  sweep: Statement
  /** Does the due work of a workspace until none is left or `isStopping`; safe in any number of processes at once. */
  drain(workspaceId: string, isStopping?: () => boolean): Promise<unknown>
  /** True when a drain may take minutes: the queue then goes on with other workspaces meanwhile. */
  isLong?: boolean
  /** Waits for what a drain has begun and not waited for, such as calls to other systems. */
  settle?(): Promise<unknown>
}

/** Often enough that a separate worker starts within a second, cheap enough to run for ever (0.5 ms a sweep). */
const SWEEP_MS = 500
/** Workspaces taken per sweep; the rest follows half a second later. */
const SWEEP_LIMIT = 200

export interface Dispatcher {
  stop(): Promise<void>
}

/** Starts sweeping and listening; `drain` runs at most once at a time for each kind and workspace in this process. */
export async function startDispatcher(options: {
  db: Db
  queue: JobQueue
  hints: WorkHints
  log: Logger
  work: DueWork[]
}): Promise<Dispatcher> {
  const running = new Map<string, Promise<void>>()
  const again = new Set<string>()
  let stopped = false

  const drain = (work: DueWork, workspaceId: string): Promise<void> => {
    const key = `${work.kind}/${workspaceId}`
    const current = running.get(key)
    if (current !== undefined) {
      // Something arrived while we were at it: one more round after this one finds it.
      again.add(key)
      return current
    }
    const round = (async () => {
      do {
        again.delete(key)
        await work.drain(workspaceId, () => stopped)
      } while (again.has(key) && !stopped)
    })()
      .catch((error: unknown) => {
        options.log.error({ kind: work.kind, reason: describe(error) }, 'due work failed; the next sweep tries again')
      })
      .finally(() => running.delete(key))
    running.set(key, round)
    return round
  }

  for (const work of options.work) {
    await options.queue.work(work.kind, async (data) => {
      const workspaceId = data['workspace_id']
      if (workspaceId === undefined || stopped) return
      const drained = drain(work, workspaceId)
      if (work.isLong !== true) await drained
    })
  }
  const dropHints = options.hints.take((kind, workspaceId) => {
    const work = options.work.find((candidate) => candidate.kind === kind)
    if (work !== undefined && !stopped) void drain(work, workspaceId)
  })

  const sweepOnce = async () => {
    for (const work of options.work) {
      const rows = await sweep<{ workspace_id: string }>(options.db, work.sweep, [SWEEP_LIMIT])
      for (const { workspace_id } of rows) {
        if (running.has(`${work.kind}/${workspace_id}`)) continue
        await options.queue.send(work.kind, workspace_id, { workspace_id })
      }
    }
  }
  let timer: NodeJS.Timeout | undefined
  const loop = async () => {
    try {
      await sweepOnce()
    } catch (error) {
      options.log.warn({ reason: describe(error) }, 'sweep failed; trying again')
    }
    if (!stopped) timer = setTimeout(loop, SWEEP_MS)
  }
  timer = setTimeout(loop, 0)

  return {
    stop: async () => {
      stopped = true
      clearTimeout(timer)
      dropHints()
      await Promise.all(running.values())
      await Promise.all(options.work.map((work) => work.settle?.()))
    },
  }
}

/** Kind of a failure without its text: texts of the database quote data (S11). */
function describe(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown'
  return 'code' in error ? String(error.code) : error.name
}
