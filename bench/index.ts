/** All benchmarks by name. */
import { benchCapture } from './capture.ts'
import { benchEvents } from './events.ts'
import { benchJudge } from './judge.ts'
import { benchMail } from './mail.ts'
import { benchPipeline } from './pipeline.ts'
import { benchReads } from './reads.ts'
import { benchRouting } from './routing.ts'
import { benchSegments } from './segments.ts'
import { benchSequences } from './sequences.ts'
import { benchSla } from './sla.ts'
import { benchWebhooks } from './webhooks.ts'

export const BENCHES = {
  capture: benchCapture,
  reads: benchReads,
  pipeline: benchPipeline,
  routing: benchRouting,
  judge: benchJudge,
  segments: benchSegments,
  events: benchEvents,
  webhooks: benchWebhooks,
  mail: benchMail,
  sequences: benchSequences,
  sla: benchSla,
}
