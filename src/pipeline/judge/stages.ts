/** Contents page of the judge: every stage, in the order in which a lead passes them. */
import { enrichStage } from '../enrich/enrich-stage.ts'
import { lifecycleStage } from '../lifecycle/lifecycle-stage.ts'
import { routeStage } from '../route/route-stage.ts'
import { scoreStage } from '../score/score-stage.ts'
import { segmentStage } from '../segments/segment-stage.ts'
import { sequenceStage } from '../sequences/sequence-stage.ts'
import { visitStage } from '../visits/visit-stage.ts'
import type { Stage } from './stage.ts'

// biome-ignore format: one stage a line, so that stages that come at the same time do not meet.
export const stages: readonly Stage[] = [
  visitStage,
  enrichStage,
  scoreStage,
  lifecycleStage,
  segmentStage,
  routeStage,
  sequenceStage,
]
