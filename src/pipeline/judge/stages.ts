/** Contents page of the judge: every stage, in the order in which a lead passes them. */
import { routeStage } from '../route/route-stage.ts'
import type { Stage } from './stage.ts'

/** enrich -> score -> lifecycle -> segments -> route -> sequences. */
export const stages: readonly Stage[] = [routeStage]
