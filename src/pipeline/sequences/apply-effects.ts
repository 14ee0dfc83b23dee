/**
 * What steps do to the world, in the transaction that moves their enrollments: mails are planned, leads are changed. The
 * deeds of a batch are done kind by kind, each kind by a few statements. Of one enrollment only the last can change the
 * lead, so what it does before that is done before that.
 */
import type { Statement, Tx } from '../../db/client.ts'
import type { Advance } from '../../domain/sequence/advance.ts'
import { type EnrollmentRow, sequenceActor } from '../../domain/sequence/enrollment.ts'
import type { SequenceDefinition, Step } from '../../domain/sequence/sequence.ts'
import { decodeTypeId, encodeTypeId } from '../../domain/type-id.ts'
import { loadDesk } from '../desk.ts'
import { editOnDesk, identitiesOfEdit } from '../edit-lead.ts'
import type { JudgeDesk, JudgedLead } from '../judge/judge-desk.ts'
import { type MessagePlan, planMessages } from '../mail/plan-message.ts'
import { moveLeads } from '../move-lead.ts'
import { writeDesk } from '../write-desk.ts'
import { tellEnrollment } from './end-enrollments.ts'
import { enrollLeads } from './enroll-leads.ts'
import type { VisitRow } from './enrollment-queries.ts'
import { editOfStep } from './step-edit.ts'

/** An enrollment that takes steps, and its visits, in the order of the steps. */
interface Look {
  row: EnrollmentRow
  definition: SequenceDefinition
  judged: JudgedLead
  step: Advance
  visits: readonly VisitRow[]
}

/** One step that does something, and the visit that records what it came to. */
interface Deed extends Look {
  of: Step
  variant: string | null
  visit: VisitRow
}

/** Does what the steps of these enrollments do; each visit learns its outcome. */
export async function applyEffects(tx: Tx, desk: JudgeDesk, looks: readonly Look[], now: Date): Promise<void> {
  const deeds = looks.flatMap(deedsOf)
  await planMails(tx, deeds, now)
  signal(tx, deeds, now)
  await enroll(tx, deeds, now)
  await edit(tx, desk, deeds, now)
  await move(tx, deeds, now)
}

function deedsOf(look: Look): Deed[] {
  let from = 0
  return look.step.effects.flatMap(({ step, variant }) => {
    // Effects and visits are in the same order; a circle comes by the same step again.
    const at = look.visits.findIndex(({ step_key }, i) => i >= from && step_key === step.key)
    const visit = look.visits[at]
    from = at + 1
    return visit === undefined ? [] : [{ ...look, of: step, variant, visit }]
  })
}

const actorOf = ({ row }: Deed) => sequenceActor(row.sequence_key)

/** All mails of the batch at once; the number of the visit makes each one row, whatever happens. */
async function planMails(tx: Tx, deeds: readonly Deed[], now: Date): Promise<void> {
  const sellers = await listSellers(tx, deeds)
  const mails = deeds.flatMap((deed) => {
    const plan = planOf(deed, sellers)
    if (typeof plan === 'string') deed.visit.outcome = plan
    return plan === null || typeof plan === 'string' ? [] : [{ deed, plan }]
  })
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
}

/** The mail of a deed, null when it is none; a word for the visit when there is nobody to tell. */
function planOf(deed: Deed, sellers: ReadonlyMap<string, Seller>): MessagePlan | string | null {
  const { row, definition, of, variant, visit, judged } = deed
  const own = {
    key: `enrollment:${row.id}:${visit.position}`,
    sequence_key: row.sequence_key,
    enrollment_id: row.id,
    step_key: of.key,
    actor: actorOf(deed),
  }
  if (of.email !== null) {
    return {
      ...own,
      kind: definition.mail_kind,
      purpose: definition.purpose,
      lead_id: row.lead_id,
      // Locked, so it is what the lead has.
      to: { email: judged.lead.email, name: judged.lead.full_name },
      template_key: of.email.template_key,
      sender_key: of.email.sender_key,
      ...(variant !== null && { variant }),
    }
  }
  if (of.notify === null) return null
  const seller = sellerOf(deed)
  if (seller === null) return 'no_owner'
  const to = sellers.get(seller)
  if (to === undefined) return 'no_seller'
  const { subject, text } = of.notify
  return {
    ...own,
    kind: 'transactional',
    purpose: 'notification',
    lead_id: null,
    to,
    content: { subject, html: null, text },
    data: { lead: { id: encodeTypeId('lead', row.lead_id), name: judged.lead.full_name } },
  }
}

interface Seller {
  id: string
  email: string
  name: string
}

