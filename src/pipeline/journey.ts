/**
 * A lead's journey, as a table of contents: facts are loaded once, pure decisions run in order on the desk, and all
 * verdicts of a workspace's batch are written in one transaction.
 */

import type { Tx } from '../db/client.ts'
import type { Intake } from '../domain/intake.ts'
import { typeCustomFields } from './custom-fields.ts'
import { loadDesk } from './desk.ts'
import { linkVisitors } from './events/link-visitors.ts'
import { recognitionsOf } from './recognize-visitors.ts'
import { type Resolution, resolveLead } from './resolve-lead.ts'
import { tellResolution } from './tell-story.ts'
import { writeDesk } from './write-desk.ts'

/** Runs the journey for a batch of intakes, in their order. Throws StaleFacts when it has to be run again. */
export async function runJourney(tx: Tx, intakes: Intake[], now: Date): Promise<Resolution[]> {
  const typed = await typeCustomFields(tx, intakes)
  const desk = await loadDesk(
    tx,
    typed.flatMap((intake) => intake.identities),
  )
  const resolutions = typed.map((intake) => {
    const resolution = resolveLead(desk, intake, now)
    tellResolution(desk, resolution, now)
    return resolution
  })
  // Before the desk: visitors are locked after leads, and lead work is marked last.
  await linkVisitors(tx, recognitionsOf(resolutions), now)
  await writeDesk(tx, desk, now)
  return resolutions
}
