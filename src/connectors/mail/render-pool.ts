/**
 * Warm threads that render templates, each one job at a time under a hard limit of time and memory: a template that does
 * not come to an end is killed with its thread, and a fresh one takes the place (S16: Liquid's own limit fired after 1.4 s).
 */
import { availableParallelism } from 'node:os'
import { Worker } from 'node:worker_threads'
import { perCtx } from '../../ctx.ts'
import { compiledPath } from '../../package-root.ts'
import type { InspectJob, InspectOutcome, RenderJob, RenderOutcome } from './render-job.ts'
import { READY } from './render-job.ts'

/** Hard limit of one job (S16), in time of the processor; an ordinary mail takes 1 ms. */
export const RENDER_TIMEOUT_MS = 250
/** However little of a processor a thread has got, nobody waits for longer. */
const RENDER_PATIENCE_MS = 2_500
/** Hard limit of a thread's heap (S16), its libraries included. */
const HEAP_MB = 32
/** Threads of a process: rendering is a fifth of the work of sending, so two keep up with the rest. */
const THREADS = Math.min(2, availableParallelism())

export interface RenderPool {
  render(job: RenderJob): Promise<RenderOutcome>
  inspect(job: InspectJob): Promise<InspectOutcome>
}

interface Task {
  job: RenderJob | InspectJob
  done(outcome: unknown): void
}

/** The pool of a running service; threads start with the first job and never hold the process. */
export const renderPool = perCtx((ctx) => createRenderPool(ctx.secret))

/** Makes a pool whose mails carry references under this secret. */
export function createRenderPool(secret: Buffer, threads: number = THREADS): RenderPool {
  const waiting: Task[] = []
  const idle: Thread[] = []
  let running = 0
  const next = (thread: Thread | null) => {
    if (thread === null) running--
    else idle.push(thread)
    const task = waiting.shift()
    if (task !== undefined) start(task)
  }
  const start = (task: Task) => {
    const free = idle.pop()
    if (free === undefined && running >= threads) return void waiting.push(task)
    if (free === undefined) running++
    void (free ?? startThread(secret)).run(task.job).then(({ thread, outcome }) => {
      task.done(outcome)
      next(thread)
    })
  }
  const submit = <T>(job: RenderJob | InspectJob) =>
    new Promise<T>((resolve) => start({ job, done: (outcome) => resolve(outcome as T) }))
  return { render: (job) => submit<RenderOutcome>(job), inspect: (job) => submit<InspectOutcome>(job) }
}

interface Thread {
  /** Does one job; the thread comes back as null when the job has cost it its life. */
  run(job: RenderJob | InspectJob): Promise<{ thread: Thread | null; outcome: unknown }>
}

const TIMED_OUT: RenderOutcome = {
  ok: false,
  code: 'template_timeout',
  detail: `It took longer than ${RENDER_TIMEOUT_MS} ms.`,
}
const DIED: RenderOutcome = { ok: false, code: 'template_timeout', detail: `It needed more than ${HEAP_MB} MB.` }

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
  let answer: ((outcome: unknown) => void) | null = null
  // Starting costs 0.2 s and is not the template's fault: the clock of a job begins when the thread is ready.
  const ready = new Promise<void>((resolve) => {
    worker.on('message', (message) => (message === READY ? resolve() : answer?.(message)))
    worker.on('error', () => answer?.(null))
    worker.on('exit', () => {
      resolve()
      answer?.(null)
    })
  })
  const thread: Thread = {
    run: async (job) => {
      worker.ref()
      await ready
      const outcome = await new Promise((resolve) => {
        const began = { cpu: process.cpuUsage(), at: performance.now() }
        // The answer may be in already while this thread was busy: messages are looked at before the verdict.
        const late = () => setImmediate(() => setImmediate(judge))
        const judge = () => {
          const { user, system } = process.cpuUsage(began.cpu)
          // Less than the limit in the whole process: the machine is busy with something else, not the template.
          const isStarved = (user + system) / 1000 < RENDER_TIMEOUT_MS
          if (!isStarved || performance.now() - began.at > RENDER_PATIENCE_MS) resolve(TIMED_OUT)
          else timer = setTimeout(late, RENDER_TIMEOUT_MS / 5)
        }
        let timer = setTimeout(late, RENDER_TIMEOUT_MS)
        answer = (given) => {
          clearTimeout(timer)
          resolve(given ?? DIED)
        }
        worker.postMessage(job)
      })
      answer = null
      const isAlive = outcome !== TIMED_OUT && outcome !== DIED
      if (isAlive) worker.unref()
      else void worker.terminate()
      return { thread: isAlive ? thread : null, outcome }
    },
  }
  return thread
}
