/** The breaker: pauses marketing mail when too many people complain. */
import { recordChange } from '../../changes/record-change.ts'
import type { Statement, Tx } from '../../db/client.ts'
import { BREAKER_DAYS, judgeComplaints, mailsToCount } from '../../domain/mail/breaker.ts'
import type { Teller } from '../tell-story.ts'
import { lockMailGate, type MailGate, writeGateState } from './mail-gate.ts'

const complaintsStatement: Statement = {
  name: 'count_complaints',
  // People, not reports: who calls three mails spam, or is told of by the provider and by the mailbox, is one.
  text: `SELECT count(DISTINCT coalesce(m.address_key, e.message_id::text))::int AS count FROM message_events e
    LEFT JOIN messages m ON m.workspace_id = $1 AND m.id = e.message_id
    WHERE e.workspace_id = $1 AND e.type = 'complained' AND e.occurred_at > $2`,
}
const mailsStatement: Statement = {
  name: 'count_marketing_mails',
  text: `SELECT count(*)::int AS count FROM (SELECT 1 FROM messages WHERE workspace_id = $1 AND kind = 'marketing' AND handed_at > $2 LIMIT $3) m`,
}

/** People who complained, and the mails that they are a part of, counted as far as it matters. */
export async function countComplaints(
  tx: Tx,
  gate: MailGate,
  now: Date,
): Promise<{ complaints: number; mails: number }> {
  const month = new Date(now.getTime() - BREAKER_DAYS * 86_400_000).toISOString()
  const since = gate.resumed_at !== null && gate.resumed_at > month ? gate.resumed_at : month
  const [counted] = await tx.query<{ count: number }>(complaintsStatement, [tx.workspaceId, since])
  const complaints = counted?.count ?? 0
  const most = mailsToCount(Math.max(1, complaints))
  const [mails] = await tx.query<{ count: number }>(mailsStatement, [tx.workspaceId, since, most])
  return { complaints, mails: mails?.count ?? 0 }
}

/** Judges the rate after a complaint, and tells the first time that it warns or pauses; the gate is locked. */
export async function watchComplaints(tx: Tx, now: Date): Promise<void> {
  const gate = await lockMailGate(tx)
  const counted = await countComplaints(tx, gate, now)
  const verdict = judgeComplaints(counted.complaints, counted.mails)
  if (verdict === 'fine') return
  const at = now.toISOString()
  const after = {
    ...gate,
    warned_at: gate.warned_at ?? at,
    paused_at: verdict === 'pause' ? (gate.paused_at ?? at) : gate.paused_at,
  }
  await writeGateState(tx, after)
  const isNews = after.paused_at !== gate.paused_at || (gate.warned_at === null && gate.paused_at === null)
  if (!isNews) return
  tellMailing(tx, { actor: 'system', origin: null }, after.paused_at === null ? 'mail.warned' : 'mail.paused', {
    before: gate,
    after,
    counted,
    now,
  })
}

/** Tells that marketing mail stands otherwise: nobody should find out by mail that does not come. */
export function tellMailing(
  tx: Tx,
  { actor, origin }: Teller,
  type: 'mail.warned' | 'mail.paused' | 'mail.resumed',
  told: { before: MailGate; after: MailGate; counted: { complaints: number; mails: number }; now: Date },
): void {
  const stateOf = ({ paused_at, warned_at }: MailGate) =>
    paused_at !== null ? 'paused' : warned_at !== null ? 'warned' : 'open'
  const { before, after, counted, now } = told
  recordChange(tx, {
    type,
    object_id: tx.workspaceId,
    actor,
    origin,
    occurred_at: now.toISOString(),
    object: { state: stateOf(after), paused_at: after.paused_at, ...counted },
    changed_fields: ['state', 'paused_at'],
    previous: { state: stateOf(before), paused_at: before.paused_at },
  })
}
