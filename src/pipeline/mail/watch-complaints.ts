/** The breaker: pauses marketing mail when too many people complain. */
import type { Statement, Tx } from '../../db/client.ts'
import { BREAKER_DAYS, judgeComplaints, mailsToCount } from '../../domain/mail/breaker.ts'
import { lockMailGate, type MailGate, writeGateState } from './mail-gate.ts'

const complaintsStatement: Statement = {
  name: 'count_complaints',
  text: `SELECT count(*)::int AS count FROM message_events WHERE workspace_id = $1 AND type = 'complained' AND occurred_at > $2`,
}
const mailsStatement: Statement = {
  name: 'count_marketing_mails',
  text: `SELECT count(*)::int AS count FROM (SELECT 1 FROM messages WHERE workspace_id = $1 AND kind = 'marketing' AND handed_at > $2 LIMIT $3) m`,
}

/** Complaints and the mails that they are a part of, counted as far as it matters. */
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

/** Judges the rate after a complaint; the gate is locked. */
export async function watchComplaints(tx: Tx, now: Date): Promise<void> {
  const gate = await lockMailGate(tx)
  const { complaints, mails } = await countComplaints(tx, gate, now)
  const verdict = judgeComplaints(complaints, mails)
  if (verdict === 'fine') return
  const at = now.toISOString()
  await writeGateState(tx, {
    ...gate,
    warned_at: gate.warned_at ?? at,
    paused_at: verdict === 'pause' ? (gate.paused_at ?? at) : gate.paused_at,
  })
}
