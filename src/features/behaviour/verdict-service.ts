/** Verdicts that change later: the events stay, and what is counted from them follows. */
import type { Caller, Ctx } from '../../ctx.ts'
import { timeOfEventId } from '../../domain/behaviour/event.ts'
import { verdictAt } from '../../domain/behaviour/judge-traffic.ts'
import { decodeTypeId } from '../../domain/type-id.ts'
import { notFound, validationFailed } from '../../errors.ts'
import { requireMoment } from '../../http/moment-parameter.ts'
import type { EventSelection } from '../../pipeline/events/ownership-queries.ts'
import { rejudgeEvents } from '../../pipeline/events/rejudge-events.ts'
import { withJourney } from '../../pipeline/with-journey.ts'
import { VERDICT_LIMIT } from './verdict-schemas.ts'

/** A verdict as the schema lets it through. */
export interface VerdictInput {
  events: {
    event_ids?: string[]
    visitor_id?: string
    lead_id?: string
    name?: string
    occurred_after?: string
    occurred_before?: string
  }
  bot_probability: number
}

/** Changes the verdict on the chosen events. */
export async function judgeEvents(
  ctx: Ctx,
  caller: Caller,
  { events, bot_probability }: VerdictInput,
): Promise<{ changed: number; has_more: boolean }> {
  const selection = readSelection(events)
  const verdict = verdictAt(bot_probability)
  const changed = await withJourney(ctx.db, caller.workspaceId, (tx) =>
    rejudgeEvents(tx, selection, verdict, VERDICT_LIMIT),
  )
  return { changed, has_more: changed === VERDICT_LIMIT }
}

function readSelection(chosen: VerdictInput['events']): EventSelection {
  const { event_ids, visitor_id, lead_id, name, occurred_after, occurred_before } = chosen
  if (event_ids === undefined && visitor_id === undefined && lead_id === undefined) {
    const detail = 'Name event_ids, visitor_id or lead_id.'
    throw validationFailed([{ code: 'required', detail, pointer: '/events', parameter: null }])
  }
  const uuids = event_ids?.map((id) => decodeTypeId('event', id)).filter((id) => id !== undefined)
  const leadId = lead_id === undefined ? null : decodeTypeId('lead', lead_id)
  if (leadId === undefined) throw notFound('lead')
  return {
    lead_id: leadId,
    visitor_id: visitor_id ?? null,
    events: uuids?.filter((id) => timeOfEventId(id) < LATEST).map(placeOf) ?? null,
    name: name ?? null,
    occurred_after: requireMoment('occurred_after', occurred_after),
    occurred_before: requireMoment('occurred_before', occurred_before),
  }
}

/** Beyond it an id is none of ours, and no moment of the database. */
const LATEST = Date.UTC(9999, 0)

const placeOf = (id: string) => ({ id, occurred_at: new Date(timeOfEventId(id)).toISOString() })