const sellersStatement: Statement = {
  name: 'list_seller_addresses',
  text: 'SELECT id, email, name FROM users WHERE workspace_id = $1 AND id = ANY($2::uuid[]) AND active',
}

/** Those who shall be told something. */
async function listSellers(tx: Tx, deeds: readonly Deed[]): Promise<Map<string, Seller>> {
  const ids = new Set(deeds.flatMap((deed) => (deed.of.notify === null ? [] : (sellerOf(deed) ?? []))))
  if (ids.size === 0) return new Map()
  const rows = await tx.query<Seller>(sellersStatement, [tx.workspaceId, [...ids]])
  return new Map(rows.map((row) => [row.id, row]))
}

/** The owner of the lead, or the seller whom the step names. */
function sellerOf({ of, judged }: Deed): string | null {
  const named = of.notify?.user_id ?? null
  return named === null ? judged.lead.owner_id : (decodeTypeId('user', named) ?? null)
}

function signal(tx: Tx, deeds: readonly Deed[], now: Date): void {
  for (const { of, row, visit } of deeds) {
    if (of.webhook === null) continue
    tellEnrollment(tx, 'enrollment.signaled', row, now, { name: of.webhook.name, step_key: of.key })
    visit.outcome = 'done'
  }
}

/** Into other sequences: once for each pair of them, whoever goes. */
async function enroll(tx: Tx, deeds: readonly Deed[], now: Date): Promise<void> {
  const pairs = groupBy(
    deeds.filter(({ of }) => of.enroll !== null),
    ({ of, row }) => `${row.sequence_key}/${of.enroll?.sequence_key}`,
  )
  for (const group of pairs) {
    const [first] = group
    if (first === undefined || first.of.enroll === null) continue
    const wish = { key: first.of.enroll.sequence_key, leadIds: group.map(({ row }) => row.lead_id) }
    const results = await enrollLeads(tx, { ...wish, entered_by: actorOf(first) }, now)
    for (const [i, { visit }] of group.entries()) {
      const result = results[i]
      visit.outcome = result?.outcome === 'enrolled' ? 'done' : (result?.reason ?? 'not_enrolled')
    }
  }
}

/** Edits on one desk: a lead that is in two sequences keeps what both of them write. */
async function edit(tx: Tx, desk: JudgeDesk, deeds: readonly Deed[], now: Date): Promise<void> {
  const edits = deeds.flatMap((deed) => {
    const wanted = editOfStep(desk, deed.judged.lead, deed.of)
    return wanted === null ? [] : [{ deed, identities: identitiesOfEdit(wanted) }]
  })
  if (edits.length === 0) return
  const edited = await loadDesk(
    tx,
    edits.flatMap(({ identities }) => identities),
    [...new Set(edits.map(({ deed }) => deed.row.lead_id))],
  )
  for (const { deed } of edits) {
    const { of, row, judged, visit } = deed
    const wanted = editOfStep(desk, edited.leads.get(row.lead_id)?.lead ?? judged.lead, of)
    if (wanted === null) continue
    const { outcome } = editOnDesk(edited, { actor: actorOf(deed), origin: null }, row.lead_id, wanted, null, now)
    visit.outcome = outcome === 'updated' ? 'done' : outcome
  }
  if (edits.some(({ deed }) => deed.visit.outcome === 'done')) await writeDesk(tx, edited, now)
}

/** Moves of one sequence at once; it has no lead twice. */
async function move(tx: Tx, deeds: readonly Deed[], now: Date): Promise<void> {
  const moves = deeds.filter(({ of }) => of.move_stage !== null)
  for (const group of groupBy(moves, ({ row }) => row.sequence_key)) {
    const [first] = group
    if (first === undefined) continue
    const wishes = new Map(
      group.map(({ of, row }) => {
        const { stage_key: to = '', reason = null } = of.move_stage ?? {}
        return [row.lead_id, () => ({ by: 'key' as const, to, reason, note: null, wake_at: null })]
      }),
    )
    const results = await moveLeads(tx, { actor: actorOf(first), origin: null }, wishes, now)
    for (const { row, visit } of group) {
      const outcome = results.get(row.lead_id)?.outcome ?? 'not_found'
      visit.outcome = outcome === 'moved' ? 'done' : outcome
    }
  }
}

/** The values in groups of one key, in the order of their first. */
function groupBy<Value>(values: readonly Value[], keyOf: (value: Value) => string): Value[][] {
  const groups = new Map<string, Value[]>()
  for (const value of values) {
    const group = groups.get(keyOf(value))
    if (group === undefined) groups.set(keyOf(value), [value])
    else group.push(value)
  }
  return [...groups.values()]
}
