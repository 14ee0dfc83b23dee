/** A thread that renders: the pool ends it when a template takes too long or too much. */
import { parentPort, workerData } from 'node:worker_threads'
import { refKeysOf } from '../../domain/mail/link-ref.ts'
import { compose, TemplateError } from './compose.ts'
import { findSyntaxFault } from './liquid.ts'
import { type InspectJob, type PartFault, READY, type RenderJob, type RenderSources } from './render-job.ts'

const keys = refKeysOf((workerData as { secret: Uint8Array }).secret)
const port = parentPort
if (port === null) throw new Error('this file runs as a worker thread')

port.on('message', async (job: RenderJob | InspectJob) => {
  port.postMessage('inspect' in job ? { ok: true, faults: inspect(job.inspect) } : await render(job))
})
port.postMessage(READY)

async function render(job: RenderJob) {
  try {
    return { ok: true, rendered: await compose(job, keys) }
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
