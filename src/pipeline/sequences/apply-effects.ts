/** What steps do to the world, in the transaction that moves their enrollments: mails are planned, leads are changed. */
import type { Statement, Tx } from '../../db/client.ts'
import type { LeadEdit } from '../../domain/merge-edit.ts'
import type { Advance } from '../../domain/sequence/advance.ts'
import { type EnrollmentRow, sequenceActor } from '../../domain/sequence/enrollment.ts'
import type { SequenceDefinition, Step } from '../../domain/sequence/sequence.ts'
import { decodeTypeId, encodeTypeId } from '../../domain/type-id.ts'
import { editLead } from '../edit-lead.ts'
import type { JudgeDesk, JudgedLead } from '../judge/judge-desk.ts'
import { type MessagePlan, planMessages } from '../mail/plan-message.ts'
import { moveLead } from '../move-lead.ts'
import { tellEnrollment } from './end-enrollments.ts'
import { enrollLeads } from './enroll-leads.ts'
import type { VisitRow } from './enrollment-queries.ts'
import { editOfStep } from './step-edit.ts'

interface Look {
  row: EnrollmentRow
  definition: SequenceDefinition
  judged: JudgedLead
  step: Advance
}

/** One step that does something, and the visit that records what it came to. */
interface Deed extends Look {
  of: Step
  variant: string | null
  visit: VisitRow
}

/** Does what the steps of these enrollments do; each visit learns its outcome. */
export async function applyEffects(
  tx: Tx,
  desk: JudgeDesk,
  looks: readonly Look[],
  visits: readonly VisitRow[],
  now: Date,
): Promise<void> {
  const deeds = looks.flatMap((look) => deedsOf(look, visits))
  await planMails(tx, deeds, now)
  for (const deed of deeds) {
    const outcome = await doDeed(tx, desk, deed, now)
    if (outcome !== null) deed.visit.outcome = outcome
  }
}

function deedsOf(look: Look, visits: readonly VisitRow[]): Deed[] {
  const own = visits.filter(({ enrollment_id }) => enrollment_id === look.row.id)
  let from = 0
  return look.step.effects.flatMap(({ step, variant }) => {
    // Effects and visits are in the same order; a circle comes by the same step again.
    const at = own.findIndex(({ step_key }, i) => i >= from && step_key === step.key)
    const visit = own[at]
    from = at + 1
    return visit === undefined ? [] : [{ ...look, of: step, variant, visit }]
  })
}

/** All mails of the batch at once; the number of the visit makes each one row, whatever happens. */
async function planMails(tx: Tx, deeds: readonly Deed[], now: Date): Promise<void> {
  const mails = deeds.flatMap((deed) => (deed.of.email === null ? [] : [{ deed, plan: mailOf(deed, deed.of.email) }]))
  const planned = await planMessages(
    tx,
    mails.map(({ plan }) => plan),
    now,
  )
  for (const [i, { deed }] of mails.entries()) {
    const message = planned[i]
    if (message === undefined) continue
    deed.visit.message_id = message.id
    deed.visit.outcome = message.message.state === 'withheld' ? `withheld_${message.message.reason}` : 'done'
  }
  if (mails.length > 0) tx.announce('messages')
}

function mailOf({ row, definition, of, variant, visit }: Deed, email: NonNullable<Step['email']>): MessagePlan {
  return {
    key: `enrollment:${row.id}:${visit.position}`,
    kind: definition.mail_kind,
    purpose: definition.purpose,
    lead_id: row.lead_id,
    template_key: email.template_key,
    sender_key: email.sender_key,
    sequence_key: row.sequence_key,
    enrollment_id: row.id,
    step_key: of.key,
    ...(variant !== null && { variant }),
    actor: sequenceActor(row.sequence_key),
  }
}

/** What a step came to; null for a mail, which has told already. */
async function doDeed(tx: Tx, desk: JudgeDesk, deed: Deed, now: Date): Promise<string | null> {
  const { of, row, judged } = deed
  const teller = { actor: sequenceActor(row.sequence_key), origin: null }
  const wanted = editOfStep(desk, judged.lead, of)
  if (wanted !== null) return await edit(tx, deed, wanted, now)
  if (of.move_stage !== null) {
    const { stage_key: to, reason } = of.move_stage
    const wish = { by: 'key' as const, to, reason, note: null, wake_at: null }
    const result = await moveLead(tx, teller, row.lead_id, () => wish, now)
    return result.outcome === 'moved' ? 'done' : result.outcome
  }
  if (of.notify !== null) return await notify(tx, deed, of.notify, now)
  if (of.webhook !== null) {
    tellEnrollment(tx, 'enrollment.signaled', row, now, { name: of.webhook.name, step_key: of.key })
    return 'done'
  }
  if (of.enroll !== null) {
    const entered_by = sequenceActor(row.sequence_key)
    const [result] = await enrollLeads(tx, { key: of.enroll.sequence_key, leadIds: [row.lead_id], entered_by }, now)
    return result?.outcome === 'enrolled' ? 'done' : (result?.reason ?? 'not_enrolled')
  }
  return null
}

async function edit(tx: Tx, { row }: Deed, wanted: LeadEdit, now: Date): Promise<string> {
  const teller = { actor: sequenceActor(row.sequence_key), origin: null }
  const { outcome } = await editLead(tx, teller, row.lead_id, wanted, null, now)
  return outcome === 'updated' ? 'done' : outcome
}

const sellerStatement: Statement = {
  name: 'find_seller_address',
  text: 'SELECT email, name FROM users WHERE workspace_id = $1 AND id = $2 AND active',
}

/** Mail to the owner of the lead, or to the named seller; nobody to tell is an outcome too. */
async function notify(tx: Tx, deed: Deed, { user_id, subject, text }: NonNullable<Step['notify']>, now: Date) {
  const { row, judged, of, visit } = deed
  const seller = user_id === null ? judged.lead.owner_id : (decodeTypeId('user', user_id) ?? null)
  if (seller === null) return 'no_owner'
  const [to] = await tx.query<{ email: string; name: string }>(sellerStatement, [tx.workspaceId, seller])
  if (to === undefined) return 'no_seller'
  const [planned] = await planMessages(
    tx,
    [
      {
        key: `enrollment:${row.id}:${visit.position}`,
        kind: 'transactional',
        purpose: 'notification',
        lead_id: null,
        to,
        content: { subject, html: null, text },
        data: { lead: { id: encodeTypeId('lead', row.lead_id), name: judged.lead.full_name } },
        sequence_key: row.sequence_key,
        enrollment_id: row.id,
        step_key: of.key,
        actor: sequenceActor(row.sequence_key),
      },
    ],
    now,
  )
  visit.message_id = planned?.id ?? null
  tx.announce('messages')
  return 'done'
}
