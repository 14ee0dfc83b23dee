/** Walks one lead through a sequence by a clock of its own: the decisions are those of a live enrollment. */
import type { Static } from 'typebox'
import type { Ctx } from '../../ctx.ts'
import { type Tx, withWorkspace } from '../../db/client.ts'
import { withEvents } from '../../domain/condition/condition-facts.ts'
import type { Effect, EnrollmentFacts } from '../../domain/sequence/advance.ts'
import { sequenceActor } from '../../domain/sequence/enrollment.ts'
import { rehearseSequence } from '../../domain/sequence/rehearse-sequence.ts'
import type { SequenceDefinition, Step } from '../../domain/sequence/sequence.ts'
import { notFound } from '../../errors.ts'
import { requireId } from '../../http/id-parameter.ts'
import { onDesk, putLead } from '../../pipeline/desk.ts'
import { listLeads } from '../../pipeline/desk-queries.ts'
import { editOnDesk } from '../../pipeline/edit-lead.ts'
import { unjudged } from '../../pipeline/explain-on-lead.ts'
import type { JudgeDesk } from '../../pipeline/judge/judge-desk.ts'
import { openJudgeDesk } from '../../pipeline/judge/open-judge-desk.ts'
import { refusalOf } from '../../pipeline/sequences/enroll-leads.ts'
import { loadContactFacts } from '../../pipeline/sequences/enrollment-facts.ts'
import { listEarlier } from '../../pipeline/sequences/enrollment-queries.ts'
import { compiledOf, onlySequences } from '../../pipeline/sequences/find-sequence.ts'
import { editOfStep } from '../../pipeline/sequences/step-edit.ts'
import { findPolicy, findPolicyVersion } from '../../policies/policy-queries.ts'
import { DEFAULT_DAYS, MOST_LOG, type RehearsalRequest } from './rehearsal-schemas.ts'

type Wish = Static<typeof RehearsalRequest>

/** What would happen to the lead; 404 for an unknown sequence, version or lead. */
export async function rehearse(ctx: Ctx, workspaceId: string, key: string, wish: Wish) {
  const { version, definition } = await findDefinition(ctx, workspaceId, key, wish.version)
  const leadId = requireId('lead', wish.lead_id)
  const now = ctx.now()
  return await withWorkspace(ctx.db, workspaceId, async (tx) => {
    const { factsNow, play, refusal, sequence } = await openLead(tx, leadId, { key, definition }, now)
    const events = readEvents(wish)
    const moments = [wish.replied_at, wish.opted_out_at].flatMap((at) => (at === undefined ? [] : [new Date(at)]))
    const { log, end, ended_at, waits_at } = rehearseSequence(sequence, {
      start: now,
      days: wish.days ?? DEFAULT_DAYS,
      seed: leadId,
      events: [...events, ...moments.map((at) => ({ occurredAt: at.getTime() }))],
      factsAt: (at) => {
        const facts = factsNow()
        return {
          ...facts,
          lead: withEvents(facts.lead, events),
          replied: hasCome(wish.replied_at, at),
          opted_out: facts.opted_out || hasCome(wish.opted_out_at, at),
        }
      },
      play,
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
  const opted_out = contact.hasOptedOut(lead, sequence.definition, now)
  const factsNow = (): EnrollmentFacts => ({
    lead: judged.facts,
    timeZone: judged.lead.time_zone ?? desk.policy.settings.time_zone,
    stage_key: judged.lead.stage_key,
    archived: judged.lead.archived,
    replied: false,
    opted_out,
  })
  const refusal = refusalOf(desk, contact, earlier, judged, sequence, false)
  return {
    factsNow,
    play: (effect: Effect, at: Date) => playStep(desk, id, effect.step, sequenceActor(sequence.key), at),
    refusal,
    sequence: compiledOf(desk.catalogue, sequence.definition),
  }
}

/** Does to the working copy of the lead what the step would do to the lead; the desk is never written. */
function playStep(desk: JudgeDesk, id: string, step: Step, actor: string, now: Date): void {
  const { lead, sources } = onDesk(desk.desk, id)
  const edit = editOfStep(desk, lead, step)
  if (edit !== null) editOnDesk(desk.desk, { actor, origin: null }, id, edit, null, now)
  if (step.move_stage !== null) putLead(desk.desk, { ...lead, stage_key: step.move_stage.stage_key }, sources)
}
