/**
 * What a desk means for promises: assignments that begin and end, states that stop the clock, and leads that are judged.
 * Only noted here, in the transaction that did it; the worker finds the policy and decides.
 */
import type { Statement, Tx } from '../../db/client.ts'
import { SLA_TARGETS } from '../../domain/sla/sla-policy.ts'
import type { Desk } from '../desk.ts'
import { mayHaveOpen } from '../route/assignment-order.ts'
import { type ClockFact, endClocks, type NewClock, noteClocks, startClocks } from './clock-queries.ts'

/** Stages in which somebody has said what becomes of the lead. */
const JUDGED_STAGES: ReadonlySet<string> = new Set(['sql', 'opportunity', 'customer', 'disqualified', 'recycled'])

const qualifyStatement: Statement = {
  name: 'mark_assignments_qualified',
  text: `UPDATE assignments SET qualified_at = greatest($3::timestamptz, assigned_at), version = version + 1, updated_at = $3
    WHERE workspace_id = $1 AND lead_id = ANY($2::uuid[]) AND target = 'user' AND ended_at IS NULL AND qualified_at IS NULL`,
}

/** Notes what a desk means for clocks; all is sent at once, before its assignments are, for it looks at those that are open. */
export async function noteDesk(tx: Tx, desk: Desk, now: Date): Promise<void> {
  const judged: string[] = []
  const facts: ClockFact[] = []
  for (const { lead, stored } of desk.leads.values()) {
    if (stored === null || stored === lead) continue
    const { id: lead_id, status, stage_key } = lead
    if (status === stored.status && stage_key === stored.stage_key) continue
    const isJudged = stage_key !== stored.stage_key && JUDGED_STAGES.has(stage_key)
    if (isJudged) judged.push(lead_id)
    // Who has judged a lead has accepted and touched it, whatever was recorded.
    facts.push({
      lead_id,
      at: null,
      note: { state: { status, stage_key }, ...(isJudged && { met: [...SLA_TARGETS] }) },
    })
  }
  const ordered = [...desk.orders].sort(([a], [b]) => (a < b ? -1 : 1))
  await Promise.all([
    judged.length > 0 && tx.query(qualifyStatement, [tx.workspaceId, judged.sort(), now.toISOString()]),
    noteClocks(tx, facts),
    endClocks(
      tx,
      ordered.flatMap(([leadId, order]) => (mayHaveOpen(order) ? [leadId] : [])),
    ),
    startClocks(
      tx,
      ordered.flatMap(([leadId]) => newClockOf(desk, leadId)),
    ),
  ])
}

/** A lead that goes to a buyer is under no promise of ours. */
function newClockOf({ orders, leads }: Desk, leadId: string): NewClock[] {
  const { start, known } = orders.get(leadId) ?? {}
  const lead = leads.get(leadId)?.lead
  if (start == null || lead === undefined || start.target.kind === 'buyer' || known?.isPromised === false) return []
  return [
    {
      assignment_id: start.id,
      lead_id: leadId,
      user_id: start.target.kind === 'user' ? start.target.user_id : null,
      pool_key: start.pool_key,
      state: { status: lead.status, stage_key: lead.stage_key },
    },
  ]
}
