/** Walks one lead through a sequence by a clock of its own: the decisions are those of a live enrollment. */
import type { Static } from 'typebox'
import type { Ctx } from '../../ctx.ts'
import { type Tx, withWorkspace } from '../../db/client.ts'
import { withEvents } from '../../domain/condition/condition-facts.ts'
import type { EnrollmentFacts } from '../../domain/sequence/advance.ts'
import { rehearseSequence } from '../../domain/sequence/rehearse-sequence.ts'
import type { SequenceDefinition } from '../../domain/sequence/sequence.ts'
import { notFound } from '../../errors.ts'
import { requireId } from '../../http/id-parameter.ts'
import { listLeads } from '../../pipeline/desk-queries.ts'
import { unjudged } from '../../pipeline/explain-on-lead.ts'
import { openJudgeDesk } from '../../pipeline/judge/open-judge-desk.ts'
import { refusalOf } from '../../pipeline/sequences/enroll-leads.ts'
import { loadContactFacts } from '../../pipeline/sequences/enrollment-facts.ts'
import { listEarlier } from '../../pipeline/sequences/enrollment-queries.ts'
import { compiledOf, onlySequences } from '../../pipeline/sequences/find-sequence.ts'
import { findPolicy, findPolicyVersion } from '../../policies/policy-queries.ts'
import { DEFAULT_DAYS, MOST_LOG, type RehearsalRequest } from './rehearsal-schemas.ts'

type Wish = Static<typeof RehearsalRequest>

/** What would happen to the lead; 404 for an unknown sequence, version or lead. */
export async function rehearse(ctx: Ctx, workspaceId: string, key: string, wish: Wish) {
  const { version, definition } = await findDefinition(ctx, workspaceId, key, wish.version)
  const leadId = requireId('lead', wish.lead_id)
  const now = ctx.now()
  return await withWorkspace(ctx.db, workspaceId, async (tx) => {
    const { facts, refusal, sequence } = await openLead(tx, leadId, { key, definition }, now)
    const events = readEvents(wish)
    const moments = [wish.replied_at, wish.opted_out_at].flatMap((at) => (at === undefined ? [] : [new Date(at)]))
    const { log, end, ended_at, waits_at } = rehearseSequence(sequence, {
      start: now,
      days: wish.days ?? DEFAULT_DAYS,
      seed: leadId,
      events: [...events, ...moments.map((at) => ({ occurredAt: at.getTime() }))],
      factsAt: (at) => ({
        ...facts,
        lead: withEvents(facts.lead, events),
        replied: hasCome(wish.replied_at, at),
        opted_out: facts.opted_out || hasCome(wish.opted_out_at, at),
      }),
    })
    return {
      version,
      entry_refusal: refusal,
      log: log.slice(0, MOST_LOG).map((step) => ({ ...step, at: step.at.toISOString() })),
      end_reason: end,
      ended_at: ended_at?.toISOString() ?? null,
      waits_at,
    }
  })
}

const hasCome = (moment: string | undefined, at: Date) => moment !== undefined && new Date(moment) <= at

const readEvents = ({ events = [] }: Wish) =>
  events.map(({ name, occurred_at, properties = {} }) => ({ name, occurredAt: Date.parse(occurred_at), properties }))

async function findDefinition(ctx: Ctx, workspaceId: string, key: string, wanted: number | undefined) {
  const policy = await findPolicy(ctx.db, workspaceId, 'sequence', key)
  if (policy === undefined) throw notFound('sequence')
  const version = wanted ?? policy.draft_version ?? policy.published_version ?? policy.latest_version
  const found = await findPolicyVersion(ctx.db, workspaceId, 'sequence', key, version)
  if (found === undefined) throw notFound('sequence version')
  // Only sequences are stored under their kind.
  return { version, definition: found.definition as unknown as SequenceDefinition }
}

async function openLead(tx: Tx, id: string, sequence: { key: string; definition: SequenceDefinition }, now: Date) {
  const leads = await listLeads(tx, [id])
  const desk = await openJudgeDesk(tx, leads.map(unjudged), now, {
    narrow: onlySequences,
    definitions: [sequence.definition],
  })
  const judged = desk.leads.get(id)
  if (judged === undefined) throw notFound('lead')
  const { lead } = judged
  const contact = await loadContactFacts(tx, [lead], [])
  const earlier = await listEarlier(tx, tx.workspaceId, [id])
  const facts: EnrollmentFacts = {
    lead: judged.facts,
    timeZone: lead.time_zone ?? desk.policy.settings.time_zone,
    stage_key: lead.stage_key,
    archived: lead.archived,
    replied: false,
    opted_out: contact.hasOptedOut(lead, sequence.definition, now),
  }
  const refusal = refusalOf(desk, contact, earlier, judged, sequence, false)
  return { facts, refusal, sequence: compiledOf(desk.catalogue, sequence.definition) }
}
