/**
 * Visits of leads on their timelines. They are made anew from the raw events of the time that is pending, together with
 * the visits that it touches: so late events join what they belong to, and a visit keeps its id while it grows.
 */
import type { Tx } from '../../db/client.ts'
import { describeVisit, LONGEST_VISIT_MS, VISIT_PAUSE_MS, type Visit, visitsOf } from '../../domain/behaviour/visits.ts'
import { newId } from '../../domain/new-id.ts'
import { insertRows } from '../desk-queries.ts'
import {
  claimPendingVisits,
  deleteVisits,
  findVisits,
  listVisitEvents,
  type PendingVisits,
  type StoredVisit,
  settleVisits,
  VISIT_TYPE,
} from '../events/visit-queries.ts'
import type { Stage } from '../judge/stage.ts'

/** Sums up what leads did on the website since they were judged last. Decides nothing about them. */
export const visitStage: Stage = {
  name: 'visits',
  load: async (tx, desk) => {
    const leads = [...desk.leads.values()].filter(({ reasons }) => reasons.includes('event'))
    const pending =
      leads.length === 0
        ? []
        : await claimPendingVisits(
            tx,
            leads.map(({ id }) => id),
          )
    const found = await Promise.all(pending.map((each) => readVisits(tx, each)))
    return { decide: () => undefined, write: (tx) => writeVisits(tx, pending, found) }
  },
}

interface FoundVisits {
  stored: StoredVisit[]
  lines: Record<string, unknown>[]
}

async function readVisits(tx: Tx, pending: PendingVisits): Promise<FoundVisits> {
  const { visits_from: first, visits_to: last } = pending
  const [from, to] = [shift(first, -VISIT_PAUSE_MS), shift(last, VISIT_PAUSE_MS)]
  const stored = await findVisits(tx, pending, { earliest: shift(from, -LONGEST_VISIT_MS), from, to })
  const start = stored.reduce((earliest, { started_at }) => (started_at < earliest ? started_at : earliest), first)
  const end = stored.reduce((latest, { ended_at }) => (ended_at > latest ? ended_at : latest), last)
  const visits = visitsOf(await listVisitEvents(tx, pending, start, end))
  const free = [...stored]
  return { stored, lines: visits.map((visit) => lineOf(visit, takeId(free, visit), pending)) }
}

const shift = (moment: string, milliseconds: number) => new Date(Date.parse(moment) + milliseconds).toISOString()

/** The id of a stored visit that this one continues, else a new one. */
function takeId(free: StoredVisit[], { started_at, ended_at }: Visit): string {
  const place = free.findIndex((known) => known.started_at <= ended_at && known.ended_at >= started_at)
  return (place === -1 ? undefined : free.splice(place, 1)[0]?.id) ?? newId()
}

function lineOf(visit: Visit, id: string, { lead_id, visitor_id }: PendingVisits) {
  const { started_at, ...data } = visit
  return {
    id,
    lead_id,
    type: VISIT_TYPE,
    occurred_at: started_at,
    actor: 'visitor',
    subject: describeVisit(visit),
    data: { visitor_id, ...data },
    receipt_id: null,
  }
}

async function writeVisits(tx: Tx, pending: PendingVisits[], found: FoundVisits[]): Promise<void> {
  await Promise.all([
    deleteVisits(
      tx,
      found.flatMap(({ stored }) => stored.map(({ id }) => id)),
    ),
    insertRows(
      tx,
      'activities',
      found.flatMap(({ lines }) => lines),
    ),
    settleVisits(
      tx,
      pending.map(({ visitor_id }) => visitor_id),
    ),
  ])
}
