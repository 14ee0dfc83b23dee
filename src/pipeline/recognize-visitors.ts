/** A form tells who uses a browser: its submission carries the visitor id of the page. */
import { isVisitorId } from '../domain/behaviour/event.ts'
import type { Recognition } from './events/visitor-queries.ts'
import type { Resolution } from './resolve-lead.ts'

/** Who was recognized by these intakes. A visitor id that no tracker of ours could have made is only attribution. */
export function recognitionsOf(resolutions: readonly Resolution[]): Recognition[] {
  return resolutions.flatMap(({ intake, lead, outcome }) => {
    const { visitor_id } = intake.attribution
    if (outcome === 'rejected' || intake.by !== 'person' || visitor_id === undefined) return []
    return isVisitorId(visitor_id) ? [{ visitor_id, lead_id: lead.id, by: intake.source }] : []
  })
}
