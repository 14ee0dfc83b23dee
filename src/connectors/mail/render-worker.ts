/** A thread that renders: the pool ends it when a template takes too long or too much. */
import { parentPort, workerData } from 'node:worker_threads'
import { refKeysOf } from '../../domain/mail/link-ref.ts'
import { compose, preview, TemplateError } from './compose.ts'
import { findSyntaxFault } from './liquid.ts'
import { type Job, type Outcome, type PartFault, READY, type RenderSources } from './render-job.ts'

const keys = refKeysOf((workerData as { secret: Uint8Array }).secret)
const port = parentPort
if (port === null) throw new Error('this file runs as a worker thread')

/** Outcomes travel together, and no finished one waits for longer than this: the pool takes silence for a slow template. */
const TELL_MS = 20

port.on('message', (jobs: Job[]) => {
  let outcomes: Outcome<unknown>[] = []
  let told = performance.now()
  for (const job of jobs) {
    outcomes.push(run(job))
    if (performance.now() - told < TELL_MS) continue
    port.postMessage(outcomes)
    outcomes = []
    told = performance.now()
  }
  if (outcomes.length > 0) port.postMessage(outcomes)
})
port.postMessage(READY)

function run(job: Job): Outcome<unknown> {
  try {
    if ('inspect' in job) return { ok: true, result: inspect(job.inspect) }
    return { ok: true, result: 'frame' in job ? compose(job, keys) : preview(job) }
  } catch (error) {
    if (!(error instanceof TemplateError))
      return { ok: false, code: 'template_error', detail: 'The mail cannot be built.' }
    const code = /limit exceeded/i.test(error.message) ? 'template_timeout' : 'template_error'
    return { ok: false, code, detail: error.message }
  }
}

const PARTS = ['subject', 'preheader', 'html', 'text'] as const satisfies (keyof RenderSources)[]

function inspect(all: RenderSources[]): PartFault[] {
  return all.flatMap((sources, index) =>
    PARTS.flatMap((part) => {
      const detail = findSyntaxFault(sources[part] ?? '')
      return detail === null ? [] : [{ index, part, detail }]
    }),
  )
}
