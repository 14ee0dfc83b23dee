/**
 * pg-boss behind four verbs: open, send, work, close. It holds only what is due within about a minute; truth lives in
 * the due rows of our own tables, so losing the whole queue database loses nothing.
 */
import { PgBoss } from 'pg-boss'

export interface JobQueue {
  /** Asks that a job be run soon; a job of the same name and key that still waits is enough. */
  send(name: string, key: string, data: Record<string, string>): Promise<void>
  /** Runs the jobs of a name; a thrown error means "try again later". */
  work(name: string, run: (data: Record<string, string>) => Promise<void>): Promise<void>
  /** Runs `run` once at each moment of the cron expression (UTC), on one process of all. */
  schedule(name: string, cron: string, run: () => Promise<void>): Promise<void>
  close(): Promise<void>
}

/** A worker that dies is noticed within two heartbeats; handlers are short. */
const HEARTBEAT_SECONDS = 15
/** Small jobs in parallel per fetch; batch size 1 with notifications would sleep after each job (stack.md 4). */
const BATCH = 10

const QUEUE_OPTIONS = {
  policy: 'short' as const, // one waiting job for each key
  heartbeatSeconds: HEARTBEAT_SECONDS,
  expireInSeconds: 300,
  retryLimit: 3,
  retryBackoff: true,
  deleteAfterSeconds: 3600,
  notify: true,
}

/** Connects and prepares the queue's own schema. */
export async function openJobQueue(connectionString: string, onError: (error: Error) => void): Promise<JobQueue> {
  const boss = new PgBoss({
    connectionString,
    application_name: 'leadwell jobs',
    max: 4,
    useListenNotify: true,
    superviseIntervalSeconds: 10,
    monitorIntervalSeconds: 10,
  })
  boss.on('error', onError)
  await boss.start()
  const known = new Set<string>()
  const ready = async (name: string) => {
    if (known.has(name)) return
    await boss.createQueue(name, QUEUE_OPTIONS)
    known.add(name)
  }
  return {
    send: async (name, key, data) => {
      await ready(name)
      await boss.send(name, data, { singletonKey: key })
    },
    work: async (name, run) => {
      await ready(name)
      await boss.work<Record<string, string>>(name, { batchSize: BATCH, pollingIntervalSeconds: 1 }, async (jobs) => {
        await Promise.all(jobs.map((job) => run(job.data)))
      })
    },
    schedule: async (name, cron, run) => {
      await ready(name)
      await boss.schedule(name, cron, {}, { tz: 'UTC' })
      await boss.work(name, { batchSize: 1, pollingIntervalSeconds: 30 }, async () => await run())
    },
    close: () => boss.stop({ graceful: true, timeout: 10_000 }),
  }
}
