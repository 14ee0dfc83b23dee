/**
 * Warm threads that render templates under a hard limit of time and memory: a template that does not come to an end is
 * killed with its thread, and a fresh one takes the place (S16: Liquid's own limit fired after 1.4 s). Jobs that wait go to
 * a thread together, since a message between threads costs much beside a mail (docs/decisions/0018).
 */
import { availableParallelism } from 'node:os'
import { Worker } from 'node:worker_threads'
import { perCtx } from '../../ctx.ts'
import { compiledPath } from '../../package-root.ts'
import {
  type ComposedMail,
  type InspectJob,
  type Job,
  type MailJob,
  type Outcome,
  type PartFault,
  READY,
  type RenderedWords,
  type RenderJob,
} from './render-job.ts'

/** Hard limit of one job (S16), in time of the processor; an ordinary mail takes less than 1 ms. */
export const RENDER_TIMEOUT_MS = 250
/** However little of a processor a thread has got, nobody waits for longer. */
const RENDER_PATIENCE_MS = 2_500
/** Hard limit of a thread's heap (S16), its libraries included. */
const HEAP_MB = 32
/** Threads of a process: rendering is a third of the work of sending, so two keep up with the rest. */
const THREADS = Math.min(2, availableParallelism())
/** Jobs that a thread gets at once: whoever comes next waits for some milliseconds. */
const MOST_AT_ONCE = 20

export interface RenderPool {
  preview(job: RenderJob): Promise<Outcome<RenderedWords>>
  compose(job: MailJob): Promise<Outcome<ComposedMail>>
  inspect(job: InspectJob): Promise<Outcome<PartFault[]>>
}

interface Task {
  job: Job
  /** True when a thread has died over it and others: it is tried again alone, so that nobody is blamed for another. */
  isSuspect: boolean
  done(outcome: Outcome<unknown>): void
}

/** The pool of a running service; threads start with the first job and never hold the process. */
export const renderPool = perCtx((ctx) => createRenderPool(ctx.secret))

/** Makes a pool whose mails carry references under this secret. */
export function createRenderPool(secret: Buffer, threads: number = THREADS): RenderPool {
  let waiting: Task[] = []
  const idle: Thread[] = []
  let running = 0
  let isPlanned = false

  /** The next tasks of one thread: its share of what waits, a suspect alone. Suspects stand in front. */
  const take = () =>
    waiting.splice(0, waiting[0]?.isSuspect === true ? 1 : Math.min(MOST_AT_ONCE, Math.ceil(waiting.length / threads)))
  const start = () => {
    isPlanned = false
    while (waiting.length > 0 && (idle.length > 0 || running < threads)) {
      const free = idle.pop()
      if (free === undefined) running++
      void work(free ?? startThread(secret), take())
    }
  }
  const work = async (thread: Thread, tasks: Task[]) => {
    const death = await thread.run(tasks)
    if (death === null) idle.push(thread)
    else {
      running--
      if (tasks.length === 1) for (const { done } of death.left) done(death.fault)
      else waiting = [...death.left.map((task) => ({ ...task, isSuspect: true })), ...waiting]
    }
    start()
  }
  const submit = <Result>(job: Job) =>
    new Promise<Outcome<Result>>((resolve) => {
      waiting.push({ job, isSuspect: false, done: (outcome) => resolve(outcome as Outcome<Result>) })
      if (isPlanned) return
      // After this turn of the loop: whatever is asked for in it goes along.
      isPlanned = true
      setImmediate(start)
    })
  return { preview: submit, compose: submit, inspect: submit }
}

/** What a thread has died of, and which of its tasks were not done. */
interface Death {
  fault: Outcome<never>
  left: Task[]
}

interface Thread {
  /** Does tasks in their order; null when it has lived through them. */
  run(tasks: Task[]): Promise<Death | null>
}

const TIMED_OUT: Outcome<never> = {
  ok: false,
  code: 'template_timeout',
  detail: `It took longer than ${RENDER_TIMEOUT_MS} ms.`,
}
const DIED: Outcome<never> = { ok: false, code: 'template_timeout', detail: `It needed more than ${HEAP_MB} MB.` }

function startThread(secret: Buffer): Thread {
  const worker = new Worker(compiledPath('connectors/mail/render-worker.js'), {
    workerData: { secret: new Uint8Array(secret) },
    resourceLimits: { maxOldGenerationSizeMb: HEAP_MB, maxYoungGenerationSizeMb: 8, stackSizeMb: 4 },
    // Neither flags of the process (test hooks) nor its environment are for templates.
    execArgv: [],
    env: {},
    stdout: false,
    stderr: false,
  })
  let hear: ((outcomes: Outcome<unknown>[] | null) => void) | null = null
  // Starting costs 0.2 s and is not the template's fault: the clock of a job begins when the thread is ready.
  const ready = new Promise<void>((resolve) => {
    worker.on('message', (message) => (message === READY ? resolve() : hear?.(message)))
    worker.on('error', () => hear?.(null))
    worker.on('exit', () => {
      resolve()
      hear?.(null)
    })
  })
  return {
    run: async (tasks) => {
      worker.ref()
      await ready
      let left = tasks
      const fault = await new Promise<Outcome<never> | null>((resolve) => {
        const clock = startClock(() => end(TIMED_OUT))
        const end = (outcome: Outcome<never> | null) => {
          hear = null
          clock.stop()
          resolve(outcome)
        }
        hear = (outcomes) => {
          if (outcomes === null) return end(DIED)
          clock.restart()
          for (const [i, outcome] of outcomes.entries()) left[i]?.done(outcome)
          left = left.slice(outcomes.length)
          if (left.length === 0) end(null)
        }
        worker.postMessage(tasks.map(({ job }) => job))
      })
      if (fault === null) worker.unref()
      else void worker.terminate()
      return fault === null ? null : { fault, left }
    },
  }
}

/**
 * Calls `late` when no outcome has come for too long. It looks from time to time instead of at each job: to ask for the
 * time of the processor is a system call.
 */
function startClock(late: () => void): { restart(): void; stop(): void } {
  let began: { cpu: NodeJS.CpuUsage; at: number } | null = null
  const judge = () => {
    if (began === null) {
      began = { cpu: process.cpuUsage(), at: performance.now() }
      return
    }
    const { user, system } = process.cpuUsage(began.cpu)
    // Less than the limit in the whole process: the machine is busy with something else, not the template.
    const isStarved = (user + system) / 1000 < RENDER_TIMEOUT_MS
    if (!isStarved || performance.now() - began.at > RENDER_PATIENCE_MS) late()
  }
  // The outcome may be in already while this thread was busy: messages are looked at before the verdict.
  const timer = setInterval(() => setImmediate(() => setImmediate(judge)), RENDER_TIMEOUT_MS / 5)
  return {
    restart: () => {
      began = null
    },
    stop: () => clearInterval(timer),
  }
}
