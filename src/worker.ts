/** The door to the background: queue, dispatcher, stop in order. */
import type { Ctx } from './ctx.ts'
import { sqlStateOf } from './db/client.ts'
import { watchYoungTables } from './db/young-tables.ts'
import { dueWork, scheduledJobs } from './jobs.ts'
import { startDispatcher } from './queue/due-work.ts'
import { openJobQueue } from './queue/job-queue.ts'

export interface Worker {
  stop(): Promise<void>
}

/** Starts the background work of this process. */
export async function startWorker(ctx: Ctx, jobsUrl: string): Promise<Worker> {
  const queue = await openJobQueue(jobsUrl, (error) => ctx.log.warn({ kind: error.name }, 'the job queue had a fault'))
  const dispatcher = await startDispatcher({ db: ctx.db, queue, hints: ctx.hints, log: ctx.log, work: dueWork(ctx) })
  const statistics = watchYoungTables(ctx.db, (error) =>
    ctx.log.warn({ sqlstate: sqlStateOf(error) }, 'statistics of young tables could not be refreshed; trying again'),
  )
  for (const { name, cron, run } of scheduledJobs(ctx)) {
    await queue.schedule(name, cron, async () => {
      await run()
    })
  }
  return {
    stop: async () => {
      await statistics.stop()
      await dispatcher.stop()
      await queue.close()
    },
  }
}
